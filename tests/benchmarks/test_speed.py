"""The speed benchmark against passes whose numbers are known."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from benchmarks import speed
from engines.errors import ImageError
from engines.face import FrameResult
from proto import tables
from tests.engines.faces import make_face


class Recorder:
    """Stands for the pipeline: remembers the batches, finds nobody."""

    def __init__(self) -> None:
        self.batches = []

    def open_stream(self) -> object:
        return object()

    def process(self, batch: list) -> list[FrameResult]:
        self.batches.append(batch)
        return [FrameResult((4, 4), timings_ms={"decode": 2.0}) for _ in batch]


class Refuser(Recorder):
    """Refuses every picture."""

    def process(self, batch: list) -> list[ImageError]:
        return [ImageError("damaged") for _ in batch]


@pytest.fixture
def picture(tmp_path: Path, astronaut) -> Path:
    path = tmp_path / "one.jpg"
    cv2.imwrite(str(path), astronaut[..., ::-1])
    return path


def test_row_counts_all_publishers():
    results = [FrameResult((4, 4), timings_ms={"decode": ms}) for ms in (1.0, 3.0, 1.0, 3.0, 1.0, 3.0)]
    row = speed.Run([10.0, 20.0, 30.0], results).row()
    # 2 publishers x 1000 ms / mean pass of 20 ms; median 20; 95 % of three passes: the second.
    assert row[:4] == ["0.0", "100.0", "20.0", "20.0"]
    assert row[4] == "2.0"
    assert len(row) == 4 + len(tables.STAGES)


def test_a_short_source_begins_again_with_rising_time(picture: Path):
    frames = speed.read_frames(picture, 3)
    assert [frame.format for frame in frames] == ["jpeg"] * 3
    assert [frame.time_s for frame in frames] == pytest.approx([0, 1 / 30, 2 / 30])


def test_measure_gives_each_publisher_the_frame_and_leaves_out_the_warm_up(picture: Path):
    pipeline = Recorder()
    run = speed.measure(pipeline, speed.read_frames(picture, speed.WARM_UP_PASSES + 2), publishers=3)
    assert len(run.passes_ms) == 2
    assert len(run.results) == 6
    assert all(len(batch) == 3 for batch in pipeline.batches)
    assert len({id(stream) for stream, _ in pipeline.batches[0]}) == 3


def test_a_refused_picture_ends_the_measurement(picture: Path):
    with pytest.raises(ImageError):
        speed.measure(Refuser(), speed.read_frames(picture, speed.WARM_UP_PASSES + 1), publishers=1)


def test_only_packets_with_one_face_are_sized():
    results = [
        FrameResult((480, 640), faces=[make_face(track) for track in range(count)]) for count in (0, 1, 2)
    ]
    sizes = speed.packet_bytes(results)
    assert len(sizes) == 1
    assert 52 + 18 < sizes[0] <= 150
