"""Fill the tables of SPEC.md from the schema, between `<!-- table: NAME -->` and `<!-- end -->`."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgpack

from proto.packing import RawFace, RawPacket, packet_bytes, worst_sizes
from proto.schema import Schema, SchemaError

_BLOCK = re.compile(r"<!-- table: (?P<name>[a-z_ ]+) -->\n.*?<!-- end -->", re.DOTALL)


def emit_spec(schema: Schema, text: str) -> str:
    """Give the text of SPEC.md with every table renewed.

    Raises: SchemaError when the text names an unknown table or lacks one.
    """
    tables = _tables(schema)
    found = _BLOCK.findall(text)
    if sorted(found) != sorted(tables):
        raise SchemaError(f"SPEC.md: expected the tables {sorted(tables)}, found {sorted(found)}")

    def fill(match: re.Match) -> str:
        name = match["name"]
        return f"<!-- table: {name} -->\n{tables[name]}\n<!-- end -->"

    return _BLOCK.sub(fill, text)


def _tables(schema: Schema) -> dict[str, str]:
    plain = {
        "units": (["value", "unit"], schema.units.items()),
        "axes": (["axis", "meaning"], schema.axes.items()),
        "limits": (["limit", "default"], schema.limits.items()),
        "landmarks": (
            ["group", "points"],
            ((k, f"{a}..{b}") for k, (a, b) in schema.landmark_groups.items()),
        ),
        "action units": (["index", "unit", "name"], _numbered(schema.action_units.items())),
        "sizes": (["packet", "bytes at most"], worst_sizes(schema)),
    }
    lists = {
        "formats": (("id", "name", "meaning"), schema.formats),
        "encodings": (("id", "name", "meaning"), schema.encodings),
        "events": (("id", "name", "meaning"), schema.events),
        "options": (("name", "type", "default", "meaning"), schema.options),
        "manifest": (("name", "type", "meaning"), schema.manifest_keys),
        "errors": (("code", "fatal", "close", "meaning"), schema.errors),
    }
    tables = {name: _table(head, rows) for name, (head, rows) in plain.items()}
    for name, (keys, rows) in lists.items():
        tables[name] = _table(keys, ([row[key] for key in keys] for row in rows))
    tables["blendshapes"] = _blendshapes(schema)
    for message in schema.messages:
        tables[f"message {message['name']}"] = _message(message)
    tables["example packet"] = _example(schema)
    return tables


def _numbered(rows: Iterable[tuple]) -> Iterable[tuple]:
    return ((index, *row) for index, row in enumerate(rows))


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    titles = list(head)
    lines = [_row(titles), "|" + "---|" * len(titles)]
    return "\n".join(lines + [_row(row) for row in rows])


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("|", "\\|")


def _blendshapes(schema: Schema) -> str:
    rows, index = [], 0
    for group, names in schema.blendshape_groups.items():
        listed = ", ".join(f"{index + i} {name}" for i, name in enumerate(names))
        rows.append((group, listed))
        index += len(names)
    return _table(["group", "index and name"], rows)


def _message(message: dict) -> str:
    rows = [(0, "id", f"= {message['id']}", "", message["meaning"])]
    for place, field in enumerate(message["fields"], start=1):
        optional = "optional" if field.get("optional") else "needed"
        rows.append((place, field["name"], field["type"], optional, field["meaning"]))
    return _table(["place", "field", "type", "", "meaning"], rows)


def _example(schema: Schema) -> str:
    """Show one packet byte by byte."""
    face = RawFace(weights=(0, *[0] * 16, 128, *[0] * 33, 255), intensities=(0,) * 15 + (128, 0, 0))
    packet = RawPacket(faces=[face])
    data = packet_bytes(schema, packet)
    parts = [
        (1, "array of 4"),
        (1, "message id 2: packet"),
        (1, "participant 1"),
        (2, "bin of 31 bytes: the head"),
        (1, "flags: encoding 0 (u8), no landmarks"),
        (4, "sequence 7"),
        (8, "capture time 1 234 567 us"),
        (2, "width 640"),
        (2, "height 480"),
        (14, "timings 1.1, 0, 23, 14.8, 0.25, 0.4, 0.03 ms"),
        (1, "array of 1 face"),
        (2, "bin of 105 bytes: the face"),
        (4, "track 1"),
        (1, "score 250 / 255 = 0.980"),
        (8, "box 0.25 0.125 0.75 0.625"),
        (8, "quaternion 0 0 0 1"),
        (6, "translation 0.012 -0.034 -0.560 m"),
        (8, "gaze 0 0 0 0"),
        (52, "weights: jawOpen (17) = 128/255, tongueOut (51) = 1"),
        (18, "intensities: AU26 (15) = 128 x 5/255"),
    ]
    if sum(size for size, _ in parts) != len(data) or len(msgpack.unpackb(data)) != 4:
        raise SchemaError("SPEC.md: the example packet no longer has the described parts")
    lines, offset = [], 0
    for size, meaning in parts:
        piece = data[offset : offset + size]
        text = piece.hex(" ") if size <= 14 else f"{piece[:4].hex(' ')} ... {piece[-4:].hex(' ')}"
        lines.append(f"{offset:4d}  {text:<42} {meaning}")
        offset += size
    return "```text\n" + "\n".join([*lines, f"{offset:4d}  end"]) + "\n```"
