import pytest

from character import build
from character.build import GLB, PACKED, ROOT, main, outdated


@pytest.fixture(scope="module")
def made() -> dict:
    return build.build()


def test_committed_files_are_what_the_generator_makes(made):
    assert outdated(made, ROOT) == []


def test_outdated_names_missing_and_changed_files(made, tmp_path):
    (tmp_path / GLB).parent.mkdir(parents=True)
    (tmp_path / GLB).write_bytes(made[GLB][:-1] + b"?")
    first, second = outdated(made, tmp_path)
    assert first.startswith(f"{GLB}: differs from byte {len(made[GLB]) - 1} on")
    assert second == f"{PACKED}: missing"


def test_main_writes_and_then_finds_nothing_to_do(made, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(build, "build", lambda: made)
    assert main(["--check"], tmp_path) == 1
    assert "missing" in capsys.readouterr().err
    assert not (tmp_path / GLB).exists(), "a check writes nothing"
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
