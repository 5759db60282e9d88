"""The tables inside SPEC.md, and the examples in its words."""

from __future__ import annotations

import re
from pathlib import Path

import msgpack
import pytest

from proto import tables
from proto.emit_spec import emit_spec
from proto.generate import ROOT
from proto.schema import SchemaError, load_schema

SPEC = (ROOT / "proto" / "SPEC.md").read_text("utf-8")


def test_every_message_and_error_has_its_row():
    for spec in tables.MESSAGES.values():
        assert f"<!-- table: message {spec.name} -->" in SPEC
        assert re.search(rf"^#### {spec.name}$", SPEC, re.MULTILINE), spec.name
    for code, error in tables.ERRORS.items():
        assert f"| {code} | {'yes' if error.fatal else 'no'} | {error.close} | " in SPEC


def test_words_outside_the_tables_stay():
    text = SPEC.replace("# The wire of Facecast", "# Another title")
    assert emit_spec(load_schema(), text) == text


def test_a_missing_or_unknown_table_is_refused():
    for text in (SPEC.replace("table: errors", "table: mistakes"), ""):
        with pytest.raises(SchemaError, match="expected the tables"):
            emit_spec(load_schema(), text)


def test_the_complete_examples_are_messages():
    found = [bytes.fromhex(match) for match in re.findall(r"`(9[0-9a-f](?: [0-9a-f]{2}){1,40})`", SPEC)]
    messages = [msgpack.unpackb(data) for data in found if len(data) > 1]
    by_id = {spec.id: spec for spec in tables.MESSAGES.values()}
    names = {by_id[message[0]].name for message in messages}
    assert names == {"hello", "options", "calibrate", "ping", "event", "pong", "error"}
    for message in messages:
        assert len(message) - 1 <= len(by_id[message[0]].fields)


def test_the_numbers_in_the_words_are_the_schemas():
    for number in (tables.BOX_SCALE, tables.QUATERNION_SCALE, tables.TRANSLATION_SCALE, tables.GAZE_SCALE):
        assert f"q / {number}" in SPEC
    assert f"(q - {tables.LANDMARK_OFFSET}) / {tables.LANDMARK_SCALE}" in SPEC
    assert ", ".join(f"`{stage}`" for stage in tables.STAGES) in SPEC
    assert tables.SUBPROTOCOL in SPEC and f"{tables.STREAM_PATH}?room=" in SPEC


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", SPEC):
        assert (Path(ROOT) / "proto" / target).exists(), target
