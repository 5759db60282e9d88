"""The valid vectors as files: each pair is whole, and the edge cases that must exist do."""

from __future__ import annotations

import json
import struct

import msgpack

from proto import tables
from proto.generate import ROOT
from proto.schema import load_schema
from proto.vector_cases import valid_vectors

FOLDER = ROOT / "proto" / "vectors" / "valid"
NUMBERS = {spec.name: spec.id for spec in tables.MESSAGES.values()}


def test_each_file_is_one_array_with_its_types_id():
    paths = sorted(FOLDER.glob("*.json"))
    assert len(paths) == len(list(FOLDER.glob("*.bin"))) == 71
    for path in paths:
        description = json.loads(path.read_text("utf-8"))
        items = msgpack.unpackb(path.with_suffix(".bin").read_bytes())
        assert items[0] == NUMBERS[description["type"]], path.name
        assert tables.MESSAGES[description["type"]].sender == description["direction"]


def test_names_are_unique_and_every_message_is_there():
    vectors = list(valid_vectors(load_schema()))
    assert len({name for name, _, _ in vectors}) == len(vectors)
    assert {description["type"] for _, _, description in vectors} == set(tables.MESSAGES)


def test_the_edge_cases_exist():
    messages = {name: description["message"] for name, _, description in valid_vectors(load_schema())}
    assert messages["packet_empty"]["faces"] == []
    assert len(messages["packet_eight_faces"]["faces"]) == 8
    assert min(messages["packet_box_outside"]["faces"][0]["box"]) < -3.99
    assert messages["packet_timings_saturated"]["timings_ms"][0] == 655.35
    assert messages["packet_worst_u8"]["capture_time_us"] == str(2**64 - 1)
    for encoding in tables.ENCODINGS:
        face = messages[f"packet_landmarks_{encoding}"]["faces"][0]
        assert len(face["landmarks"]) == 98
        ends = messages[f"packet_worst_{encoding}"]["faces"][0]
        assert set(ends["blendshapes"]) == {1.0} and set(ends["action_units"]) == {5.0}
    assert set(messages["packet_all_zero"]["faces"][0]["blendshapes"]) == {0.0}


CODES = {0: ("u8", "B"), 1: ("u16", "H"), 2: ("f32", "f")}


def test_packets_read_as_the_specification_says_without_our_codec():
    """Read the raw integers of each packet with struct alone, as a stranger would from SPEC.md."""
    read = 0
    for path in sorted(FOLDER.glob("packet_*.json")):
        expected = json.loads(path.read_text("utf-8"))["message"]
        _, participant, head, faces = msgpack.unpackb(path.with_suffix(".bin").read_bytes())[:4]
        flags, sequence, time_us, width, height, *timings = struct.unpack_from("<BIQHH7H", head)
        encoding, code = CODES[flags & 3]
        assert (participant, sequence, str(time_us)) == tuple(
            expected[key] for key in ("participant", "sequence", "capture_time_us")
        )
        assert (width, height, encoding) == (expected["width"], expected["height"], expected["encoding"])
        assert timings == expected["timings_raw"] and len(faces) == len(expected["faces"])
        for face, wanted in zip(faces, expected["faces"], strict=True):
            points = "196H" if flags & 4 else ""
            values = list(struct.unpack_from(f"<IB15h70{code}{points}", face))
            pose = [wanted[f"{key}_raw"] for key in ("box", "quaternion", "translation", "gaze")]
            weights = wanted["blendshapes_raw"] + wanted["action_units_raw"]
            assert values[:2] == [wanted["track"], wanted["score_raw"]]
            assert values[2:17] == [number for part in pose for number in part]
            assert values[17:87] == weights, path.name
            assert values[87:] == wanted.get("landmarks_raw", [])
            read += 1
    assert read == 31
