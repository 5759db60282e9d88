"""The search for the largest crowd, and what is made of counts; one small run of the whole."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from benchmarks import server
from benchmarks.server import MOST_STEPS, Crowd, add_arguments, find_most, run, summarise
from benchmarks.streams import Counts


def attempts_up_to(most: int) -> tuple[list[int], object]:
    """An attempt that carries up to `most` streams, and the list of what was tried."""
    tried: list[int] = []

    def attempt(streams: int) -> Crowd:
        tried.append(streams)
        return Crowd(streams, 100, 0 if streams <= most else 7, 100, 30.0)

    return tried, attempt


@pytest.mark.parametrize(("most", "first"), [(1, 1), (5, 3), (5, 9), (8, 40), (23, 16), (0, 2)])
def test_search_finds_the_largest_crowd(most: int, first: int):
    tried, attempt = attempts_up_to(most)
    assert find_most(attempt, first, 1000)["most"] == most
    assert len(tried) <= MOST_STEPS
    assert len(set(tried)) == len(tried)


def test_large_crowds_are_found_within_a_thirtieth():
    _, attempt = attempts_up_to(333)
    found = find_most(attempt, 200, 1000)["most"]
    assert 333 - 333 // 30 <= found <= 333


def test_search_ends_at_the_limit_and_lists_crowds_in_order():
    tried, attempt = attempts_up_to(10**6)
    result = find_most(attempt, 4, 9)
    assert (result["most"], tried[-1]) == (9, 9)
    assert [each["streams"] for each in result["tried"]] == sorted(tried)


def test_overhead_is_the_round_trip_without_the_pipeline():
    counts = Counts(
        due=4, answered=3, with_face=2, round_trips_ms=[5.0, 6.0, 9.0], pipeline_ms=[4.0, 4.5, 6.0]
    )
    crowd = summarise(2, counts, 0.5)
    assert (crowd.median_ms, crowd.overhead_median_ms) == (6.0, 1.5)
    assert (crowd.dropped, crowd.answered_per_s, crowd.carried) == (1, 6.0, False)
    assert summarise(1, Counts(due=4), 1.0).median_ms is None


def test_whole_benchmark_writes_its_report(
    clip_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    small = {"SINGLE_S": 0.4, "WARM_UP_S": 0.2, "MOST_STEPS": 1, "PIPELINE_FRAMES": 4, "PIPELINE_WARM_UP": 1}
    small["PICTURES"] = 9
    # The pipeline is timed here; the server in its own process need not load it once more.
    for name, value in (small | {"SERVER": ("benchmarks.empty_pipeline",)}).items():
        monkeypatch.setattr(server, name, value)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    out = tmp_path / "server"
    words = [
        "--clip",
        str(clip_path),
        "--seconds",
        "0.4",
        "--most-streams",
        "2",
        "--fps",
        "5",
        "--out",
        str(out),
    ]
    run(parser.parse_args(words))
    result = json.loads(out.with_suffix(".json").read_text())
    assert result["pipeline"]["frame_ms"] > 0
    assert result["single"]["due"] == 2
    assert [each["streams"] for each in result["alone"]["streams"]["tried"]] == [2]
    assert "not yet run" in out.with_suffix(".md").read_text()
    assert str(out.with_suffix(".json")) in capsys.readouterr().out
