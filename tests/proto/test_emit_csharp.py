"""The emitted C#: its lists, ids and close codes, read back from the text."""

from __future__ import annotations

import re

from proto.emit_csharp import emit_csharp
from proto.schema import load_schema

SCHEMA = load_schema()
TEXT = emit_csharp(SCHEMA)


def array(name: str) -> list[str]:
    body = re.search(rf"public static readonly string\[\] {name} =\s*\{{(.*?)\}};", TEXT, re.DOTALL)[1]
    return re.findall(r'"([^"]*)"', body)


def constants(name: str) -> dict[str, str]:
    body = re.search(rf"public static class {name}\s*\{{(.*?)\}}", TEXT, re.DOTALL)[1]
    return dict(re.findall(r"public const \w+ (\w+) = \"?([^\";]+)\"?;", body))


def test_the_lists_are_the_schemas():
    assert array("Blendshapes") == SCHEMA.blendshapes
    assert array("ActionUnits") == list(SCHEMA.action_units)
    assert array("Stages") == SCHEMA.stages
    groups = array("BlendshapeGroups")
    assert len(groups) == 52 and groups[17] == "jaw" and groups[51] == "tongue"


def test_ids_and_codes():
    assert constants("MessageId")["SetNeutral"] == "19"
    assert constants("FormatId") == {row["name"].capitalize(): str(row["id"]) for row in SCHEMA.formats}
    assert list(constants("ErrorCode").values()) == [row["code"] for row in SCHEMA.errors]
    fatal = {row["code"]: str(row["close"]) for row in SCHEMA.errors if row["fatal"]}
    assert list(constants("CloseCode").values()) == list(fatal.values())


def test_braces_are_balanced_and_the_namespace_is_right():
    assert TEXT.count("{") == TEXT.count("}")
    assert "namespace Facecast.Core" in TEXT and "public static class WireTables" in TEXT
