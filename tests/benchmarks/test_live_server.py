"""A server in a process of its own, and crowds of clients in others."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.live_server import LiveServerError, ask, encode_clip, live_server, run_crowd


def test_crowd_before_a_real_server_in_another_process():
    with live_server(["benchmarks.empty_pipeline"], [b"x" * 1000]) as server:
        counts = run_crowd(server, 3, 2, fps=20, warm_up_s=0.2, measure_s=0.5)
        assert counts.due == 30
        assert counts.answered > 0
        assert counts.client_cpu_s > 0
        assert server.metrics()["facecast_frames_received_total"] == 3 * 14 - counts.unsent
        assert server.cpu_s() is None or server.cpu_s() > 0
        port = server.port
    with pytest.raises(OSError):
        ask(port, "/health/live")
    assert server.process.returncode == 0


def test_server_that_does_not_start_is_told_with_its_own_words():
    with (
        pytest.raises(LiveServerError, match="invalid choice"),
        live_server(["server.cli", "serve", "--profile", "giant"], []),
    ):
        pass


def test_clip_becomes_jpegs(clip_path: Path):
    jpegs = encode_clip(clip_path, 3)
    assert len(jpegs) == 3
    assert all(jpeg.startswith(b"\xff\xd8") and jpeg.endswith(b"\xff\xd9") for jpeg in jpegs)
