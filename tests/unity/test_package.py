"""The Unity package as files: what Unity needs to accept it, and references that lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from character.packed import unpack
from proto.tables import BLENDSHAPES
from tools.unity_meta import PACKAGE, PACKAGE_NAME, assets, guid_of, problems

GUID_LINE = re.compile(r"^guid: ([0-9a-f]{32})$", re.MULTILINE)
REFERENCE = re.compile(r"\{fileID: (-?\d+)(?:, guid: ([0-9a-f]{32}), type: \d)?\}")
ANCHOR = re.compile(r"^--- !u!\d+ &(\d+)", re.MULTILINE)
TYPE = re.compile(r"^    (?:public|internal) [\w ]*?(?:class|struct|interface|enum) (\w+)", re.MULTILINE)
PREFAB_ASSET = 100100000  # the fileID by which a scene names a prefab as a whole
WHOLE_FILE = {".cs": 11500000, ".bytes": 4900000, ".shader": 4800000}
ENGINE_FREE = (
    "Matching",
    "Capture/PictureEncoder.cs",
    "Capture/PictureRotation.cs",
    "Capture/PublishSize.cs",
    "Capture/RawPicture.cs",
)

YAML_FILES = sorted(
    path
    for path in (PACKAGE / "Samples~").rglob("*")
    if path.suffix in {".unity", ".prefab", ".asset", ".mat"}
)


def in_package(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def guids() -> dict[str, Path]:
    found = {}
    for meta in PACKAGE.rglob("*.meta"):
        found[GUID_LINE.search(meta.read_text()).group(1)] = meta.with_suffix("")
    return found


def test_every_file_and_folder_has_its_meta():
    assert problems() == []


def test_guids_are_unique_and_well_formed():
    metas = list(PACKAGE.rglob("*.meta"))
    assert len(metas) > 100
    assert len(guids()) == len(metas)


def test_what_unity_asks_of_a_package_is_there():
    package = json.loads((PACKAGE / "package.json").read_text())
    assert package["name"] == PACKAGE_NAME
    assert package["unity"] == "2021.3"
    assert all(name.startswith("com.unity.") for name in package["dependencies"])
    for name in ("README.md", "CHANGELOG.md", "LICENSE.md", "Documentation~/index.md"):
        assert (PACKAGE / name).is_file(), name
    assert f"[{package['version']}]" in (PACKAGE / "CHANGELOG.md").read_text()
    assert (
        f'"Facecast Unity {package["version"]}"'
        in (PACKAGE / "Runtime/Unity/Client/FacecastClient.cs").read_text()
    )
    assert (PACKAGE / "LICENSE.md").read_text() == (PACKAGE.parent / "LICENSE").read_text()


def test_samples_are_listed_and_there():
    samples = json.loads((PACKAGE / "package.json").read_text())["samples"]
    folders = {f"Samples~/{path.name}" for path in (PACKAGE / "Samples~").iterdir() if path.is_dir()}
    assert {sample["path"] for sample in samples} == folders
    assert all(sample["displayName"] and sample["description"] for sample in samples)


def test_assembly_definitions():
    found = {path.stem: json.loads(path.read_text()) for path in PACKAGE.rglob("*.asmdef")}
    assert set(found) == {
        "Facecast.Core",
        "Facecast.Unity",
        "Facecast.Editor",
        "Facecast.Core.Tests",
        "Facecast.Unity.Tests",
    }
    assert all(name == content["name"] for name, content in found.items())
    assert found["Facecast.Core"]["noEngineReferences"] is True
    assert found["Facecast.Core"]["references"] == []
    assert found["Facecast.Unity"]["references"] == ["Facecast.Core"]
    assert found["Facecast.Editor"]["includePlatforms"] == ["Editor"]
    for name in ("Facecast.Core.Tests", "Facecast.Unity.Tests"):
        assert found[name]["defineConstraints"] == ["UNITY_INCLUDE_TESTS"]
        assert found[name]["precompiledReferences"] == ["nunit.framework.dll"]
        assert found[name]["autoReferenced"] is False


def test_what_calls_itself_engine_free_is():
    files = list((PACKAGE / "Runtime/Core").rglob("*.cs"))
    for name in ENGINE_FREE:
        path = PACKAGE / "Runtime/Unity" / name
        files += [path] if path.is_file() else list(path.rglob("*.cs"))
    assert len(files) > 30
    for path in files:
        assert not re.search(r"using Unity(Engine|Editor)|UnityEngine\.", path.read_text()), path


@pytest.mark.parametrize("path", list(PACKAGE.rglob("*.cs")), ids=in_package)
def test_a_file_holds_the_type_of_its_name(path):
    if path.name == "AssemblyInfo.cs":
        return
    assert TYPE.findall(path.read_text()) == [path.stem]  # Unity finds a component by its file's name


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_references_of_scenes_and_prefabs_resolve(path):
    known = guids()
    text = path.read_text()
    own = set(ANCHOR.findall(text))
    for file_id, guid in REFERENCE.findall(text):
        if not guid:
            assert file_id in own | {"0"}, f"{path.name}: nothing has the id {file_id}"
            continue
        target = known.get(guid)
        assert target is not None and target.is_file(), f"{path.name}: nothing has the guid {guid}"
        if target.suffix in WHOLE_FILE:
            assert int(file_id) == WHOLE_FILE[target.suffix]
        else:
            there = set(ANCHOR.findall(target.read_text()))
            there |= {str(PREFAB_ASSET)} if target.suffix == ".prefab" else set()
            assert file_id in there, f"{path.name}: {target.name} has nothing with the id {file_id}"


@pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
def test_scripts_have_the_fields_that_scenes_set(path):
    known = guids()
    blocks = re.split(r"^--- ", path.read_text(), flags=re.MULTILINE)
    for block in blocks:
        script = re.search(r"m_Script: \{fileID: 11500000, guid: ([0-9a-f]{32})", block)
        if not script or "stripped" in block.splitlines()[0]:
            continue
        source = known[script.group(1)].read_text()
        set_here = re.findall(r"^  ([a-z]\w*):", block.split("m_EditorClassIdentifier:")[1], re.MULTILINE)
        fields = re.findall(r"\[SerializeField[^\]]*\]\s*private [\w<>.]+ (\w+)", source)
        assert set_here == fields, f"{path.name}: {known[script.group(1)].name}"


def test_prefab_overrides_name_fields_that_exist():
    scene = (PACKAGE / "Samples~/Mirror/Mirror.unity").read_text()
    avatar = (PACKAGE / "Runtime/Unity/Avatar/FacecastAvatar.cs").read_text()
    names = [name for name in re.findall(r"propertyPath: (\S+)", scene) if not name.startswith("m_")]
    assert names == ["client", "mirror"]
    assert all(re.search(rf"\[SerializeField\] private \w+ {name}\b", avatar) for name in names)


def test_the_prefab_has_a_renderer_for_every_part_of_the_head():
    prefab = (PACKAGE / "Samples~/Character/Head.prefab").read_text()
    names = re.findall(r"m_Name: (\w+)\n  m_TagString", prefab)
    parts = [part.name for part in unpack((PACKAGE / "Samples~/Character/head.bytes").read_bytes())]
    assert sorted(set(names) - {"Head"}) == sorted(parts)


def test_the_sample_mapping_binds_every_weight_once():
    mapping = (PACKAGE / "Samples~/Character/Head Mapping.asset").read_text()
    assert tuple(re.findall(r"- source: (\w+)", mapping)) == BLENDSHAPES
    assert tuple(re.findall(r"blendShape: (\w+)", mapping)) == BLENDSHAPES


def test_the_editor_knows_the_head_by_its_guid():
    source = (PACKAGE / "Editor/PackageSamples.cs").read_text()
    assert f'HeadPrefabGuid = "{guid_of("Samples~/Character/Head.prefab")}"' in source


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.md")), ids=in_package)
def test_links_of_documents_lead_somewhere(path):
    for link in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text()):
        if not link.startswith(("http://", "https://")):
            assert (path.parent / link.replace("%20", " ")).exists(), f"{path.name}: {link}"


def test_no_asset_is_forgotten():
    assert any(path.suffix == ".jslib" for path in assets())
