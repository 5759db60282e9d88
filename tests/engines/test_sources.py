"""Sources: order of a folder, videos frame by frame, and plain errors."""

import cv2
import numpy as np
import pytest

from engines.errors import SourceError
from engines.sources import open_source


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (48, 64, 3), dtype=np.uint8)


def write_video(path, picture, count=5, fps=25.0):
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (64, 48))
    for _ in range(count):
        video.write(picture)
    video.release()


def test_a_folder_is_read_in_name_order_and_skips_other_files(tmp_path, picture):
    for name in ("b.png", "a.jpg", "c.webp"):
        cv2.imwrite(str(tmp_path / name), picture)
    (tmp_path / "notes.txt").write_text("not a picture")
    source = open_source(tmp_path)
    pictures = list(source.pictures())
    assert [p.name for p in pictures] == ["a.jpg", "b.png", "c.webp"] and source.count == 3
    assert [p.frame.format for p in pictures] == ["jpeg", "png", "webp"] and not source.moving


def test_a_video_yields_every_frame_with_its_time(tmp_path, picture):
    write_video(tmp_path / "clip.mp4", picture)
    source = open_source(tmp_path / "clip.mp4")
    pictures = list(source.pictures())
    assert source.moving and source.count == len(pictures) == 5
    assert [p.frame.time_s for p in pictures] == pytest.approx([0, 0.04, 0.08, 0.12, 0.16])
    assert pictures[0].frame.size_hw == (48, 64) and len(pictures[0].frame.payload) == 48 * 64 * 3


def test_faults_are_told_plainly(tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        open_source(tmp_path / "missing.mp4")
    with pytest.raises(SourceError, match="found none"):
        open_source(tmp_path)
    (tmp_path / "damaged.mp4").write_bytes(b"nothing like a video")
    with pytest.raises(SourceError, match="cannot be decoded"):
        open_source(tmp_path / "damaged.mp4")
    (tmp_path / "words.txt").write_text("words")
    with pytest.raises(SourceError, match=r"got \.txt"):
        open_source(tmp_path / "words.txt")
