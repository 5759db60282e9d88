"""What the report's numbers mean: differences from a reference, times of calls, the work of a network."""

import numpy as np
import pytest

from benchmarks.gpu import measure
from engines.errors import BackendError
from engines.models import model_path
from engines.stages.landmarks import Readings


def make_readings(count: int = 4) -> Readings:
    points = np.random.default_rng(0).uniform(60, 200, (count, 98, 2))
    points[:, 60], points[:, 72] = (80, 100), (180, 100)  # outer eye corners, 100 px apart
    return Readings(points, np.full((count, 98), 0.8), np.full((count, 52), 0.25))


def test_differences_are_in_pixels_and_in_shares_of_the_eyes():
    expected = make_readings()
    points = expected.points.copy()
    points[:, 5] += (0, 98)
    told = measure.compare(Readings(points, expected.confidence - 0.1, expected.appearance + 0.05), expected)
    assert told["points_mean_px"] == pytest.approx(1) and told["points_max_px"] == pytest.approx(98)
    assert told["nme_percent"] == pytest.approx(1)
    assert told["confidence_max"] == pytest.approx(0.1) and told["appearance_max"] == pytest.approx(0.05)


def test_without_an_appearance_head_there_is_no_difference_of_it():
    expected = make_readings()
    assert "appearance_max" not in measure.compare(Readings(*expected[:2]), expected)


class FakeRunner:
    """Counts its calls; refuses batches above four."""

    def __init__(self) -> None:
        self.seen = []

    def place(self, crops):
        return ("placed", crops)

    def read(self, crops):
        placed = isinstance(crops, tuple)
        batch = len(crops[1] if placed else crops)
        if batch > 4:
            raise BackendError("too large")
        self.seen.append((batch, placed))


def test_every_batch_is_timed_from_the_host_and_on_the_device_until_one_is_refused():
    runner = FakeRunner()
    lines = measure.time_batches(runner, np.zeros((3, 8, 8, 3), np.uint8), [1, 4, 8], 0.0)
    assert [line["batch"] for line in lines] == [1, 4, 8]
    assert set(runner.seen) == {(1, False), (1, True), (4, False), (4, True)}
    assert lines[1]["faces_per_s"] == pytest.approx(4e3 / lines[1]["on_device"]["median_ms"])
    assert lines[2]["not_run"] == "BackendError: too large"


@pytest.mark.parametrize(("seconds", "warm_up", "least"), [(0.0, 1, 1), (1e-6, 5, 3)])
def test_the_first_calls_are_not_timed(seconds, warm_up, least):
    calls = []
    told = measure.time_calls(lambda: calls.append(1), seconds)
    assert told["calls"] >= least and len(calls) == told["calls"] + warm_up
    assert 0 <= told["median_ms"] <= told["p99_ms"]


def test_the_full_network_has_the_work_that_its_paper_says():
    """HRNetV2-W18: 4.3 thousand million products and sums; the head makes up the rest."""
    assert 8.0 < measure.count_gflop(model_path("landmarks_full")) < 9.5
    assert measure.count_gflop(model_path("landmarks_lite")) < 4
