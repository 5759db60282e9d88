"""The emitted Python: it runs, and says what the schema says, also after a change."""

from __future__ import annotations

from dataclasses import replace

from proto.emit_python import emit_python
from proto.schema import load_schema


def run(text: str) -> dict:
    names: dict = {"__name__": "emitted_tables"}
    exec(compile(text, "tables.py", "exec"), names)
    return names


def test_a_change_of_the_schema_arrives():
    schema = load_schema()
    changed = replace(schema, limits=schema.limits | {"faces": 3}, units={"score": 'a "quoted" \\ unit'})
    names = run(emit_python(changed))
    assert names["LIMITS"]["faces"] == 3
    assert names["UNITS"] == {"score": 'a "quoted" \\ unit'}
    assert names["MESSAGES"]["frame"].fields[3] == ("payload", "bin", False, "message_bytes")
