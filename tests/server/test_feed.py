"""Pictures in their time, and packed for the wire."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from engines.errors import SourceError
from engines.face import Frame
from engines.sources import Picture, open_source
from server.feed import Camera, Feed, FeedOptions, pack_picture


class Clip:
    """A video of numbered pictures."""

    moving = True

    def __init__(self, count: int, fps: float) -> None:
        self.count, self.fps = count, fps

    def pictures(self):
        """Yield the pictures."""
        for number in range(self.count):
            yield Picture("clip", number, Frame("bgr8", b"", number / self.fps, (1, 1)))


def played(feed: Feed, max_fps: float, at_most: int = 1000) -> list[tuple[float, int]]:
    return [
        (round(due_s, 4), picture.index)
        for (due_s, picture), _ in zip(feed.pictures(max_fps), range(at_most), strict=False)
    ]


def test_video_plays_at_its_own_rate():
    assert played(Feed(Clip(4, 25), FeedOptions()), 60) == [(0.0, 0), (0.04, 1), (0.08, 2), (0.12, 3)]


def test_lower_rate_skips_evenly_and_keeps_the_pace():
    feed = Feed(Clip(90, 30), FeedOptions(fps=10))
    frames = played(feed, 60)
    assert [index for _, index in frames] == list(range(0, 90, 3))
    assert frames[-1][0] == pytest.approx(2.9)
    assert feed.read == 90


def test_servers_limit_holds():
    frames = played(Feed(Clip(240, 120), FeedOptions()), 60)
    assert len(frames) == 120


def test_rate_just_above_the_limit_loses_only_the_excess():
    frames = played(Feed(Clip(610, 61), FeedOptions()), 60)
    assert 600 <= len(frames) <= 602


def test_loop_goes_on_in_time():
    frames = played(Feed(Clip(2, 10), FeedOptions(loop=True)), 60, at_most=5)
    assert frames == [(0.0, 0), (0.1, 1), (0.2, 0), (0.3, 1), (0.4, 0)]


def test_images_follow_each_other_at_the_rate_asked_for(tmp_path: Path):
    for name in ("b", "a", "c"):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.zeros((8, 8, 3), np.uint8))
    feed = Feed(open_source(tmp_path), FeedOptions(fps=5))
    frames = [(round(due_s, 3), picture.name) for due_s, picture in feed.pictures(60)]
    assert frames == [(0.0, "a.png"), (0.2, "b.png"), (0.4, "c.png")]


def test_file_is_sent_as_it_is(tmp_path: Path):
    path = tmp_path / "one.png"
    cv2.imwrite(str(path), np.full((20, 30, 3), 77, np.uint8))
    (picture,) = open_source(path).pictures()
    assert pack_picture(picture.frame, FeedOptions()) == ("png", path.read_bytes())


@pytest.mark.parametrize(("width", "size"), [(None, (200, 100)), (50, (50, 25)), (500, (200, 100))])
def test_raw_picture_becomes_a_jpeg_of_the_width_asked_for(width: int | None, size: tuple[int, int]):
    bgr = np.zeros((100, 200, 3), np.uint8)
    bgr[..., 2] = 255  # red
    frame = Frame("bgr8", bgr.data.cast("B"), 0.0, (100, 200))
    name, payload = pack_picture(frame, FeedOptions(width=width, quality=95))
    image = Image.open(io.BytesIO(payload))
    assert (name, image.format, image.size) == ("jpeg", "JPEG", size)
    red, green, blue = image.convert("RGB").getpixel((size[0] // 2, size[1] // 2))
    assert red > 245 and green < 10 and blue < 10


def test_file_is_shrunk_when_asked(tmp_path: Path):
    path = tmp_path / "one.png"
    cv2.imwrite(str(path), np.full((20, 30, 3), 77, np.uint8))
    (picture,) = open_source(path).pictures()
    name, payload = pack_picture(picture.frame, FeedOptions(width=15))
    assert (name, Image.open(io.BytesIO(payload)).size) == ("jpeg", (15, 10))


def test_quality_changes_the_size():
    noise = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
    frame = Frame("bgr8", noise.data.cast("B"), 0.0, (64, 64))
    sizes = [len(pack_picture(frame, FeedOptions(quality=quality))[1]) for quality in (10, 50, 95)]
    assert sizes == sorted(sizes) and sizes[0] < sizes[2] / 2


def test_missing_camera_is_told():
    with pytest.raises(SourceError, match="camera 97: no such camera"):
        Camera(97)
