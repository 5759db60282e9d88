"""The benchmark of the Unity core runs, and what it committed reaches the goal."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.unity import run


def check(rows: list[dict]) -> None:
    """Every kind of packet is there and costs no memory."""
    assert {row["packet"] for row in rows} == set(run.PACKETS)
    for row in rows:
        assert 0 < row["decode_us"] < row["whole_us"], row
        assert row["allocated_bytes"] == 0, row


def test_measures_every_packet(tmp_path: Path):
    # No goal here: how long it takes on a busy machine says nothing.
    check(run.measure(tmp_path, 2000))


def test_committed_result_is_within_the_goal_and_the_page_is_of_it():
    result = json.loads(run.RESULT.read_text())
    check(result["rows"])
    assert all(row["whole_us"] <= run.GOAL_US for row in result["rows"])
    assert run.RESULT.with_suffix(".md").read_text() == run.document(result)
