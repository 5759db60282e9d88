"""What a viewer got, as one line for people or as an object for programs."""

from __future__ import annotations

import numpy as np

from engines.stages.pose import euler_deg, rotation_matrix
from proto import tables
from server.wire import Event, Packet, PacketFace

SHOWN_WEIGHTS = 3


def describe_packet(packet: Packet, name: str, size: int, latency_ms: float | None) -> str:
    """One line: who, which frame, how large, how old, and for each face its strongest weights."""
    latency = "      ?" if latency_ms is None else f"{latency_ms:7.1f}"
    server_ms = sum(packet.timings_ms.values())
    head = (
        f"{name or packet.participant} #{packet.sequence} {size:4d} B {latency} ms (server {server_ms:.1f})"
    )
    if not packet.faces:
        return f"{head}  nobody"
    return "  |  ".join([head, *(_describe_face(face) for face in packet.faces)])


def _describe_face(face: PacketFace) -> str:
    yaw, pitch, roll = euler_deg(rotation_matrix(face.rotation_xyzw)[None])[0]
    strongest = np.argsort(face.blendshapes_01)[::-1][:SHOWN_WEIGHTS]
    weights = " ".join(f"{tables.BLENDSHAPES[index]} {face.blendshapes_01[index]:.2f}" for index in strongest)
    return f"face {face.track}: yaw {yaw:+.0f} pitch {pitch:+.0f} roll {roll:+.0f}  {weights}"


def packet_record(packet: Packet, name: str, size: int, latency_ms: float | None) -> dict:
    """Everything of a packet; faces as in the lines of `facecast analyze`: pixels, degrees, names."""
    return {
        "type": "packet",
        "participant": packet.participant,
        "name": name,
        "sequence": packet.sequence,
        "capture_time_us": packet.capture_time_us,
        "latency_ms": None if latency_ms is None else round(latency_ms, 3),
        "bytes": size,
        "encoding": packet.encoding,
        "size": list(packet.size_hw),
        "ms": packet.timings_ms,
        "faces": [face_record(face, packet.size_hw) for face in packet.faces],
    }


def face_record(face: PacketFace, size_hw: tuple[int, int]) -> dict:
    """One face of a packet, named and in pixels of the publisher's picture."""
    height, width = size_hw
    yaw, pitch, roll = euler_deg(rotation_matrix(face.rotation_xyzw)[None])[0]
    record = {
        "track": face.track,
        "score": round(face.score, 4),
        "box": _rounded(face.box_xyxy_01 * (width, height, width, height), 2),
        "head": {
            "yaw": round(float(yaw), 3),
            "pitch": round(float(pitch), 3),
            "roll": round(float(roll), 3),
            "translation": _rounded(face.translation_m, 4),
        },
        "gaze": {
            side: {"yaw": round(float(angles[0]), 4), "pitch": round(float(angles[1]), 4)}
            for side, angles in zip(("left", "right"), face.gaze_rad, strict=True)
        },
        "action_units": dict(zip(tables.ACTION_UNITS, _rounded(face.action_units_05, 4), strict=True)),
        "blendshapes": dict(zip(tables.BLENDSHAPES, _rounded(face.blendshapes_01, 4), strict=True)),
    }
    if face.landmarks_01 is not None:
        record["landmarks"] = _rounded(face.landmarks_01 * (width, height), 3)
    return record


def _rounded(values: np.ndarray, digits: int) -> list:
    return np.round(values, digits).tolist()


def describe_event(event: Event, name: str) -> str:
    """One line about something that happened in the room."""
    who = name or str(event.participant)
    details = {
        "joined": f"{who} joined as {event.role}",
        "left": f"{who} left",
        "lost_face": f"{who} lost face {event.track}",
        "clock": f"the clock of {who} is known",
    }
    return f"-- {details.get(event.kind, f'{who}: an event that this version does not know')}"


def event_record(event: Event, name: str) -> dict:
    """Everything of an event."""
    record = {"type": "event", "kind": event.kind, "participant": event.participant, "name": name}
    optional = {"role": event.role, "track": event.track, "clock_offset_us": event.clock_offset_us}
    return record | {key: value for key, value in optional.items() if value is not None}
