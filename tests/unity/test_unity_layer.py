"""The package's Unity layer, compiled against stand-in signatures and run on them under Mono; not Unity itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unity.mono import compile_library, find_nunit, run_nunit
from tools.unity_meta import PACKAGE, guid_of

HERE = Path(__file__).resolve().parent
UNASSIGNED = ["0649"]  # serialised fields, which Unity assigns
CORE_HELPERS = ("FakeTransport.cs", "ServerMessages.cs", "ClientMessageReader.cs")

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


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.cs"))


@pytest.fixture(scope="module")
def assemblies(tmp_path_factory, core_library: Path) -> Assemblies:
    folder = tmp_path_factory.mktemp("unity_layer")
    engine = compile_library(folder / "UnityEngine.dll", sources(HERE / "stand_in/UnityEngine"))
    editor = compile_library(folder / "UnityEditor.dll", sources(HERE / "stand_in/UnityEditor"), [engine])
    core = folder / core_library.name  # Mono looks for what an assembly needs in the assembly's own folder
    core.write_bytes(core_library.read_bytes())
    layer, package_editor = folder / "Facecast.Unity.dll", folder / "Facecast.Editor.dll"
    compile_library(
        layer, sources(PACKAGE / "Runtime/Unity"), [engine, core], ignore_warnings=UNASSIGNED, documented=True
    )
    compile_library(
        package_editor, sources(PACKAGE / "Editor"), [engine, editor, core, layer],
        defines=["UNITY_EDITOR"], documented=True,
    )  # fmt: skip
    return Assemblies(folder, engine, editor, core, layer, package_editor)


def check(assembly: Path, title: str, least: int, capsys, environment: dict[str, str] | None = None) -> None:
    """Run an assembly's tests, say how many there were, and fail with every failure's text."""
    result = run_nunit(assembly, environment)
    with capsys.disabled():
        print(
            f"\n  NUnit {title}: {result.total} tests, {len(result.failures)} failed, {result.skipped} not run"
        )
    assert not result.failures, "\n".join(result.failures)
    assert result.skipped == 0
    assert result.total >= least


@pytest.mark.parametrize(
    "defines",
    [["UNITY_ANDROID"], ["UNITY_WEBGL"], ["UNITY_WEBGL", "UNITY_EDITOR"], ["UNITY_ANDROID", "UNITY_EDITOR"]],
    ids="+".join,
)
def test_the_layer_compiles_for_the_platform(assemblies, tmp_path, defines):
    compile_library(
        tmp_path / "Facecast.Unity.dll", sources(PACKAGE / "Runtime/Unity"), [assemblies.engine, assemblies.core],
        # Constants of one platform make code of another unreachable.
        defines=defines, ignore_warnings=[*UNASSIGNED, "0414", "0162"],
    )  # fmt: skip


def test_the_package_tests_pass_on_the_stand_ins(assemblies, capsys):
    """The very files that Unity's Test Runner takes from Tests/Runtime."""
    references = [assemblies.engine, assemblies.core, assemblies.layer, find_nunit()]
    out = compile_library(
        assemblies.folder / "Facecast.Unity.Tests.dll", sources(PACKAGE / "Tests/Runtime"), references
    )
    check(out, "Unity layer", 90, capsys)


def test_the_scene_tests_pass_on_the_stand_ins(assemblies, capsys):
    """Client, room, camera, samples and editor in a stand-in scene, with the test as the server."""
    support = [PACKAGE / "Tests/Editor/Support" / name for name in CORE_HELPERS]
    helpers = assemblies.folder / "Facecast.Core.Tests.dll"
    compile_library(helpers, [*support, HERE / "layer/access/Access.cs"], [assemblies.core])
    shared = [PACKAGE / "Tests/Runtime" / name for name in ("TestRig.cs", "TestFaces.cs")]
    files = [*sorted((HERE / "layer").glob("*.cs")), *sources(PACKAGE / "Samples~"), *shared]
    references = [
        assemblies.engine,
        assemblies.editor,
        assemblies.core,
        assemblies.layer,
        assemblies.package_editor,
    ]
    out = assemblies.folder / "Facecast.Layer.Tests.dll"
    compile_library(out, files, [*references, helpers, find_nunit()], ignore_warnings=UNASSIGNED)
    environment = {
        "FACECAST_UNITY_PACKAGE": str(PACKAGE),
        "FACECAST_HEAD_GUID": guid_of("Samples~/Character/Head.prefab"),
    }
    check(out, "scenes on stand-ins", 35, capsys, environment)
