"""Rules that no single module can check: who imports whom, what has a test, what may be tracked."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("benchmarks", "character", "engines", "proto", "server", "tools", "training")
# Package -> what its modules may not import.
FORBIDDEN_IMPORTS = {
    "benchmarks": {"tests"},
    "character": {"engines", "server", "training", "tests", "benchmarks", "torch"},
    "engines": {"character", "server", "training", "tests", "benchmarks", "torch"},
    "proto": {"character", "engines", "server", "training", "tests", "benchmarks", "torch"},
    "server": {"character", "training", "tests", "benchmarks", "torch"},
    "tools": {"engines", "server", "training", "tests", "benchmarks", "torch"},
    # The documents show weights on the sample head: training may draw it.
    "training": {"server", "tests", "benchmarks"},
}
# Tables written by proto/generate.py; its own test covers them.
GENERATED = {"proto/tables.py"}
PIPELINE_LINES = 120
FILE_LINES = 400
WEIGHT_BYTES = 40_000_000
# Where a checkout may name the optional folder of development data.
MAY_NAME_SHARED = ("tests/", "training/", "benchmarks/", "docs/")
# Pictures, video and arrays are tracked only where they are part of the product or its documents.
BINARY_SUFFIXES = {
    ".mp4",
    ".gif",
    ".jpg",
    ".jpeg",
    ".png",
    ".webp",
    ".npz",
    ".npy",
    ".onnx",
    ".bin",
    ".zip",
    ".pt",
}
MAY_HOLD_BINARIES = ("engines/weights/", "engines/build/sample.jpg", "docs/", "proto/vectors/")


def list_files() -> list[str]:
    """Every tracked file, what a user put beside them left out: paths relative to the root."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted(path for path in set(listed.split("\0")) if path and (ROOT / path).is_file())


FILES = list_files()
SOURCES = [path for path in FILES if path.endswith(".py") and path.split("/")[0] in PACKAGES]


def read_text(path: str) -> str | None:
    """The file's text, or None if it is not text."""
    content = (ROOT / path).read_bytes()
    if b"\0" in content[:8192]:
        return None
    return content.decode("utf-8", errors="replace")


def imported_packages(source: str, package: str) -> set[str]:
    """Top-level names of all that a module imports, also in functions; `from . import x` is `package`."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(package if node.level else (node.module or "").split(".")[0])
        elif isinstance(node, ast.Call) and _is_import_call(node) and isinstance(node.args[0], ast.Constant):
            names.add(str(node.args[0].value).split(".")[0])
    return names


def _is_import_call(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("import_module", "__import__") and bool(node.args)


def test_imported_packages_finds_every_form():
    source = (
        "import os.path, torch\nfrom server.wire import x\nfrom . import y\n"
        "def f():\n    import training.faces\n    importlib.import_module('tests.media')\n"
    )
    assert imported_packages(source, "engines") == {"os", "torch", "server", "engines", "training", "tests"}


@pytest.mark.parametrize("path", SOURCES)
def test_imports_point_one_way(path: str):
    package = path.split("/")[0]
    wrong = imported_packages((ROOT / path).read_text(), package) & FORBIDDEN_IMPORTS[package]
    assert not wrong, f"{path} must not import {sorted(wrong)}"


def mirroring_test(path: str) -> str:
    """Where the test of a source file stands; that of `a/__init__.py` is `tests/a/test_a.py`."""
    source = Path(path)
    name = source.parent.name if source.name == "__init__.py" else source.stem
    return (Path("tests") / source.parent / f"test_{name}.py").as_posix()


def needs_test(path: str) -> bool:
    """Whether a source file holds anything to test: an `__init__.py` of a docstring and imports does not."""
    if path in GENERATED:
        return False
    body = ast.parse((ROOT / path).read_text()).body
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in body)


@pytest.mark.parametrize("path", [path for path in SOURCES if needs_test(path)])
def test_each_source_has_its_test(path: str):
    test = ROOT / mirroring_test(path)
    assert test.is_file(), f"{path} has no {mirroring_test(path)}"
    assert re.search(r"^\s*(async )?def test_", test.read_text(), re.MULTILINE), f"{test} tests nothing"


def test_pipeline_fits_on_one_page():
    lines = (ROOT / "engines/pipeline.py").read_text().splitlines()
    assert len(lines) <= PIPELINE_LINES, f"engines/pipeline.py has {len(lines)} lines"


def test_files_stay_short():
    long = {
        path: len((ROOT / path).read_text().splitlines()) for path in FILES if path.endswith((".py", ".js"))
    }
    long = {path: count for path, count in long.items() if count > FILE_LINES and path not in GENERATED}
    assert not long, f"files over {FILE_LINES} lines: {long}"


def test_development_data_are_named_only_where_they_may_be():
    needle = "../" + "shared"
    wrong = [
        path for path in FILES if not path.startswith(MAY_NAME_SHARED) and needle in (read_text(path) or "")
    ]
    assert not wrong, f"{needle} is named in {wrong}"


def test_no_registry_is_named():
    """Packages are named; where they come from is the machine's own setting."""
    pattern = re.compile(
        "|".join(
            ["index" + "-url", r"registry\s*=", r"pypi\." + "org", "python" + "hosted", r"npmjs\." + "org"]
        )
    )
    texts = ((path, read_text(path) or "") for path in FILES)
    wrong = [path for path, text in texts if pattern.search(text)]
    assert not wrong, f"a package registry is named in {wrong}"


def test_every_weight_is_described():
    models = json.loads((ROOT / "engines/weights/manifest.json").read_text())["models"]
    weights = {path.removeprefix("engines/weights/") for path in FILES if path.startswith("engines/weights/")}
    weights -= {"manifest.json", "README.md"}
    assert weights == {entry["file"] for entry in models.values()}


def test_every_weight_is_the_described_one():
    for name, entry in json.loads((ROOT / "engines/weights/manifest.json").read_text())["models"].items():
        content = (ROOT / "engines/weights" / entry["file"]).read_bytes()
        assert len(content) < WEIGHT_BYTES, f"{entry['file']} has {len(content)} bytes"
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], (
            f"{entry['file']} is not the described one"
        )
        assert entry["card"] in FILES, f"the card of {name}, {entry['card']}, does not exist"
        assert entry["licence"], f"{name} names no licence"


def test_binaries_stand_only_where_they_belong():
    binaries = [path for path in FILES if Path(path).suffix.lower() in BINARY_SUFFIXES]
    wrong = [path for path in binaries if not path.startswith(MAY_HOLD_BINARIES)]
    assert not wrong, f"pictures, video or arrays outside {MAY_HOLD_BINARIES}: {wrong}"


def test_no_development_data_are_tracked(shared_data: Path):
    """Compares contents: a renamed copy is found too. Sizes first, so that nothing large is read in vain."""
    sizes: dict[int, list[Path]] = {}
    for path in shared_data.rglob("*"):
        if path.is_file() and path.stat().st_size:
            sizes.setdefault(path.stat().st_size, []).append(path)
    for name in FILES:
        for other in sizes.get((ROOT / name).stat().st_size, []):
            assert (ROOT / name).read_bytes() != other.read_bytes(), f"{name} is a copy of {other}"
