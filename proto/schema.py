"""Read schema.toml, the single source of the wire's names, and refuse one that contradicts itself."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

SCHEMA_PATH = Path(__file__).with_name("schema.toml")

MESSAGE_TOO_BIG = 1009  # RFC 6455, section 7.4.1
FIELD_TYPES = ("u8", "u16", "u32", "u64", "i64", "bool", "str", "bin", "list", "map")


class SchemaError(ValueError):
    """schema.toml contradicts itself; the message says where."""


@dataclass(frozen=True)
class Schema:
    """schema.toml as plain Python values, in its own order."""

    protocol: dict
    blendshape_groups: dict[str, list[str]]
    action_units: dict[str, str]
    landmark_count: int
    landmark_groups: dict[str, list[int]]
    stages: list[str]
    units: dict[str, str]
    axes: dict[str, str]
    quantisation: dict[str, int]
    limits: dict[str, int]
    formats: list[dict]
    encodings: list[dict]
    events: list[dict]
    messages: list[dict]
    options: list[dict]
    manifest_keys: list[dict]
    errors: list[dict]

    @property
    def blendshapes(self) -> list[str]:
        """List the coefficient names in the order of the wire."""
        return [name for names in self.blendshape_groups.values() for name in names]


def load_schema(path: Path = SCHEMA_PATH) -> Schema:
    """Read and check the schema.

    Raises: SchemaError when ids or names repeat, a count is wrong, or a field is of an unknown type.
    """
    raw = tomllib.loads(path.read_text("utf-8"))
    schema = Schema(
        protocol=raw["protocol"],
        blendshape_groups={group["name"]: group["names"] for group in raw["blendshape_group"]},
        action_units=raw["action_units"],
        landmark_count=raw["landmarks"]["count"],
        landmark_groups=raw["landmarks"]["groups"],
        stages=raw["stages"]["names"],
        units=raw["units"],
        axes=raw["axes"],
        quantisation=raw["quantisation"],
        limits=raw["limits"],
        formats=raw["format"],
        encodings=raw["encoding"],
        events=raw["event"],
        messages=raw["message"],
        options=raw["option"],
        manifest_keys=raw["manifest_key"],
        errors=raw["error"],
    )
    _check_counts(schema)
    _check_unique(schema)
    _check_messages(schema)
    _check_errors(schema)
    return schema


def _check_counts(schema: Schema) -> None:
    if len(schema.blendshapes) != 52:
        raise SchemaError(f"expected 52 blendshapes, found {len(schema.blendshapes)}")
    if len(schema.action_units) != 18:
        raise SchemaError(f"expected 18 action units, found {len(schema.action_units)}")
    covered = [i for first, last in schema.landmark_groups.values() for i in range(first, last + 1)]
    if covered != list(range(schema.landmark_count)):
        raise SchemaError(f"the landmark groups must cover 0..{schema.landmark_count - 1} once, in order")


def _check_unique(schema: Schema) -> None:
    lists = {
        "blendshape": schema.blendshapes,
        "stage": schema.stages,
        "error code": [error["code"] for error in schema.errors],
        "option": [option["name"] for option in schema.options],
        "manifest key": [key["name"] for key in schema.manifest_keys],
    }
    tables = {"format": schema.formats, "encoding": schema.encodings}
    tables |= {"event": schema.events, "message": schema.messages}
    for label, rows in tables.items():
        lists[label] = [row["name"] for row in rows]
        lists[f"{label} id"] = [row["id"] for row in rows]
    for label, values in lists.items():
        repeated = [value for value, count in Counter(values).items() if count > 1]
        if repeated:
            raise SchemaError(f"{label} given more than once: {repeated}")


def _check_messages(schema: Schema) -> None:
    for message in schema.messages:
        if not 0 < message["id"] < 128:
            raise SchemaError(f"{message['name']}: an id is 1..127 (one byte), got {message['id']}")
        if message["from"] not in ("client", "server"):
            raise SchemaError(f"{message['name']}: from is client or server, got {message['from']!r}")
        optional_seen = False
        for field in message["fields"]:
            where = f"{message['name']}.{field['name']}"
            if field["type"] not in FIELD_TYPES:
                raise SchemaError(f"{where}: unknown type {field['type']!r}")
            if "limit" in field and field["limit"] not in schema.limits:
                raise SchemaError(f"{where}: unknown limit {field['limit']!r}")
            if optional_seen and not field.get("optional", False):
                raise SchemaError(f"{where}: a needed field may not follow an optional one")
            optional_seen = field.get("optional", False)


def _check_errors(schema: Schema) -> None:
    for error in schema.errors:
        close = error["close"]
        fits = close == MESSAGE_TOO_BIG or 4000 <= close <= 4999 if error["fatal"] else close == 0
        if not fits:
            raise SchemaError(f"{error['code']}: expected close 4000..4999 or 1009 when fatal, else 0")
