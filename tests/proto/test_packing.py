"""The independent packer against bytes written by hand, and the sizes that it promises."""

from __future__ import annotations

import struct

from proto import tables
from proto.packing import RawFace, RawPacket, packet_bytes, packet_values, worst_sizes
from proto.schema import load_schema

SCHEMA = load_schema()


def test_an_empty_packet_byte_by_byte():
    packet = RawPacket(participant=258, sequence=7, capture_time_us=9, timings=(1, 0, 0, 0, 0, 0, 65535))
    expected = "94 02 cd0102 c41f 00 07000000 0900000000000000 8002 e001 0100 0000000000000000 0000 ffff 90"
    assert packet_bytes(SCHEMA, packet) == bytes.fromhex(expected)


def test_a_face_byte_by_byte():
    face = RawFace(
        track=5,
        score=255,
        box=(-1, 2, 3, 4),
        quaternion=(0, 0, 0, 32767),
        translation=(1, -2, 3),
        gaze=(4, 5, 6, -7),
        weights=(0, *[1] * 51),
        intensities=(*[2] * 17, 255),
    )
    data = packet_bytes(SCHEMA, RawPacket(faces=[face]))
    expected = "c469 05000000 ff ffff020003000400 000000000000ff7f 0100feff0300 040005000600f9ff 00"
    assert data[-107:] == bytes.fromhex(expected) + b"\x01" * 51 + b"\x02" * 17 + b"\xff"


def test_the_values_are_those_of_the_formulas():
    points = tuple(struct.unpack("<196H", bytes(392)))
    face = RawFace(score=51, box=(4096, 0, 8192, -8192), weights=(255,) * 52, intensities=(51,) * 18)
    face.quaternion, face.landmarks = (0, 3, 0, 4), points
    values = packet_values(SCHEMA, RawPacket(landmarks=True, faces=[face]))["faces"][0]
    assert values["score"] == 0.2 and values["box"] == [0.5, 0, 1, -1]
    assert values["quaternion"] == [0, 0.6, 0, 0.8]
    assert values["blendshapes"] == [1.0] * 52 and values["action_units"] == [1.0] * 18
    assert values["translation_m"] == [0.012, -0.034, -0.56]
    assert values["landmarks"] == [[-0.5, -0.5]] * 98


def test_the_worst_packet_of_one_face_keeps_the_promise():
    sizes = dict(worst_sizes(SCHEMA))
    assert sizes["1 face, u8 (the default)"] == 146
    assert sizes["1 face, u8 (the default)"] + 4 <= tables.LIMITS["packet_bytes"]  # with a WebSocket header
    assert sizes["2 faces, u8"] - sizes["1 face, u8 (the default)"] == 107
