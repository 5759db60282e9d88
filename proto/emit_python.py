"""Write the schema as a Python module: proto/tables.py."""

from __future__ import annotations

from proto.schema import Schema

_HEAD = '''"""The wire's tables. GENERATED from schema.toml by `python -m proto.generate`; do not edit."""

# ruff: noqa: E501
# fmt: off

from __future__ import annotations

from typing import NamedTuple


class FieldSpec(NamedTuple):
    """One field of a message; `limit` names an entry of LIMITS, or is empty."""

    name: str
    type: str
    optional: bool
    limit: str


class MessageSpec(NamedTuple):
    """One message type: the fields follow the id in the array."""

    name: str
    id: int
    sender: str
    fields: tuple[FieldSpec, ...]


class ErrorSpec(NamedTuple):
    """One error code; `close` is the WebSocket close code of a fatal error, otherwise 0."""

    fatal: bool
    close: int
    meaning: str

'''


def emit_python(schema: Schema) -> str:
    """Render the module's text."""
    return _HEAD + "\n".join([*_scalars(schema), *_names(schema), *_ids(schema), *_messages(schema)]) + "\n"


def _scalars(schema: Schema) -> list[str]:
    lines = ["", f"PROTOCOL_VERSION = {schema.protocol['version']}"]
    lines += [f"SUBPROTOCOL = {_text(schema.protocol['subprotocol'])}"]
    lines += [f"STREAM_PATH = {_text(schema.protocol['path'])}"]
    lines += [f"LANDMARK_COUNT = {schema.landmark_count}", ""]
    lines += [f"{name.upper()} = {value}" for name, value in schema.quantisation.items()]
    return [*lines, "", *_mapping("LIMITS", schema.limits, "int")]


def _names(schema: Schema) -> list[str]:
    lines = _tuple("ROLES", schema.protocol["roles"])
    lines += _tuple("BLENDSHAPES", schema.blendshapes)
    groups = {name: tuple(names) for name, names in schema.blendshape_groups.items()}
    lines += ["BLENDSHAPE_GROUPS: dict[str, tuple[str, ...]] = {"]
    for name, names in groups.items():
        lines += [f"    {_text(name)}: (", *(f"        {_text(member)}," for member in names), "    ),"]
    lines += ["}", ""]
    lines += _tuple("ACTION_UNITS", list(schema.action_units))
    lines += _mapping("ACTION_UNIT_NAMES", schema.action_units, "str")
    lines += ["# name -> (first, last) landmark index, both included"]
    ranges = {name: tuple(span) for name, span in schema.landmark_groups.items()}
    lines += _mapping("LANDMARK_GROUPS", ranges, "tuple[int, int]")
    lines += _tuple("STAGES", schema.stages)
    lines += _mapping("UNITS", schema.units, "str")
    return lines + _mapping("AXES", schema.axes, "str")


def _ids(schema: Schema) -> list[str]:
    lines = _mapping("FORMATS", {row["name"]: row["id"] for row in schema.formats}, "int")
    lines += _tuple("RAW_FORMATS", [row["name"] for row in schema.formats if row["raw"]])
    lines += _mapping("ENCODINGS", {row["name"]: row["id"] for row in schema.encodings}, "int")
    lines += _mapping("ENCODING_BYTES", {row["name"]: row["bytes"] for row in schema.encodings}, "int")
    lines += _mapping("EVENTS", {row["name"]: row["id"] for row in schema.events}, "int")
    defaults = {row["name"]: row["default"] for row in schema.options}
    lines += _mapping("OPTION_DEFAULTS", defaults, "str | bool")
    lines += _tuple("MANIFEST_KEYS", [row["name"] for row in schema.manifest_keys])
    lines += ["ERRORS: dict[str, ErrorSpec] = {"]
    for error in schema.errors:
        spec = f"ErrorSpec({error['fatal']}, {error['close']}, {_text(error['meaning'])})"
        lines.append(f"    {_text(error['code'])}: {spec},")
    return [*lines, "}", ""]


def _messages(schema: Schema) -> list[str]:
    lines = [f"{message['name'].upper()} = {message['id']}" for message in schema.messages]
    lines += ["", "MESSAGES: dict[str, MessageSpec] = {"]
    for message in schema.messages:
        lines.append(f"    {_text(message['name'])}: MessageSpec(")
        lines += [f"        {_text(message['name'])},", f"        {message['id']},"]
        lines += [f"        {_text(message['from'])},"]
        fields = [f"            {_field(field)}," for field in message["fields"]]
        lines += ["        (", *fields, "        ),"]
        lines.append("    ),")
    return [*lines, "}"]


def _field(field: dict) -> str:
    optional, limit = field.get("optional", False), field.get("limit", "")
    return f"FieldSpec({_text(field['name'])}, {_text(field['type'])}, {optional}, {_text(limit)})"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _literal(value: object) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(_literal(item) for item in value) + ")"
    return _text(value) if isinstance(value, str) else repr(value)


def _tuple(name: str, values: list[str]) -> list[str]:
    return [f"{name}: tuple[str, ...] = (", *(f"    {_text(value)}," for value in values), ")", ""]


def _mapping(name: str, values: dict, kind: str) -> list[str]:
    rows = [f"    {_text(key)}: {_literal(value)}," for key, value in values.items()]
    return [f"{name}: dict[str, {kind}] = {{", *rows, "}", ""]
