"""Write the schema as a JavaScript module: server/page/wire_tables.js."""

from __future__ import annotations

import json

from proto.schema import Schema

_HEAD = (
    "// The wire's tables. GENERATED from proto/schema.toml by `python -m proto.generate`; do not edit.\n\n"
)


def emit_javascript(schema: Schema) -> str:
    """Render the module's text."""
    values = {
        "PROTOCOL_VERSION": schema.protocol["version"],
        "SUBPROTOCOL": schema.protocol["subprotocol"],
        "STREAM_PATH": schema.protocol["path"],
        "LANDMARK_COUNT": schema.landmark_count,
        **{name.upper(): value for name, value in schema.quantisation.items()},
        "ROLES": schema.protocol["roles"],
        "BLENDSHAPES": schema.blendshapes,
        "BLENDSHAPE_GROUPS": schema.blendshape_groups,
        "ACTION_UNITS": list(schema.action_units),
        "ACTION_UNIT_NAMES": schema.action_units,
        "LANDMARK_GROUPS": schema.landmark_groups,
        "STAGES": schema.stages,
        "MESSAGES": {row["name"]: row["id"] for row in schema.messages},
        "FORMATS": {row["name"]: row["id"] for row in schema.formats},
        "ENCODINGS": {row["name"]: row["id"] for row in schema.encodings},
        "ENCODING_BYTES": {row["name"]: row["bytes"] for row in schema.encodings},
        "EVENTS": {row["name"]: row["id"] for row in schema.events},
        "LIMITS": schema.limits,
        "ERRORS": {
            row["code"]: {"fatal": row["fatal"], "close": row["close"], "meaning": row["meaning"]}
            for row in schema.errors
        },
    }
    return _HEAD + "\n".join(_export(name, value) for name, value in values.items())


def _export(name: str, value: object) -> str:
    if isinstance(value, list):
        return f"export const {name} = Object.freeze([\n{_rows(map(json.dumps, value))}]);\n"
    if isinstance(value, dict):
        rows = (f"{json.dumps(key)}: {json.dumps(item)}" for key, item in value.items())
        return f"export const {name} = Object.freeze({{\n{_rows(rows)}}});\n"
    return f"export const {name} = {json.dumps(value)};\n"


def _rows(rows: object) -> str:
    return "".join(f"  {row},\n" for row in rows)
