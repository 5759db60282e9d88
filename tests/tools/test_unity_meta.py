"""The tool that writes the Unity package's .meta files."""

from __future__ import annotations

import pytest

from tools.unity_meta import UnknownAssetError, guid_of, main, meta_text, problems, write


def test_a_missing_an_outdated_and_a_stray_meta_are_found(tmp_path):
    (tmp_path / "Runtime").mkdir()
    (tmp_path / "Runtime" / "A.cs").write_text("")
    (tmp_path / "Documentation~").mkdir()
    (tmp_path / "Documentation~" / "index.md").write_text("")
    assert write(tmp_path) == 2
    assert problems(tmp_path) == []

    (tmp_path / "Runtime.meta").unlink()
    (tmp_path / "Runtime" / "A.cs.meta").write_text("guid: 0")
    (tmp_path / "Runtime" / "B.cs.meta").write_text("guid: 0")
    assert problems(tmp_path) == [
        "missing: Runtime.meta",
        "outdated: Runtime/A.cs.meta",
        "unexpected: Runtime/B.cs.meta",
    ]


def test_a_guid_stays_the_same_and_is_not_shared_with_other_packages():
    # MD5 of "com.facecast.unity/package.json"; others hash the bare path, so the name keeps them apart.
    assert guid_of("package.json") == "ade201ff63ca02d83f6c5eacbe84c7dd"


def test_each_kind_of_file_gets_its_importer(tmp_path):
    names = {
        "A.cs": "MonoImporter",
        "a.asmdef": "AssemblyDefinitionImporter",
        "package.json": "PackageManifestImporter",
    }
    for name, importer in names.items():
        (tmp_path / name).write_text("")
        assert f"\n{importer}:\n" in meta_text(tmp_path / name, tmp_path)
    plugin = tmp_path / "a.jslib"
    plugin.write_text("")
    assert "WebGL: WebGL\n    second:\n      enabled: 1" in meta_text(plugin, tmp_path)
    assert meta_text(plugin, tmp_path).count("enabled: 1") == 1


def test_an_unknown_kind_is_refused(tmp_path):
    (tmp_path / "a.fbx").write_text("")
    with pytest.raises(UnknownAssetError, match=r"a\.fbx"):
        meta_text(tmp_path / "a.fbx", tmp_path)


def test_the_repository_is_up_to_date():
    assert main(["--check"]) == 0
