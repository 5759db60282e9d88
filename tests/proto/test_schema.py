"""The schema: what it holds, and that one which contradicts itself is refused."""

from __future__ import annotations

import pytest

from proto.schema import SCHEMA_PATH, SchemaError, load_schema

TEXT = SCHEMA_PATH.read_text("utf-8")


def test_the_counts_and_the_order_of_apple():
    schema = load_schema()
    assert len(schema.blendshapes) == len(set(schema.blendshapes)) == 52
    # Places in Live Link Face's order (PyLiveLinkFace, FaceBlendShape).
    places = {0: "eyeBlinkLeft", 7: "eyeBlinkRight", 17: "jawOpen", 18: "mouthClose", 23: "mouthSmileLeft"}
    places |= {41: "browDownLeft", 43: "browInnerUp", 46: "cheekPuff", 50: "noseSneerRight", 51: "tongueOut"}
    assert {place: schema.blendshapes[place] for place in places} == places


def test_the_action_units_are_the_eighteen():
    numbers = [int(name.removeprefix("AU")) for name in load_schema().action_units]
    assert numbers == [1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26, 28, 45]


def test_left_and_right_come_in_pairs():
    names = set(load_schema().blendshapes)
    lone = {"jawLeft", "jawRight", "mouthLeft", "mouthRight"}
    for name in names - lone:
        if name.endswith("Left"):
            assert name.removesuffix("Left") + "Right" in names


def test_the_landmark_groups_are_those_of_the_engines():
    from engines import landmark98

    groups = load_schema().landmark_groups
    assert load_schema().landmark_count == landmark98.COUNT
    for name, (first, last) in groups.items():
        where = getattr(landmark98, name.upper())
        expected = where if isinstance(where, slice) else slice(where, where + 1)
        assert (first, last + 1) == (expected.start, expected.stop), name


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"jawForward", ', "", "expected 52 blendshapes, found 51"),
        ('"jawForward"', '"jawLeft"', "blendshape given more than once: .'jawLeft'"),
        ('AU45 = "blink"\n', "", "expected 18 action units, found 17"),
        ("nose = [51, 59]", "nose = [51, 58]", "landmark groups"),
        ('name = "pong"\nid = 5', 'name = "pong"\nid = 4', "message id given more than once: .4"),
        ('name = "pong"\nid = 5', 'name = "pong"\nid = 128', "one byte"),
        ('name = "payload", type = "bin"', 'name = "payload", type = "blob"', "unknown type 'blob'"),
        ('limit = "message_bytes"', 'limit = "bytes"', "unknown limit 'bytes'"),
        ("close = 4429", "close = 0", "flooding"),
        ("close = 4429", "close = 1008", "flooding"),
        ('name = "track", type = "u32", optional = true', 'name = "track", type = "u32"', "needed field"),
        ('from = "client"', 'from = "nobody"', "client or server"),
        ('code = "rate"', 'code = "version"', "error code given more than once"),
    ],
)
def test_a_contradiction_is_refused_by_name(tmp_path, old, new, reason):
    assert old in TEXT
    path = tmp_path / "schema.toml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(SchemaError, match=reason):
        load_schema(path)
