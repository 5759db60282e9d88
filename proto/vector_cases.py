"""The test vectors: messages that every reader must take, and their values."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from proto.packing import RawFace, RawPacket, message, packet_bytes, packet_values, worst_packet
from proto.schema import Schema

NEUTRAL = bytes(range(145))
PICTURE = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")  # opaque to the codec


def valid_vectors(schema: Schema) -> Iterator[tuple[str, bytes, dict]]:
    """Give each vector's name, its bytes, and the JSON beside it.

    `canonical` says that packing the values gives the very bytes again; it is false where the bytes
    hold fields of a later version. Numbers of 64 bits are decimal strings, bytes are hexadecimal.
    """
    ids = {row["name"]: row["id"] for row in schema.messages}
    for name, raw, unknown in _packets():
        values = {"direction": "server", "type": "packet", "canonical": not unknown}
        yield name, packet_bytes(schema, raw, *unknown), values | {"message": packet_values(schema, raw)}
    for direction, cases in (("client", _client_cases(schema)), ("server", _server_cases(schema))):
        for name, kind, items, values, canonical in cases:
            head = {"direction": direction, "type": kind, "canonical": canonical}
            yield name, message(ids[kind], *items), head | {"message": values}


def _ramp(count: int, top: int) -> tuple[int, ...]:
    """Make distinct numbers over a whole range, both ends included."""
    return tuple(i * top // (count - 1) for i in range(count))


def _face(encoding: str = "u8", landmarks: bool = False, **changes: object) -> RawFace:
    """Make a face with a different number in every place."""
    if encoding == "f32":
        weights = tuple(i / 64 for i in range(52))  # exact in single precision
        intensities = tuple(i / 4 for i in range(18))
    else:
        top = 255 if encoding == "u8" else 65535
        weights, intensities = _ramp(52, top), _ramp(18, top)[::-1]
    points = tuple(16384 + 160 * i for i in range(196)) if landmarks else None
    pose = {"quaternion": (1500, -2500, 3500, 32447), "gaze": (900, -400, 850, -420)}
    return RawFace(
        **({**pose, "weights": weights, "intensities": intensities, "landmarks": points} | changes)
    )


def _packets() -> Iterator[tuple[str, RawPacket, tuple]]:
    yield "packet_empty", RawPacket(), ()
    for encoding in ("u8", "u16", "f32"):
        yield f"packet_one_face_{encoding}", RawPacket(encoding=encoding, faces=[_face(encoding)]), ()
        raw = RawPacket(encoding=encoding, landmarks=True, faces=[_face(encoding, landmarks=True)])
        yield f"packet_landmarks_{encoding}", raw, ()
    faces = [_face(track=track, score=30 * track) for track in range(1, 9)]
    yield "packet_eight_faces", RawPacket(faces=faces), ()
    yield "packet_all_zero", RawPacket(timings=(0,) * 7, faces=[RawFace(score=0, box=(0,) * 4)]), ()
    for encoding in ("u8", "u16", "f32"):
        yield f"packet_worst_{encoding}", worst_packet(encoding), ()
    yield "packet_worst_eight_faces_landmarks", worst_packet("f32", True, 8), ()
    outside = (-4096, -32767, 12288, 32767)
    yield "packet_box_outside", RawPacket(faces=[_face(box=outside)]), ()
    edges = (0, 65535, 16384, 49152) * 49
    raw = RawPacket(landmarks=True, faces=[_face(landmarks=True)])
    raw.faces[0].landmarks = edges
    yield "packet_landmarks_outside", raw, ()
    yield "packet_timings_saturated", RawPacket(timings=(65535, 0, 1, 65534, 65535, 100, 10)), ()
    far = _face(translation=(-32767, 32767, -32767), gaze=(-15708, 15708, -32767, 32767))
    yield "packet_far_and_aside", RawPacket(faces=[far]), ()
    yield "packet_turned_half", RawPacket(faces=[_face(quaternion=(0, 32767, 0, 0))]), ()
    yield "packet_later_fields", RawPacket(faces=[_face()]), ("later", [1, 2], None)


Cases = Iterator[tuple[str, str, tuple, dict, bool]]


def _client_cases(schema: Schema) -> Cases:
    empty = {"version": 1, "client": None, "options": {}, "neutral": None}
    yield "hello_short", "hello", (1,), empty, True
    options = {"encoding": "u16", "landmarks": True}
    full = {"version": 1, "client": "Größe ✓ 1.0", "options": options, "neutral": NEUTRAL.hex()}
    yield "hello_full", "hello", (1, "Größe ✓ 1.0", options, NEUTRAL), full, True
    yield "hello_nil_fields", "hello", (1, None, None, None), empty, False
    later = ({"encoding": "f32", "later": [1]}, b"\x01", "later field")
    values = {"version": 1, "client": "x", "options": {"encoding": "f32"}, "neutral": "01"}
    yield "hello_later_fields", "hello", (1, "x", *later), values, False
    yield from _frame_cases(schema)
    yield "calibrate", "calibrate", (), {}, True
    yield "calibrate_later_fields", "calibrate", (7, {"later": True}), {}, False
    yield "set_neutral", "set_neutral", (NEUTRAL,), {"data": NEUTRAL.hex()}, True
    most = bytes(schema.limits["neutral_bytes"])
    yield "set_neutral_largest", "set_neutral", (most,), {"data": most.hex()}, True
    yield "set_neutral_empty", "set_neutral", (b"",), {"data": ""}, True
    yield "ping_first", "ping", (1, 5_000_000), _ping(1, 5_000_000), True
    yield "ping_report", "ping", (2, 5_100_000, -123_456, 850), _ping(2, 5_100_000, -123_456, 850), True
    ends = (2**32 - 1, 2**64 - 1, -(2**63), 2**32 - 1)
    yield "ping_largest", "ping", ends, _ping(*ends), True
    for name, chosen in (("none", {}), ("encoding", {"encoding": "u8"}), ("landmarks", {"landmarks": False})):
        yield f"options_{name}", "options", (chosen,), {"options": chosen}, True


def _ping(number: int, time: int, offset: int | None = None, trip: int | None = None) -> dict:
    offset_text = None if offset is None else str(offset)
    return {"id": number, "client_time_us": str(time), "clock_offset_us": offset_text, "round_trip_us": trip}


def _frame_cases(schema: Schema) -> Cases:
    for row in schema.formats:
        name, number, raw = row["name"], row["id"], row["raw"]
        payload = bytes(range(12 if name == "nv12" else 24)) if raw else PICTURE
        size = (4, 2) if raw else ()
        width, height = size if raw else (None, None)
        values = {"sequence": number, "capture_time_us": "1000000", "format": name, "payload": payload.hex()}
        values |= {"width": width, "height": height}
        yield f"frame_{name}", "frame", (number, 1_000_000, number, payload, *size), values, True
    largest = {"sequence": 2**32 - 1, "capture_time_us": str(2**64 - 1), "format": "jpeg", "payload": ""}
    largest |= {"width": None, "height": None}
    yield "frame_largest_ids", "frame", (2**32 - 1, 2**64 - 1, 1, b""), largest, True
    zero = {"sequence": 0, "capture_time_us": "0", "format": "png", "payload": "00"}
    zero |= {"width": None, "height": None}
    yield "frame_later_fields", "frame", (0, 0, 2, b"\0", None, None, "later"), zero, False


def _server_cases(schema: Schema) -> Cases:
    for row in schema.events:
        details = {"joined": ("Ada", None, "both"), "lost_face": (None, 2**32 - 1)}.get(row["name"], ())
        if row["name"] == "clock":
            details = (None, None, None, -(2**63))
        name, track, role, offset = (*details, None, None, None, None)[:4]
        values = {"kind": row["name"], "participant": 65535, "name": name, "track": track, "role": role}
        values["clock_offset_us"] = None if offset is None else str(offset)
        yield f"event_{row['name']}", "event", (row["id"], 65535, *details), values, True
    blank = {"name": None, "track": None, "role": None, "clock_offset_us": None}
    yield "event_later_kind", "event", (200, 1), {"kind": "unknown", "participant": 1} | blank, False
    yield "neutral", "neutral", (NEUTRAL,), {"data": NEUTRAL.hex()}, True
    times = (2, 5_100_000, 9_000_400, 9_000_450)
    yield "pong", "pong", times, _pong(*times), True
    yield "pong_largest", "pong", (2**32 - 1, *[2**64 - 1] * 3), _pong(2**32 - 1, *[2**64 - 1] * 3), True
    for row in schema.errors:
        values = {"code": row["code"], "text": row["meaning"], "fatal": row["fatal"], "sequence": None}
        yield f"error_{row['code']}", "error", (row["code"], row["meaning"], row["fatal"]), values, True
    values = {"code": "bad_image", "text": "expected a JPEG", "fatal": False, "sequence": 2**32 - 1}
    yield "error_of_a_frame", "error", ("bad_image", "expected a JPEG", False, 2**32 - 1), values, True
    content = _manifest(schema)
    yield "manifest", "manifest", (content,), _manifest_values(content), False
    later = content | {"later": {"deep": [1, 2.5, None]}}
    yield "manifest_later_keys", "manifest", (later, 1), _manifest_values(content), False


def _manifest(schema: Schema) -> dict:
    quality = [None if i % 3 else struct.unpack("<f", struct.pack("<f", i / 64))[0] for i in range(52)]
    return {
        "protocol": schema.protocol["version"],
        "subprotocol": schema.protocol["subprotocol"],
        "server": "facecast 0.1.0",
        "participant": 3,
        "room": "lobby",
        "name": "Ada",
        "role": "both",
        "participants": [[1, "Bob", "publisher"], [2, "Größe", "viewer"]],
        "server_time_us": 2**53 + 1,
        "blendshapes": schema.blendshapes,
        "blendshapes_estimated": [name not in ("cheekPuff", "tongueOut") for name in schema.blendshapes],
        "blendshapes_quality": quality,
        "action_units": list(schema.action_units),
        "action_units_estimated": [True] * 18,
        "action_units_quality": [None] * 18,
        "stages": schema.stages,
        "landmarks": schema.landmark_count,
        "units": schema.units,
        "axes": schema.axes,
        "limits": {key: value for key, value in schema.limits.items() if key != "packet_bytes"},
        "formats": [row["name"] for row in schema.formats],
        "encodings": [row["name"] for row in schema.encodings],
        "profile": "lite",
        "backend": "onnxruntime",
        "models": {"landmarks_lite": "0123456789ab", "pnet": "ba9876543210"},
    }


def _manifest_values(content: dict) -> dict:
    return content | {"server_time_us": str(content["server_time_us"])}


def _pong(number: int, client: int, receive: int, send: int) -> dict:
    times = {"client_time_us": str(client), "receive_time_us": str(receive), "send_time_us": str(send)}
    return {"id": number} | times
