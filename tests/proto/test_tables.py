"""The generated Python tables against the schema."""

from __future__ import annotations

from proto import tables
from proto.schema import load_schema

SCHEMA = load_schema()


def test_names_and_order():
    assert list(tables.BLENDSHAPES) == SCHEMA.blendshapes
    assert [name for names in tables.BLENDSHAPE_GROUPS.values() for name in names] == SCHEMA.blendshapes
    assert list(tables.ACTION_UNITS) == list(SCHEMA.action_units)
    assert SCHEMA.action_units == tables.ACTION_UNIT_NAMES
    assert list(tables.STAGES) == SCHEMA.stages
    assert SCHEMA.axes == tables.AXES and SCHEMA.units == tables.UNITS
    assert {name: list(span) for name, span in tables.LANDMARK_GROUPS.items()} == SCHEMA.landmark_groups


def test_ids_and_limits():
    assert {row["name"]: row["id"] for row in SCHEMA.formats} == tables.FORMATS
    assert {row["name"]: row["id"] for row in SCHEMA.encodings} == tables.ENCODINGS
    assert {row["name"]: row["id"] for row in SCHEMA.events} == tables.EVENTS
    assert tables.RAW_FORMATS == ("rgb8", "bgr8", "nv12")
    assert SCHEMA.limits == tables.LIMITS
    assert SCHEMA.quantisation["box_scale"] == tables.BOX_SCALE
    assert tables.SUBPROTOCOL == "facecast.v1.msgpack" and tables.PROTOCOL_VERSION == 1


def test_messages():
    assert list(tables.MESSAGES) == [row["name"] for row in SCHEMA.messages]
    for row in SCHEMA.messages:
        spec = tables.MESSAGES[row["name"]]
        assert (spec.id, spec.sender) == (row["id"], row["from"])
        assert getattr(tables, row["name"].upper()) == row["id"]
        assert [(f.name, f.type, f.optional, f.limit) for f in spec.fields] == [
            (f["name"], f["type"], f.get("optional", False), f.get("limit", "")) for f in row["fields"]
        ]


def test_errors():
    for row in SCHEMA.errors:
        assert tables.ERRORS[row["code"]] == (row["fatal"], row["close"], row["meaning"])
