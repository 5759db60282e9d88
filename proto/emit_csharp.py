"""Write the schema as a C# class: unity_client/Runtime/Core/WireTables.cs (C# 7, no engine reference)."""

from __future__ import annotations

from proto.schema import Schema

_HEAD = """// The wire's tables. GENERATED from proto/schema.toml by `python -m proto.generate`; do not edit.

namespace Facecast.Core
{
    /// <summary>Names, order, ids and scales of the wire, the same for every client and the server.</summary>
    public static class WireTables
    {
"""


def emit_csharp(schema: Schema) -> str:
    """Render the class's text."""
    lines = [*_scalars(schema), *_arrays(schema), *_ids(schema), *_errors(schema)]
    body = "\n".join(f"        {line}" if line else "" for line in lines).rstrip()
    return f"{_HEAD}{body}\n    }}\n}}\n"


def _scalars(schema: Schema) -> list[str]:
    lines = [_const("ProtocolVersion", schema.protocol["version"])]
    lines += [_const("Subprotocol", schema.protocol["subprotocol"])]
    lines += [_const("StreamPath", schema.protocol["path"])]
    lines += [_const("BlendshapeCount", len(schema.blendshapes))]
    lines += [_const("ActionUnitCount", len(schema.action_units))]
    lines += [_const("LandmarkCount", schema.landmark_count), _const("StageCount", len(schema.stages)), ""]
    lines += [_const(_pascal(name), value) for name, value in schema.quantisation.items()]
    return [*lines, ""]


def _arrays(schema: Schema) -> list[str]:
    groups = [name for name, names in schema.blendshape_groups.items() for _ in names]
    lines = _array("Blendshapes", schema.blendshapes, "The 52 weights in the order of the wire.")
    lines += _array("BlendshapeGroups", groups, "The region of each weight.")
    lines += _array("ActionUnits", list(schema.action_units), "The 18 intensities in the order of the wire.")
    lines += _array("ActionUnitNames", list(schema.action_units.values()), "The name of each action unit.")
    lines += _array("Stages", schema.stages, "The server's steps in the order of a packet's timings.")
    lines += _array("Roles", schema.protocol["roles"], "What a participant may be.")
    names = list(schema.landmark_groups)
    lines += _array("LandmarkGroups", names, "The landmarks' groups, in the order of the points.")
    firsts = [str(first) for first, _ in schema.landmark_groups.values()]
    lines += ["/// <summary>The first landmark of each group.</summary>"]
    return [*lines, f"public static readonly int[] LandmarkGroupStarts = {{ {', '.join(firsts)} }};", ""]


def _ids(schema: Schema) -> list[str]:
    sections = {
        "Message": {row["name"]: row["id"] for row in schema.messages},
        "Format": {row["name"]: row["id"] for row in schema.formats},
        "Encoding": {row["name"]: row["id"] for row in schema.encodings},
        "Event": {row["name"]: row["id"] for row in schema.events},
    }
    lines = []
    for title, ids in sections.items():
        lines += _static_class(f"{title}Id", f"Ids on the wire: {title.lower()}s.", ids)
    return lines + _static_class("Limit", "Default limits; the manifest tells those in force.", schema.limits)


def _errors(schema: Schema) -> list[str]:
    codes = {error["code"]: error["code"] for error in schema.errors}
    closes = {error["code"]: error["close"] for error in schema.errors if error["fatal"]}
    lines = _static_class("ErrorCode", "Codes of error messages.", codes)
    return lines + _static_class("CloseCode", "WebSocket close codes after a fatal error.", closes)


def _static_class(name: str, summary: str, values: dict[str, int | str]) -> list[str]:
    consts = [f"    {_const(_pascal(key), value)}" for key, value in values.items()]
    head = [f"/// <summary>{summary}</summary>", f"public static class {name}", "{"]
    return [*head, *consts, "}", ""]


def _const(name: str, value: int | str) -> str:
    kind, text = ("string", f'"{value}"') if isinstance(value, str) else ("int", str(value))
    return f"public const {kind} {name} = {text};"


def _array(name: str, values: list[str], summary: str) -> list[str]:
    rows = [f'    "{value}",' for value in values]
    head = [f"/// <summary>{summary}</summary>", f"public static readonly string[] {name} =", "{"]
    return [*head, *rows, "};", ""]


def _pascal(name: str) -> str:
    return "".join(part[0].upper() + part[1:] for part in name.split("_"))
