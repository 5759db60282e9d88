"""The code uses only names that stand in the list, and in a way that every version of TensorRT takes.

`binding_names.json` was read from NVIDIA's own modules (tests/engines/build/bindings.py).
"""

import ast
import json
import re
import shutil
from pathlib import Path

import pytest

from engines.build import flavours
from tests.engines.build import bindings

ROOT = Path(__file__).parents[3]
# Every file that speaks to TensorRT, and the variables by which it calls TensorRT's objects.
SOURCES = {
    "engines/build/engine.py": {
        "trt", "builder", "network", "parser", "config", "shapes", "tensor", "types",
    },
    "engines/backends/tensorrt_backend.py": {"module", "runtime"},
    "engines/backends/tensorrt_session.py": {"trt", "engine", "types"},
    "engines/backends/tensorrt_lane.py": {"trt", "engine", "_context", "context", "config"},
    "engines/build/flavours.py": {"module", "kinds"},
}  # fmt: skip
TABLES = (flavours.NAMES, flavours.OPTIONAL_NAMES, flavours.RTX_NAMES)
RECORD = json.loads(bindings.RECORD.read_text())
GONE = ("EXPLICIT_BATCH", "IInt8", "BuilderFlag", "dynamic_range", "platform_has_fast", "supports_model")


def listed() -> set[str]:
    return {name for table in TABLES for members in table.values() for name in members} | {
        owner for table in TABLES for owner in table if owner
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
    members = {name for table in TABLES for names in table.values() for name in names}
    assert not [name for name in members if not re.search(rf"\b{name}\b", text)]


@pytest.mark.parametrize("gone", GONE)
def test_nothing_that_tensorrt_11_dropped_is_used(gone):
    for path in SOURCES:
        nodes = ast.walk(ast.parse((ROOT / path).read_text()))
        asked = [node.attr for node in nodes if isinstance(node, ast.Attribute)]
        assert not [name for name in asked if name.startswith(gone)], path


@pytest.mark.parametrize("table", [flavours.NAMES, flavours.OPTIONAL_NAMES])
def test_every_listed_name_exists_in_all_versions_of_tensorrt(table):
    versions = {tuple(map(int, version.split(".")[:2])) for version in RECORD["versions"]}
    assert {(10, 16), (11, 0), (11, 1), (11, 2), (11, 3), (11, 4)} == versions
    for owner, members in table.items():
        missing = set(members) - set(RECORD["names"][owner])
        assert not missing, f"{owner or 'the module'} of {RECORD['package']} has no {missing}"


@pytest.mark.parametrize("path", SOURCES)
def test_every_call_is_one_that_all_versions_take(path):
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owners = [owner for owner, members in flavours.NAMES.items() if node.func.attr in members and owner]
        ways = [way for owner in owners for way in RECORD["names"][owner][node.func.attr]]
        spread_out = any(isinstance(argument, ast.Starred) for argument in node.args)
        if not ways or spread_out:
            continue
        call = f"{path}:{node.lineno} {ast.unparse(node)}"
        assert not node.keywords, f"{call}: the names of arguments are not held against anything"
        assert any(bindings.accepts(way, len(node.args)) for way in ways), f"{call} takes {ways}"


def test_a_call_is_judged_by_its_number_of_arguments():
    assert bindings.accepts("name, shape", 2) and not bindings.accepts("name, shape", 1)
    assert bindings.accepts("flags=", 0) and bindings.accepts("", 0) and not bindings.accepts("", 1)


def test_the_record_is_what_the_modules_say():
    found = bindings.wheels()
    if len(found) < len(bindings.VERSIONS) or shutil.which("cc") is None:
        pytest.skip(
            f"needs {bindings.PACKAGE} of {len(bindings.VERSIONS)} versions in .cache and a C compiler: "
            "python -m tests.engines.build.bindings"
        )
    assert bindings.record(found) == RECORD


@pytest.mark.parametrize("table", TABLES)
def test_every_listed_name_exists_in_the_installed_modules(table):
    checked = 0
    for flavour in flavours.FLAVOURS.values():
        if flavour.why_no_build() or (table is flavours.RTX_NAMES and flavour.name != "tensorrt_rtx"):
            continue
        for owner, members in table.items():
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
    assert flavours.open_log(rtx) is log and log.tell() == "it gave no reason", "there is one, made empty"


def test_absence_is_told_without_loading():
    missing = flavours.Flavour("tensorrt_of_tomorrow", "tensorrt", portable=False)
    assert "module tensorrt_of_tomorrow is not installed" in missing.why_not_installed()
    assert missing.why_no_build() == missing.why_not_installed()
