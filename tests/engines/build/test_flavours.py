"""The code uses only names that stand in the list, and all of the list exists in the real module."""

import ast
import re
from pathlib import Path

import pytest

from engines.build import flavours

ROOT = Path(__file__).parents[3]
# Every file that speaks to TensorRT, and the variables by which it calls TensorRT's objects.
SOURCES = {
    "engines/build/engine.py": {
        "trt", "builder", "network", "parser", "config", "shapes", "tensor", "types",
    },
    "engines/backends/tensorrt_backend.py": {"module", "runtime"},
    "engines/backends/tensorrt_session.py": {"trt", "engine", "_context", "types"},
    "engines/build/flavours.py": {"module", "kinds"},
}  # fmt: skip
GONE = ("EXPLICIT_BATCH", "IInt8", "BuilderFlag", "dynamic_range", "platform_has_fast", "supports_model")


def listed() -> set[str]:
    tables = (flavours.NAMES, flavours.OPTIONAL_NAMES)
    return {name for table in tables for members in table.values() for name in members} | {
        owner for table in tables for owner in table if owner
    }


def used_names(path: str, objects: set[str]) -> set[str]:
    """Attributes that a file asks of TensorRT's objects, by the variables' names."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if not isinstance(node, ast.Attribute):
            continue
        owner = node.value
        if isinstance(owner, ast.Call):
            owner = owner.func
        name = getattr(owner, "id", None) or getattr(owner, "attr", None)
        if name != "log" and (name in objects or name in listed()):
            names.add(node.attr)
    return names


@pytest.mark.parametrize("path", SOURCES)
def test_only_listed_names_are_used(path):
    used = used_names(path, SOURCES[path])
    own = {"__init__", "__name__", "capitalize"}  # Python's
    assert used, f"{path} uses nothing of TensorRT?"
    assert used - own <= listed(), f"{path} uses names that are not in NAMES"


def test_every_listed_name_is_used():
    text = "".join((ROOT / path).read_text() for path in SOURCES)
    text = text[: text.index("NAMES = {")] + text[text.index("@dataclass\nclass Flavour") :]
    tables = (flavours.NAMES, flavours.OPTIONAL_NAMES)
    members = {name for table in tables for names in table.values() for name in names}
    assert not [name for name in members if not re.search(rf"\b{name}\b", text)]


@pytest.mark.parametrize("gone", GONE)
def test_nothing_that_tensorrt_11_dropped_is_used(gone):
    for path in SOURCES:
        nodes = ast.walk(ast.parse((ROOT / path).read_text()))
        asked = [node.attr for node in nodes if isinstance(node, ast.Attribute)]
        assert not [name for name in asked if name.startswith(gone)], path


@pytest.mark.parametrize("table", ["NAMES", "OPTIONAL_NAMES"])
def test_every_listed_name_exists_in_the_installed_modules(table):
    checked = 0
    for flavour in flavours.FLAVOURS.values():
        if flavour.why_no_build():
            continue
        for owner, members in getattr(flavours, table).items():
            found = getattr(flavour.module, owner) if owner else flavour.module
            missing = [name for name in members if not hasattr(found, name)]
            assert not missing, f"{flavour.name} {flavour.version} {owner}: {missing}"
            checked += len(members)
    assert checked, "the tests need tensorrt-rtx"


def test_the_log_keeps_errors_and_tells_the_first(rtx):
    log = flavours.open_log(rtx)
    kinds = rtx.module.ILogger
    assert log.tell() == "it gave no reason"
    for severity, words in ((kinds.WARNING, "odd"), (kinds.ERROR, "broken\n  here"), (kinds.ERROR, "after")):
        log.log(severity, words)
    assert log.tell() == "broken here; after"


def test_absence_is_told_without_loading():
    missing = flavours.Flavour("tensorrt_of_tomorrow", "tensorrt", portable=False)
    assert "module tensorrt_of_tomorrow is not installed" in missing.why_not_installed()
    assert missing.why_no_build() == missing.why_not_installed()
