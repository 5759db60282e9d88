"""The weight files and their manifest: what each network is, and proof that it is the one described."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from engines.errors import WeightsError

WEIGHTS = Path(__file__).parent / "weights"
MANIFEST = WEIGHTS / "manifest.json"


@cache
def manifest() -> dict[str, dict]:
    """Read the manifest: model name -> its entry (file, sha256, inputs, outputs, card, measured).

    Raises: WeightsError if it is missing or damaged.
    """
    try:
        return json.loads(MANIFEST.read_text())["models"]
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"{MANIFEST}: expected the weights' manifest: {error!r}") from error


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_path(name: str) -> Path:
    """Return the file of a model after checking its hash.

    Raises: WeightsError if the name is unknown, or the file is missing or not the described one.
    """
    entry = manifest().get(name)
    if entry is None:
        raise WeightsError(f"expected a model of {', '.join(manifest())}, got {name!r}")
    path = WEIGHTS / entry["file"]
    if not path.is_file():
        raise WeightsError(f"{path}: expected the weights of {name}, found no such file")
    actual = hash_file(path)
    if actual != entry["sha256"]:
        raise WeightsError(f"{path}: expected sha256 {entry['sha256']}, got {actual}")
    return path
