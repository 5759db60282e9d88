"""The wire's test vectors, and decoded messages in the form of their JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from proto import tables
from server import wire

VECTORS = Path(__file__).parents[2] / "proto" / "vectors"


@dataclass(frozen=True)
class Vector:
    """One vector: its bytes and its JSON."""

    name: str
    data: bytes
    description: dict

    def decode(self) -> object:
        """Decode with the reader of the vector's direction, under the vector's limits."""
        if self.description["direction"] == "server":
            return wire.decode_server_message(self.data)
        return wire.decode_client_message(self.data, wire.Limits(**self.description.get("limits", {})))


def load_vectors(folder: str) -> list[Vector]:
    """Read every vector of a folder, in name order."""
    return [
        Vector(path.stem, path.with_suffix(".bin").read_bytes(), json.loads(path.read_text("utf-8")))
        for path in sorted((VECTORS / folder).glob("*.json"))
    ]


def describe_packet(packet: wire.Packet) -> dict:
    """Give a decoded packet under the keys of a vector's JSON, without the raw integers."""
    return {
        "participant": packet.participant,
        "sequence": packet.sequence,
        "capture_time_us": str(packet.capture_time_us),
        "width": packet.size_hw[1],
        "height": packet.size_hw[0],
        "encoding": packet.encoding,
        "timings_ms": [packet.timings_ms[stage] for stage in tables.STAGES],
        "faces": [_describe_face(face) for face in packet.faces],
    }


def _describe_face(face: wire.PacketFace) -> dict:
    values = {
        "track": face.track,
        "score": face.score,
        "box": face.box_xyxy_01,
        "quaternion": face.rotation_xyzw,
        "translation_m": face.translation_m,
        "gaze_rad": face.gaze_rad.reshape(4),
        "blendshapes": face.blendshapes_01,
        "action_units": face.action_units_05,
    }
    if face.landmarks_01 is not None:
        values["landmarks"] = face.landmarks_01
    return values


def assert_equals_json(actual: dict, expected: dict) -> None:
    """Compare a described packet with a vector's message; floats within 1e-9."""
    assert len(actual["faces"]) == len(expected["faces"])
    for key in ("participant", "sequence", "capture_time_us", "width", "height", "encoding"):
        assert actual[key] == expected[key], key
    np.testing.assert_allclose(actual["timings_ms"], expected["timings_ms"], atol=1e-9)
    for face, wanted in zip(actual["faces"], expected["faces"], strict=True):
        assert ("landmarks" in face) == ("landmarks" in wanted)
        for key, value in face.items():
            np.testing.assert_allclose(value, wanted[key], rtol=0, atol=1e-9, err_msg=key)
