"""The report of the server's benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.server_report import GPU_COMMAND, draw_plot, lines_of_bars, markdown, write_report


def make_crowd(streams: int, dropped: int = 0, median_ms: float | None = 6.25) -> dict:
    return {
        "streams": streams, "due": 120 * streams, "dropped": dropped, "with_face": 100,
        "answered_per_s": 30.0 * streams, "median_ms": median_ms, "p99_ms": median_ms,
        "overhead_median_ms": 0.75, "overhead_p99_ms": 1.5, "server_cpu_ms": 4.5, "clients_cpu_ms": None,
        "errors": {},
    }  # fmt: skip


@pytest.fixture
def result() -> dict:
    """A result on a CPU, as the benchmark makes it."""
    return {
        "date": "2026-01-02", "command": "facecast bench server", "cores": 2, "fps": 30.0,
        "picture_bytes": 30_000, "profile": "lite", "backend": "onnxruntime",
        "pipeline": {
            "device": "cpu", "precision": "int8", "frame_ms": 5.0, "frame_median_ms": 4.8, "batch": 4,
            "frame_of_batch_ms": 4.5, "ideal_streams": 6.5,
        },
        "single": make_crowd(1),
        "streams": {"most": 6, "tried": [make_crowd(6), make_crowd(7, 9)]},
        "alone": {"single": make_crowd(1), "streams": {"most": 50, "tried": [make_crowd(50)]}},
    }  # fmt: skip


def test_lines_compare_with_the_bars(result: dict):
    lines = {what: measured for what, _, measured in lines_of_bars(result)}
    assert lines["server overhead, one publisher, median"].startswith("0.75 ms")
    assert lines["streams at 30 a second without drops, one process"] == "6, 92% of 6.5"
    assert lines["GPU, `full`: streams without drops"] == f"not yet run: `{GPU_COMMAND}`"


def test_gpu_fills_its_own_lines(result: dict):
    result["pipeline"]["device"] = "gpu"
    lines = {what: measured for what, _, measured in lines_of_bars(result)}
    assert lines["GPU, `full`: streams without drops"] == "6"
    assert lines["GPU, `full`: one stream, median and 99 %"] == "6.2 ms, 6.2 ms"


def test_page_has_every_crowd_and_survives_one_without_answers(result: dict):
    result["streams"]["tried"].append(make_crowd(9, 1080, None))
    page = markdown(result, None)
    assert "| 7 | 840 | 9 | 210 |" in page
    assert "| 9 | 1080 | 1080 |" in page
    assert "![" not in page


def test_report_is_written_with_its_plot(result: dict, tmp_path: Path):
    pytest.importorskip("matplotlib")
    paths = write_report(result, tmp_path / "docs" / "server")
    assert sorted(path.name for path in paths) == ["server.json", "server.md", "server.png"]
    assert "(server.png)" in (tmp_path / "docs" / "server.md").read_text()
    result["single"] = make_crowd(1, 300, None)
    assert draw_plot(result, tmp_path / "again.png")
