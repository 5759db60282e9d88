"""Pack the wire's messages straight from raw integers, as SPEC.md says, with nothing but struct and msgpack.

The vectors are made with this and not with the server's codec, on purpose: a second implementation,
written from the text, is what makes them a test of the first, and proto/ stays free of other code.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field

import msgpack

from proto.schema import Schema

_BITS = {"u8": "B", "u16": "H", "f32": "f"}


@dataclass
class RawFace:
    """One face in the wire's own integers (coefficients: numbers of the encoding)."""

    track: int = 1
    score: int = 250
    box: tuple[int, ...] = (2048, 1024, 6144, 5120)
    quaternion: tuple[int, ...] = (0, 0, 0, 32767)
    translation: tuple[int, ...] = (12, -34, -560)
    gaze: tuple[int, ...] = (0, 0, 0, 0)
    weights: tuple[float, ...] = (0,) * 52
    intensities: tuple[float, ...] = (0,) * 18
    landmarks: tuple[int, ...] | None = None


@dataclass
class RawPacket:
    """One packet in the wire's own integers."""

    participant: int = 1
    sequence: int = 7
    capture_time_us: int = 1_234_567
    width: int = 640
    height: int = 480
    timings: tuple[int, ...] = (110, 0, 2300, 1480, 25, 40, 3)
    encoding: str = "u8"
    landmarks: bool = False
    faces: list[RawFace] = field(default_factory=list)


def message(*items: object) -> bytes:
    """Pack one message: an array whose first item is the type's id."""
    return msgpack.packb(items)


def packet_head(schema: Schema, packet: RawPacket) -> bytes:
    """Pack a packet's head."""
    ids = {row["name"]: row["id"] for row in schema.encodings}
    flags = ids[packet.encoding] | (4 if packet.landmarks else 0)
    fixed = (flags, packet.sequence, packet.capture_time_us, packet.width, packet.height)
    return struct.pack(f"<BIQHH{len(schema.stages)}H", *fixed, *packet.timings)


def packet_face(packet: RawPacket, face: RawFace) -> bytes:
    """Pack one face of a packet."""
    pose = (*face.box, *face.quaternion, *face.translation, *face.gaze)
    data = struct.pack("<IB15h", face.track, face.score, *pose)
    data += struct.pack(f"<70{_BITS[packet.encoding]}", *face.weights, *face.intensities)
    if packet.landmarks:
        data += struct.pack("<196H", *face.landmarks)
    return data


def packet_bytes(schema: Schema, packet: RawPacket, *unknown: object) -> bytes:
    """Pack a whole packet, optionally with fields of a later version at its end."""
    faces = [packet_face(packet, face) for face in packet.faces]
    number = next(row["id"] for row in schema.messages if row["name"] == "packet")
    return message(number, packet.participant, packet_head(schema, packet), faces, *unknown)


def packet_values(schema: Schema, packet: RawPacket) -> dict:
    """Say what a reader must get: the raw integers and the values that the formulas make of them."""
    step_ms = schema.quantisation["timing_step_us"] / 1000
    return {
        "participant": packet.participant,
        "sequence": packet.sequence,
        "capture_time_us": str(packet.capture_time_us),
        "width": packet.width,
        "height": packet.height,
        "encoding": packet.encoding,
        "landmarks": packet.landmarks,
        "timings_raw": list(packet.timings),
        "timings_ms": [raw * step_ms for raw in packet.timings],
        "faces": [_face_values(schema, packet, face) for face in packet.faces],
    }


def _face_values(schema: Schema, packet: RawPacket, face: RawFace) -> dict:
    scale = schema.quantisation
    top = {"u8": 255, "u16": 65535, "f32": 1}[packet.encoding]
    intensity_top = top if packet.encoding != "f32" else scale["action_unit_max"]
    norm = math.sqrt(sum(raw * raw for raw in face.quaternion))
    values = {
        "track": face.track,
        "score_raw": face.score,
        "score": face.score / 255,
        "box_raw": list(face.box),
        "box": [raw / scale["box_scale"] for raw in face.box],
        "quaternion_raw": list(face.quaternion),
        "quaternion": [raw / norm for raw in face.quaternion],
        "translation_raw": list(face.translation),
        "translation_m": [raw / scale["translation_scale"] for raw in face.translation],
        "gaze_raw": list(face.gaze),
        "gaze_rad": [raw / scale["gaze_scale"] for raw in face.gaze],
        "blendshapes_raw": list(face.weights),
        "blendshapes": [raw / top for raw in face.weights],
        "action_units_raw": list(face.intensities),
        "action_units": [raw * scale["action_unit_max"] / intensity_top for raw in face.intensities],
    }
    if packet.landmarks:
        fractions = [(raw - scale["landmark_offset"]) / scale["landmark_scale"] for raw in face.landmarks]
        values["landmarks_raw"] = list(face.landmarks)
        values["landmarks"] = [list(pair) for pair in zip(fractions[::2], fractions[1::2], strict=True)]
    return values


def worst_packet(encoding: str = "u8", landmarks: bool = False, faces: int = 1) -> RawPacket:
    """Build the largest packet of its kind: every number at the end of its range."""
    top = {"u8": 255, "u16": 65535, "f32": 1.0}[encoding]
    intensity = 5.0 if encoding == "f32" else top
    points = (65535,) * 196 if landmarks else None
    face = RawFace(
        track=2**32 - 1,
        score=255,
        box=(32767,) * 4,
        quaternion=(16384,) * 4,
        translation=(-32767,) * 3,
        gaze=(32767,) * 4,
        weights=(top,) * 52,
        intensities=(intensity,) * 18,
        landmarks=points,
    )
    ids = {"participant": 65535, "sequence": 2**32 - 1, "capture_time_us": 2**64 - 1}
    size = {"width": 65535, "height": 65535, "timings": (65535,) * 7}
    return RawPacket(**ids, **size, encoding=encoding, landmarks=landmarks, faces=[face] * faces)


def worst_sizes(schema: Schema) -> list[tuple[str, int]]:
    """List the largest packets of each kind: a label and the bytes of the whole message."""
    kinds = [("no face", worst_packet(faces=0)), ("1 face, u8 (the default)", worst_packet())]
    kinds += [("1 face, u8, landmarks", worst_packet(landmarks=True))]
    kinds += [("1 face, u16", worst_packet("u16")), ("1 face, f32", worst_packet("f32"))]
    kinds += [("1 face, f32, landmarks", worst_packet("f32", True))]
    kinds += [("2 faces, u8", worst_packet(faces=2)), ("8 faces, u8", worst_packet(faces=8))]
    return [(label, len(packet_bytes(schema, packet))) for label, packet in kinds]
