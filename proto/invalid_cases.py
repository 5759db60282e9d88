"""The test vectors that every reader must refuse, each named after its fault, with the error's code."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

import msgpack

from proto.packing import RawFace, RawPacket, message, packet_bytes, packet_face, packet_head
from proto.schema import Schema

Case = tuple[str, str, str, str, bytes]
Fault = tuple[str, str, bytes]

DAMAGED = bytes([0x95, 17, 1, 2, 1, 0xC4, 200]) + b"short"  # bin of 200 bytes, 5 follow
HUGE_ARRAY = bytes([0xDD, 0xFF, 0xFF, 0xFF, 0xFF, 17])
HUGE_BIN = bytes([0x95, 17, 1, 2, 1, 0xC6, 0xFF, 0xFF, 0xFF, 0xFF]) + b"x"


def invalid_vectors(schema: Schema) -> Iterator[tuple[str, bytes, dict]]:
    """Give each vector's name, its bytes, and the JSON beside it.

    `limits`, where given, replaces entries of the default limits.
    """
    ids = {row["name"]: row["id"] for row in schema.messages}
    for name, why, data in (*_shapeless(), *_client_faults(schema, ids)):
        yield f"client_{name}", data, {"direction": "client", "error": "bad_message", "why": why}
    for name, code, why, data in _coded_faults(ids):
        yield f"client_{name}", data, {"direction": "client", "error": code, "why": why}
    data = message(ids["frame"], 1, 2, 1, bytes(2000))
    fault = {"direction": "client", "error": "too_large", "why": "a message beyond the limit of bytes"}
    yield "client_oversized", data, fault | {"limits": {"message_bytes": 1024}}
    for name, why, data in (*_shapeless(), *_server_faults(schema, ids)):
        yield f"server_{name}", data, {"direction": "server", "error": "bad_message", "why": why}


def _shapeless() -> Iterator[Fault]:
    yield "empty", "no byte at all", b""
    yield "not_msgpack", "0xc1 is never used by msgpack", b"\xc1\xc1\xc1"
    yield "text_json", "JSON instead of msgpack", b'{"type":"frame"}'
    yield "not_an_array", "a map instead of an array", msgpack.packb({"type": 17})
    yield "bare_number", "a number instead of an array", b"\x11"
    yield "empty_array", "an array without a message id", b"\x90"
    yield "id_text", "a message id that is text", message("frame")
    yield "id_float", "a message id that is a float", message(17.0)
    yield "id_bool", "a message id that is a boolean", message(True)
    yield "id_negative", "a negative message id", message(-1)
    yield "id_unknown", "a message id that does not exist", message(99, 1, 2)
    yield "truncated", "a bin that ends before its length", DAMAGED
    yield "trailing_bytes", "bytes after the message", message(18) + b"\x00"
    yield "two_messages", "two messages in one", message(18) + message(18)
    yield "deep_nesting", "arrays 5000 deep", b"\x91" * 5000 + b"\x00"
    yield "huge_array", "an array that claims 4 294 967 295 items", HUGE_ARRAY
    yield "huge_bin", "a bin that claims 4 294 967 295 bytes", HUGE_BIN
    yield "map_key_array", "a map whose key is an array", bytes([0x92, 21, 0x81, 0x91, 0x01, 0x02])
    yield "bad_utf8", "text that is not UTF-8", bytes([0x93, 16, 1, 0xA2, 0xC3, 0x28])
    yield "bad_timestamp", "a timestamp with more than 10^9 nanoseconds", b"\x91\xd7\xff" + b"\xff" * 8


def _client_faults(schema: Schema, ids: dict[str, int]) -> Iterator[Fault]:
    frame, ping, hello, options = ids["frame"], ids["ping"], ids["hello"], ids["options"]
    yield "frame_missing_payload", "a frame without its payload", message(frame, 1, 2, 1)
    yield "frame_payload_text", "a payload that is text", message(frame, 1, 2, 1, "picture")
    yield "frame_payload_nil", "a payload that is nil", message(frame, 1, 2, 1, None)
    yield "frame_sequence_float", "a float where an integer is expected", message(frame, 1.0, 2, 1, b"x")
    yield "frame_sequence_negative", "a negative sequence", message(frame, -1, 2, 1, b"x")
    yield "frame_sequence_too_big", "a sequence of 33 bits", message(frame, 2**32, 2, 1, b"x")
    yield "frame_sequence_bool", "a boolean where an integer is expected", message(frame, True, 2, 1, b"x")
    yield "frame_time_text", "a capture time that is text", message(frame, 1, "2", 1, b"x")
    yield "frame_format_text", "a format by name instead of id", message(frame, 1, 2, "jpeg", b"x")
    yield "frame_raw_without_size", "a raw frame without its size", message(frame, 1, 2, 4, bytes(12))
    yield "frame_raw_zero_width", "a raw frame of width 0", message(frame, 1, 2, 4, b"", 0, 2)
    yield "frame_width_too_big", "a width of 17 bits", message(frame, 1, 2, 4, b"", 65536, 1)
    yield "ping_missing_time", "a ping without a time", message(ping, 1)
    yield "ping_offset_float", "a clock offset that is a float", message(ping, 1, 2, 0.5)
    yield "ping_offset_too_big", "a clock offset beyond 63 bits", message(ping, 1, 2, 2**63)
    yield "hello_options_list", "options that are a list", message(hello, 1, None, ["u8"])
    yield "hello_client_number", "a client name that is a number", message(hello, 1, 5)
    long = "x" * (schema.limits["name_characters"] + 1)
    yield "hello_client_too_long", "a client name beyond the limit", message(hello, 1, long)
    much = bytes(schema.limits["neutral_bytes"] + 1)
    yield "hello_neutral_too_large", "a calibration beyond the limit", message(hello, 1, None, None, much)
    yield "set_neutral_missing", "set_neutral without data", message(ids["set_neutral"])
    yield "set_neutral_too_large", "a calibration beyond the limit", message(ids["set_neutral"], much)
    yield "options_missing", "options without their map", message(options)
    yield "options_encoding_unknown", "an encoding that does not exist", message(options, {"encoding": "u4"})
    yield "options_encoding_number", "an encoding by id instead of name", message(options, {"encoding": 1})
    yield "options_landmarks_number", "landmarks as a number", message(options, {"landmarks": 1})
    yield "server_message", "a packet sent by a client", packet_bytes(schema, RawPacket())


def _coded_faults(ids: dict[str, int]) -> Iterator[tuple[str, str, str, bytes]]:
    frame, hello = ids["frame"], ids["hello"]
    yield "frame_format_unknown", "unsupported_format", "format 99", message(frame, 1, 2, 99, b"x")
    pixels = message(frame, 1, 2, 4, b"", 30000, 30000)
    yield "frame_raw_too_many_pixels", "too_many_pixels", "a raw frame of 30000x30000", pixels
    short = message(frame, 1, 2, 4, bytes(23), 4, 2)
    yield "frame_raw_short", "bad_image", "23 bytes of rgb8 for 4x2", short
    yield "frame_raw_long", "bad_image", "25 bytes of bgr8 for 4x2", message(frame, 1, 2, 5, bytes(25), 4, 2)
    yield "frame_nv12_odd", "bad_image", "nv12 with an odd width", message(frame, 1, 2, 6, bytes(9), 3, 2)
    yield "hello_version_0", "version", "protocol version 0", message(hello, 0)
    yield "hello_version_2", "version", "a later protocol version", message(hello, 2)


def _server_faults(schema: Schema, ids: dict[str, int]) -> Iterator[Fault]:
    packet = ids["packet"]
    raw = RawPacket(faces=[RawFace()])
    head, face = packet_head(schema, raw), packet_face(raw, raw.faces[0])
    yield "packet_head_short", "a head that lacks its last byte", message(packet, 1, head[:-1], [face])
    yield "packet_head_empty", "a head of no byte", message(packet, 1, b"", [])
    yield "packet_head_list", "a head that is a list", message(packet, 1, list(head), [])
    yield "packet_encoding_unknown", "encoding 3", message(packet, 1, b"\x03" + head[1:], [face])
    yield "packet_face_short", "a face that lacks its last byte", message(packet, 1, head, [face[:-1]])
    yield "packet_face_list", "a face that is a list", message(packet, 1, head, [list(face)])
    yield "packet_second_face_short", "a second face cut off", message(packet, 1, head, [face, face[:50]])
    yield (
        "packet_landmarks_missing",
        "landmarks announced, not there",
        message(packet, 1, b"\x04" + head[1:], [face]),
    )
    yield "packet_faces_missing", "a packet without a list of faces", message(packet, 1, head)
    yield "packet_participant_too_big", "a participant of 17 bits", message(packet, 65536, head, [])
    still = packet_face(raw, replace(raw.faces[0], quaternion=(0, 0, 0, 0)))
    yield "packet_quaternion_zero", "a rotation of length 0", message(packet, 1, head, [still])
    floats = replace(raw, encoding="f32")
    head = packet_head(schema, floats)
    wrong = {"nan": float("nan"), "infinite": float("inf"), "negative": -0.25, "above_one": 1.5}
    for name, weight in wrong.items():
        face = packet_face(floats, RawFace(weights=(weight, *[0.0] * 51)))
        yield (
            f"packet_weight_{name}",
            f"a weight that is {struct.pack('<f', weight).hex()}",
            message(packet, 1, head, [face]),
        )
    face = packet_face(floats, RawFace(intensities=(*[0.0] * 17, 5.5)))
    yield "packet_intensity_above_five", "an intensity of 5.5", message(packet, 1, head, [face])
    yield "event_kind_text", "an event by name instead of id", message(ids["event"], "joined", 1)
    yield "pong_short", "a pong without its last time", message(ids["pong"], 1, 2, 3)
    yield "error_fatal_number", "fatal as a number", message(ids["error"], "rate", "", 0)
    yield "manifest_list", "a manifest that is a list", message(ids["manifest"], [1])
    yield "manifest_empty", "a manifest without its keys", message(ids["manifest"], {})
    yield "client_message", "a frame sent by a server", message(ids["frame"], 1, 2, 1, b"x")
