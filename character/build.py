"""Build the character's files: `python -m character.build [--check]`."""

import argparse
import sys
from pathlib import Path

from character.gltf import to_glb
from character.head import make_head
from character.packed import pack

ROOT = Path(__file__).resolve().parent.parent
GLB = Path("character/head.glb")
PACKED = Path("unity_client/Samples~/Character/head.bytes")


def build() -> dict[Path, bytes]:
    """Make every output in memory, by path from the repository's root."""
    parts = make_head()
    return {GLB: to_glb(parts), PACKED: pack(parts)}


def outdated(made: dict[Path, bytes], root: Path = ROOT) -> list[str]:
    """List what on disk differs from what the generator makes."""
    found = []
    for path, data in made.items():
        there = (root / path).read_bytes() if (root / path).exists() else None
        if there is None:
            found.append(f"{path}: missing")
        elif there != data:
            at = next((i for i, (a, b) in enumerate(zip(there, data, strict=False)) if a != b), len(there))
            found.append(f"{path}: differs from byte {at} on ({len(there)} bytes there, {len(data)} made)")
    return found


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Write the files, or compare them with what is there."""
    parser = argparse.ArgumentParser(prog="python -m character.build", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if a file is not up to date"
    )
    options = parser.parse_args(arguments)
    made = build()
    if options.check:
        for line in (stale := outdated(made, root)):
            print(line, file=sys.stderr)
        return 1 if stale else 0
    for path, data in made.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
        print(f"{path}: {len(data)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
