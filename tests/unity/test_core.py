"""The core of the Unity package: compiled as C# 7 and tested by NUnit, from the files that Unity compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools import mono

TESTS = mono.PACKAGE / "Tests" / "Editor"
CORE_FILES = mono.sources(mono.CORE)
TEST_FILES = mono.sources(TESTS)
GENERATED = "WireTables.cs"  # its names are explained in the specification
NUNIT_AT_LEAST = 400  # fewer means that the vectors were not found, or tests were left out
# Members of NUnit 2.6, which runs here, that Unity's NUnit 3.5 no longer has.
ONLY_IN_NUNIT_2 = ("TestFixtureSetUp", "TestFixtureTearDown", "ExpectedException", "Is.String")


def test_public_core_is_documented(tmp_path: Path):
    """The compiler warns of every public member without an XML comment."""
    options = [f"-doc:{tmp_path / 'core.xml'}", "-warnaserror+", "-warnaserror-:1591"]
    said = mono.compile_program(CORE_FILES, tmp_path / "Documented.dll", options=options)
    undocumented = [line for line in said.splitlines() if "CS1591" in line and GENERATED not in line]
    assert undocumented == []
    assert "Facecast.Core.FacecastSession.Poll" in (tmp_path / "core.xml").read_text()


@pytest.mark.parametrize("path", CORE_FILES, ids=lambda path: path.name)
def test_core_knows_nothing_of_unity_and_is_safe(path: Path):
    forbidden = r"\bUnity(Engine|Editor)\b|\bunsafe\b|\bSpan<|System\.Reflection"
    assert not re.search(forbidden, path.read_text())


@pytest.mark.parametrize("path", CORE_FILES, ids=lambda path: path.name)
def test_classes_are_sealed_or_static(path: Path):
    assert not re.findall(r"^    (?:public|internal) (?:abstract )?class ", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: path.name)
def test_nunit_tests_keep_to_what_unity_has_too(path: Path):
    text = path.read_text()
    assert [name for name in ONLY_IN_NUNIT_2 if name in text] == []


def test_missing_mono_is_told_with_the_line_that_installs_it():
    with pytest.raises(mono.MonoError, match="apt-get install -y mono-mcs"):
        mono.require("a-tool-that-nobody-has")


@pytest.mark.timeout(mono.RUN_S)
def test_core_passes_its_nunit_tests(core_library: Path):
    library = core_library.parent / "Facecast.Core.Tests.dll"
    mono.compile_program(TEST_FILES, library, references=[core_library, mono.NUNIT])
    result = mono.run_nunit(library)
    counts = f"{result.total} tests, {result.failed} failed, {result.ignored} not run"
    mono.COUNTS.append(f"Unity core (NUnit, Mono): {counts}")
    assert result.failed == 0, result.text
    assert result.ignored == 0, result.text
    assert result.total >= NUNIT_AT_LEAST, result.text
