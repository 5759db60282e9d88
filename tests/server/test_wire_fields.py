"""Reading and packing any message by the schema's fields."""

from __future__ import annotations

import msgpack
import pytest

from proto import tables
from server.errors import BadMessageError, EncodeError, UnknownMessageError
from server.wire_fields import pack_message, read_message, shorten

EDGES = {
    "u8": (0, 2**8 - 1),
    "u16": (0, 2**16 - 1),
    "u32": (0, 2**32 - 1),
    "u64": (0, 2**64 - 1),
    "i64": (-(2**63), 2**63 - 1),
    "bool": (False, True),
    "str": ("", "x"),
    "bin": (b"", b"x"),
    "list": ([], [1]),
    "map": ({}, {"a": 1}),
}
WRONG = {"str": b"x", "bin": "x", "list": {}, "map": [], "bool": 1}
FIELDS = [(spec, place) for spec in tables.MESSAGES.values() for place in range(len(spec.fields))]


def items_with(spec: tables.MessageSpec, place: int, value: object) -> bytes:
    values = [EDGES[field.type][0] for field in spec.fields]
    values[place] = value
    return msgpack.packb([spec.id, *values])


@pytest.mark.parametrize(("spec", "place"), FIELDS, ids=lambda v: getattr(v, "name", str(v)))
def test_each_field_takes_its_type_and_nothing_else(spec, place):
    field = spec.fields[place]
    for value in EDGES[field.type]:
        _, values = read_message(items_with(spec, place, value), spec.sender, tables.LIMITS)
        expected = tuple(value) if isinstance(value, list) else value
        assert values[place] == expected and type(values[place]) is type(expected)
    for wrong in (WRONG.get(field.type, 1.0), WRONG.get(field.type, True)):
        with pytest.raises(BadMessageError, match=f"{spec.name}.{field.name}"):
            read_message(items_with(spec, place, wrong), spec.sender, tables.LIMITS)


@pytest.mark.parametrize(("spec", "place"), FIELDS, ids=lambda v: getattr(v, "name", str(v)))
def test_only_optional_fields_may_be_nil(spec, place):
    data = items_with(spec, place, None)
    if spec.fields[place].optional:
        assert read_message(data, spec.sender, tables.LIMITS)[1][place] is None
    else:
        with pytest.raises(BadMessageError, match="got nothing"):
            read_message(data, spec.sender, tables.LIMITS)


def test_a_limit_is_exact_and_names_the_field():
    read_message(msgpack.packb([tables.HELLO, 1, "x" * 64]), "client", tables.LIMITS)
    with pytest.raises(BadMessageError, match=r"hello.client: expected at most 64 characters, got 65"):
        read_message(msgpack.packb([tables.HELLO, 1, "x" * 65]), "client", tables.LIMITS)


def test_each_side_knows_only_what_the_other_sends():
    data = pack_message(tables.CALIBRATE)
    assert read_message(data, "client", tables.LIMITS)[0].name == "calibrate"
    with pytest.raises(UnknownMessageError):
        read_message(data, "server", tables.LIMITS)


def test_nil_at_the_end_is_left_away():
    assert msgpack.unpackb(pack_message(6, "rate", None, None)) == [6, "rate"]
    assert msgpack.unpackb(pack_message(6, None, "rate")) == [6, None, "rate"]
    with pytest.raises(EncodeError):
        pack_message(6, 2**64)


def test_what_came_is_described_in_few_characters():
    assert shorten(b"x" * 5000) == "5000 bytes"
    assert shorten(("a",) * 300) == "tuple of 300"
    assert len(shorten("x" * 5000)) < 80
    assert shorten(1.5) == "1.5"
