"""Building the page: quick when nothing changed, plain words when it cannot be, nothing of it committed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.studio.node import load_script

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script() -> ModuleType:
    """The script as a module, fresh for each test."""
    return load_script()


def test_built_page_is_up_to_date(script: ModuleType, monkeypatch: pytest.MonkeyPatch):
    """`make test` built it before; a second time nothing is run, not even node."""
    assert script.STAMP.read_text() == script.digest(script.sources())
    monkeypatch.setattr(script, "find_node", lambda: pytest.fail("looked for node in vain"))
    script.build(dev=False)


def test_any_changed_source_is_noticed(script: ModuleType):
    names = {str(path.relative_to(ROOT)) for path in script.sources()}
    expected = {
        "character/head.glb",
        "server/page/wire_tables.js",
        "studio/index.html",
        "studio/package-lock.json",
        "studio/src/main.js",
        "studio/src/style/base.css",
    }
    assert expected <= names
    assert script.digest(script.sources()[1:]) != script.digest(script.sources())


def without_node(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the machine nor the environment has node, and the package index cannot be reached."""
    monkeypatch.setattr(script, "STAMP", Path("nowhere"))
    monkeypatch.setattr(script, "node_version", lambda folder: None)
    run = subprocess.run
    failed = subprocess.CompletedProcess([], 1, "", "")
    monkeypatch.setattr(script.subprocess, "run", lambda *a, **k: failed if "pip" in a[0] else run(*a, **k))


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["--strict"], 1)])
def test_without_node_it_says_so(script, monkeypatch, capsys, arguments: list[str], status: int):
    without_node(script, monkeypatch)
    monkeypatch.setattr(sys, "argv", ["build-page", *arguments])
    assert script.main() == status
    said = capsys.readouterr().err
    assert "the studio page could not be built: expected Node.js 20.19 or newer" in said
    assert ("serves its plain page" in said) == (status == 0)


def test_an_old_node_is_not_taken(script, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(script, "STAMP", Path("nowhere"))
    monkeypatch.setattr(script, "node_version", lambda folder: (18, 20))
    failed = subprocess.CompletedProcess([], 1, "", "")
    monkeypatch.setattr(script.subprocess, "run", lambda *a, **k: failed)
    with pytest.raises(script.BuildError, match=r"Node\.js 20\.19"):
        script.find_node()


def test_lock_pins_everything_and_names_no_host():
    text = (ROOT / "studio/package-lock.json").read_text()
    lock = json.loads(text)
    assert '"resolved"' not in text
    for name, entry in lock["packages"].items():
        assert not name or (entry["version"] and entry["integrity"].startswith("sha512-")), name
    direct = json.loads((ROOT / "studio/package.json").read_text())
    for version in (direct["dependencies"] | direct["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_nothing_built_or_fetched_is_tracked():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert "studio/src/main.js" in tracked
    assert not re.search(r"^server/page/dist/|node_modules/", tracked, re.MULTILINE)


def test_built_page_names_no_other_host(script: ModuleType):
    """Libraries name schemas in their code and comments; none may be fetched (see the policy)."""
    page = (script.DIST / "index.html").read_text()
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)
    styles = "".join(path.read_text() for path in (script.DIST / "assets").glob("*.css"))
    assert not re.search(r"https?://|@import", styles)
