"""The core of the Unity package: compiled as C# 7 and tested by NUnit, from the very files that Unity compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unity import mono

CORE_FILES = mono.sources(mono.CORE)
TESTS = mono.PACKAGE / "Tests" / "Editor"
GENERATED = "WireTables.cs"
NUNIT_AT_LEAST = 400  # fewer means that the vectors were not found, or tests were left out
TYPE = re.compile(r"^    (?:public|internal) (?:[a-z]+ )*(?:class|struct|enum|interface) (\w+)", re.MULTILINE)
# Attributes and constraints of NUnit 2.6 that Unity's NUnit 3.5 no longer has.
ONLY_IN_NUNIT_2 = ("TestFixtureSetUp", "TestFixtureTearDown", "ExpectedException", "Is.StringContaining", "Is.StringEnding")


def test_public_core_is_documented(unity_build: Path):
    """The compiler warns of every public member without an XML comment; only the generated table may lack some."""
    options = [f"-doc:{unity_build / 'core.xml'}", "-warnaserror+", "-warnaserror-:1591"]
    said = mono.compile_program(CORE_FILES, unity_build / "Documented.dll", options=options)
    undocumented = [line for line in said.splitlines() if "CS1591" in line and GENERATED not in line]
    assert undocumented == []
    assert "Facecast.Core.FacecastSession.Poll" in (unity_build / "core.xml").read_text()


@pytest.mark.parametrize("path", CORE_FILES, ids=lambda path: path.name)
def test_core_knows_nothing_of_unity(path: Path):
    assert not re.search(r"\bUnity(Engine|Editor)\b|\bunsafe\b|\bSpan<", path.read_text())


@pytest.mark.parametrize("path", [*CORE_FILES, *mono.sources(TESTS)], ids=lambda path: path.name)
def test_file_holds_one_type_of_its_name(path: Path):
    types = TYPE.findall(path.read_text())
    assert types == ([] if path.name == "AssemblyInfo.cs" else [path.stem])


@pytest.mark.parametrize("path", CORE_FILES, ids=lambda path: path.name)
def test_classes_are_sealed(path: Path):
    assert not re.findall(r"^    (?:public|internal) class ", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", mono.sources(TESTS), ids=lambda path: path.name)
def test_nunit_tests_keep_to_what_unity_has_too(path: Path):
    text = path.read_text()
    assert [name for name in ONLY_IN_NUNIT_2 if name in text] == []


@pytest.mark.timeout(mono.RUN_S)
def test_core_passes_its_nunit_tests(core_library: Path):
    library = core_library.parent / "Facecast.Core.Tests.dll"
    mono.require("nunit-console", "mono", "mcs")
    mono.compile_program(mono.sources(TESTS), library, references=[core_library, mono.NUNIT])
    result = mono.run_nunit(library)
    mono.COUNTS.append(f"Unity core (NUnit, Mono): {result.total} tests, {result.failed} failed, {result.ignored} not run")
    assert result.failed == 0, result.text
    assert result.ignored == 0, result.text
    assert result.total >= NUNIT_AT_LEAST, result.text
