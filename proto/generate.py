"""Write, or check, everything that is made from schema.toml.

python -m proto.generate           write the tables, the tables inside SPEC.md, and the vectors
python -m proto.generate --check   change nothing; name what is outdated, missing or unexpected
python -m proto.generate --sizes   print the largest packet of each kind, in bytes
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from proto.emit_csharp import emit_csharp
from proto.emit_javascript import emit_javascript
from proto.emit_python import emit_python
from proto.emit_spec import emit_spec
from proto.invalid_cases import invalid_vectors
from proto.packing import worst_sizes
from proto.schema import Schema, load_schema
from proto.vector_cases import valid_vectors

ROOT = Path(__file__).parent.parent
VECTORS = Path("proto/vectors")
SPEC = Path("proto/SPEC.md")


def generated_files(schema: Schema, root: Path) -> dict[Path, bytes]:
    """Give the content of every generated file by its path below the repository's root."""
    texts = {
        Path("proto/tables.py"): emit_python(schema),
        Path("unity_client/Runtime/Core/WireTables.cs"): emit_csharp(schema),
        Path("server/page/wire_tables.js"): emit_javascript(schema),
        SPEC: emit_spec(schema, (root / SPEC).read_text("utf-8")),
    }
    files = {path: text.encode() for path, text in texts.items()}
    for folder, vectors in (("valid", valid_vectors(schema)), ("invalid", invalid_vectors(schema))):
        for name, data, description in vectors:
            files[VECTORS / folder / f"{name}.bin"] = data
            files[VECTORS / folder / f"{name}.json"] = _json(description).encode()
    return files


def _json(value: dict) -> str:
    """Write one key a line, also inside the message, so that a change shows where it is."""
    rows = []
    for key, item in value.items():
        if isinstance(item, dict) and item:
            inner = (f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in item.items())
            rows.append(f" {json.dumps(key)}: {{\n" + ",\n".join(inner) + "\n }")
        else:
            rows.append(f" {json.dumps(key)}: {json.dumps(item, ensure_ascii=False)}")
    return "{\n" + ",\n".join(rows) + "\n}\n"


def find_faults(files: dict[Path, bytes], root: Path) -> list[str]:
    """Name each file on disk that differs from its generated content, is absent, or is not generated."""
    faults = []
    for path, content in files.items():
        if not (root / path).is_file():
            faults.append(f"missing: {path}")
        elif (root / path).read_bytes() != content:
            faults.append(f"outdated: {path}")
    return faults + [f"unexpected: {path}" for path in _unexpected(files, root)]


def _unexpected(files: Iterable[Path], root: Path) -> list[Path]:
    present = {path.relative_to(root) for path in (root / VECTORS).rglob("*") if path.is_file()}
    return sorted(present - set(files))


def write_files(files: dict[Path, bytes], root: Path) -> int:
    """Write what differs, remove vectors that are no longer generated, and count the changes."""
    changed = 0
    for path, content in files.items():
        target = root / path
        if not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            changed += 1
    for path in _unexpected(files, root):
        (root / path).unlink()
        changed += 1
    return changed


def sizes_text(schema: Schema) -> str:
    """Describe the largest packet of each kind against the limit."""
    limit = schema.limits["packet_bytes"]
    lines = [f"{label:28} {size:5d} bytes" for label, size in worst_sizes(schema)]
    return "\n".join([*lines, f"{'limit for 1 face, u8':28} {limit:5d} bytes"])


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return 1 when a check fails."""
    parser = argparse.ArgumentParser(prog="python -m proto.generate", description=__doc__.splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--check", action="store_true", help="change nothing; fail when a file is not as generated"
    )
    choice.add_argument("--sizes", action="store_true", help="print the largest packet of each kind")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository (default: this one)")
    options = parser.parse_args(arguments)
    schema = load_schema(options.root / "proto" / "schema.toml")
    if options.sizes:
        print(sizes_text(schema))
        return 0
    files = generated_files(schema, options.root)
    if not options.check:
        print(f"{write_files(files, options.root)} of {len(files)} files written or removed")
        return 0
    faults = find_faults(files, options.root)
    print("\n".join([*faults, f"{len(files)} files checked, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
