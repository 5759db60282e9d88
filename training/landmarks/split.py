"""Carry a file in parts: split it, and join it again with its hash checked.

`python -m training.landmarks.split join DIR/NAME.parts.json --out FILE`
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

from engines.models import hash_file
from training.errors import DamagedDataError, MissingDataError

MEGABYTE = 1_000_000
LARGEST = 15 * MEGABYTE


def split_file(path: Path, out: Path, limit_bytes: int = LARGEST) -> Path:
    """Write `NAME.00`, `NAME.01` … and `NAME.parts.json`, which says how they join. Returns: the latter."""
    data = path.read_bytes()
    parts = []
    for number, start in enumerate(range(0, max(1, len(data)), limit_bytes)):
        part = out / f"{path.name}.{number:02d}"
        part.write_bytes(data[start : start + limit_bytes])
        parts.append({"file": part.name, "bytes": part.stat().st_size, "sha256": hash_file(part)})
    index = out / f"{path.name}.parts.json"
    whole = {"file": path.name, "bytes": len(data), "sha256": hash_file(path)}
    index.write_text(json.dumps({**whole, "parts": parts}, indent=1) + "\n")
    return index


def join_file(index: Path, out: Path) -> str:
    """Join the parts that lie beside their index. Returns: the SHA-256 of the whole.

    Raises: MissingDataError, DamagedDataError naming the part that is not what the index says.
    """
    described = json.loads(index.read_text())
    data = bytearray()
    for part in described["parts"]:
        path = index.parent / part["file"]
        if not path.is_file():
            raise MissingDataError(f"{path}: expected a part of {described['file']}, found no such file")
        if (actual := hash_file(path)) != part["sha256"]:
            raise DamagedDataError(f"{path}: expected sha256 {part['sha256']}, got {actual}")
        data += path.read_bytes()
    if (actual := hashlib.sha256(data).hexdigest()) != described["sha256"]:
        raise DamagedDataError(f"{index}: expected sha256 {described['sha256']} of the whole, got {actual}")
    out.write_bytes(data)
    return actual


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    split = commands.add_parser("split", help="cut a file into parts")
    split.add_argument("file", type=Path)
    split.add_argument("--out", type=Path, required=True, help="folder for the parts")
    split.add_argument("--max-mb", type=float, default=LARGEST / MEGABYTE)
    join = commands.add_parser("join", help="make the file from its parts")
    join.add_argument("index", type=Path, help="NAME.parts.json beside the parts")
    join.add_argument("--out", type=Path, required=True, help="the file to write")
    arguments = parser.parse_args()
    if arguments.command == "split":
        arguments.out.mkdir(parents=True, exist_ok=True)
        print(split_file(arguments.file, arguments.out, int(arguments.max_mb * MEGABYTE)))
    else:
        print(join_file(arguments.index, arguments.out), arguments.out)


if __name__ == "__main__":
    main()
