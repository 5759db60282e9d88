"""The package's Unity layer, compiled against stand-in signatures and run under Mono: not Unity itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import mono
from tools.unity_meta import PACKAGE, guid_of

HERE = Path(__file__).resolve().parent
UNASSIGNED = "-nowarn:0649"  # serialised fields, which Unity assigns
CORE_HELPERS = ("Allocation.cs", "FakeTransport.cs", "ServerMessages.cs", "ClientMessageReader.cs")

pytestmark = pytest.mark.timeout(600)  # compiling takes longest, and the processor may be shared


@dataclass(frozen=True)
class Assemblies:
    """The compiled package and its stand-ins, all in one folder."""

    folder: Path
    engine: Path
    editor: Path
    core: Path
    layer: Path
    package_editor: Path


def library(out: Path, files: Sequence[Path], references: Sequence[Path] = (), *options: str) -> Path:
    """Compile a library, warnings counting as errors."""
    mono.compile_program(files, out, references=references, options=["-warnaserror", *options])
    return out


def documented(out: Path) -> str:
    """Make a public member without an XML comment an error."""
    return f"-doc:{out.with_suffix('.xml')}"


@pytest.fixture(scope="module")
def assemblies(tmp_path_factory: pytest.TempPathFactory, core_library: Path) -> Assemblies:
    folder = tmp_path_factory.mktemp("unity_layer")
    engine = library(folder / "UnityEngine.dll", mono.sources(HERE / "stand_in/UnityEngine"))
    editor = library(folder / "UnityEditor.dll", mono.sources(HERE / "stand_in/UnityEditor"), [engine])
    core = folder / core_library.name  # Mono looks for what a library needs in the library's own folder
    core.write_bytes(core_library.read_bytes())
    layer, package_editor = folder / "Facecast.Unity.dll", folder / "Facecast.Editor.dll"
    library(layer, mono.sources(PACKAGE / "Runtime/Unity"), [engine, core], UNASSIGNED, documented(layer))
    options = ("-define:UNITY_EDITOR", documented(package_editor))
    library(package_editor, mono.sources(PACKAGE / "Editor"), [engine, editor, core, layer], *options)
    return Assemblies(folder, engine, editor, core, layer, package_editor)


def check(built: Path, title: str, least: int) -> None:
    """Run a library's tests, note how many there were, and fail with every failure's text."""
    result = mono.run_nunit(built)
    counts = f"{result.total} tests, {result.failed} failed, {result.ignored} not run"
    mono.COUNTS.append(f"{title} (NUnit, Mono, stand-ins): {counts}")
    assert result.failed == 0, result.text
    assert result.ignored == 0, result.text
    assert result.total >= least


@pytest.mark.parametrize(
    "defines",
    [["UNITY_ANDROID"], ["UNITY_WEBGL"], ["UNITY_WEBGL", "UNITY_EDITOR"], ["UNITY_ANDROID", "UNITY_EDITOR"]],
    ids="+".join,
)
def test_the_layer_compiles_for_the_platform(assemblies: Assemblies, tmp_path: Path, defines: list[str]):
    files = mono.sources(PACKAGE / "Runtime/Unity")
    options = [f"-define:{name}" for name in defines]
    options.append("-nowarn:0649,0414,0162")  # what a platform switches off is unused or unreachable
    library(tmp_path / "Facecast.Unity.dll", files, [assemblies.engine, assemblies.core], *options)


def test_the_package_tests_pass_on_the_stand_ins(assemblies: Assemblies):
    """The very files that Unity's Test Runner takes from Tests/Runtime."""
    references = [assemblies.engine, assemblies.core, assemblies.layer, mono.NUNIT]
    out = assemblies.folder / "Facecast.Unity.Tests.dll"
    check(library(out, mono.sources(PACKAGE / "Tests/Runtime"), references), "Unity layer", least=95)


def test_the_scene_tests_pass_on_the_stand_ins(assemblies: Assemblies, monkeypatch: pytest.MonkeyPatch):
    """Client, room, camera, samples and editor in a stand-in scene, with the test as the server."""
    support = [PACKAGE / "Tests/Editor/Support" / name for name in CORE_HELPERS]
    helpers = assemblies.folder / "Facecast.Core.Tests.dll"
    library(helpers, [*support, HERE / "layer/access/Access.cs"], [assemblies.core])
    shared = [PACKAGE / "Tests/Runtime" / name for name in ("TestRig.cs", "TestFaces.cs")]
    files = [*sorted((HERE / "layer").glob("*.cs")), *mono.sources(PACKAGE / "Samples~"), *shared]
    package = [assemblies.core, assemblies.layer, assemblies.package_editor]
    references = [assemblies.engine, assemblies.editor, *package, helpers, mono.NUNIT]
    monkeypatch.setenv("FACECAST_UNITY_PACKAGE", str(PACKAGE))
    monkeypatch.setenv("FACECAST_HEAD_GUID", guid_of("Samples~/Character/Head.prefab"))
    out = library(assemblies.folder / "Facecast.Layer.Tests.dll", files, references, UNASSIGNED)
    check(out, "Unity scenes", least=38)
