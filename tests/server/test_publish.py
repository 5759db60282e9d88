"""The command `publish` against a real server over a fake pipeline."""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from server import publish
from server.cli import main
from server.protocol import DIRECT
from server.publish import Summary, add_arguments
from tests.server.fakes import FakePipeline
from tests.server.running import RunningServer, running_server


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of ten small pictures."""
    for number in range(10):
        cv2.imwrite(str(tmp_path / f"{number}.jpg"), np.full((48, 64, 3), 20 * number, np.uint8))
    return tmp_path


def command(server: RunningServer, source: Path, *more: str) -> list[str]:
    return ["publish", str(source), "--url", f"ws://127.0.0.1:{server.port}", "--room", "p", *more]


def test_folder_is_published_in_real_time(
    server: RunningServer, pictures: Path, capsys: pytest.CaptureFixture
):
    started_s = time.monotonic()
    assert main(command(server, pictures, "--fps", "25")) == 0
    assert time.monotonic() - started_s >= 9 / 25
    out = capsys.readouterr().out
    assert "sent      10 frames in" in out
    assert "answered  10 (10 with a face); skipped here 0, dropped on the way 0" in out
    assert "latency   median" in out
    assert server.service.counters.frames_received == 10


def test_video_is_published(server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture):
    path = tmp_path / "clip.avi"
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 20, (64, 48))
    for number in range(8):
        video.write(np.full((48, 64, 3), 30 * number, np.uint8))
    video.release()
    assert main(command(server, path, "--width", "32", "--quality", "50", "--name", "clip")) == 0
    assert "answered  8 (8 with a face)" in capsys.readouterr().out


def test_pictures_whose_time_has_passed_are_skipped(
    server: RunningServer, pictures: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    def slow(*arguments: object) -> tuple[str, bytes]:
        time.sleep(0.25)
        return "jpeg", b"x"

    monkeypatch.setattr(publish, "pack_picture", slow)
    assert main(command(server, pictures, "--fps", "25")) == 0
    out = capsys.readouterr().out
    skipped = int(out.split("skipped here ")[1].split(",")[0])
    assert 4 <= skipped < 10


def test_coded_errors_are_counted_and_told(
    server: RunningServer, pictures: Path, capsys: pytest.CaptureFixture
):
    (pictures / "5.jpg").write_bytes(b"damaged")
    assert main(command(server, pictures, "--fps", "50")) == 0
    output = capsys.readouterr()
    assert "error     bad_image: 1 times" in output.out
    assert "bad_image: expected a picture, got damage" in output.err


def test_nothing_answered_is_a_failure(server: RunningServer, tmp_path: Path):
    (tmp_path / "bad.jpg").write_bytes(b"damaged")
    assert main(command(server, tmp_path / "bad.jpg")) == 1


def test_connection_comes_back_in_the_middle(
    server: RunningServer, pictures: Path, capsys: pytest.CaptureFixture
):
    def cut_once() -> None:
        server.wait_until(lambda: server.service.counters.frames_received >= 3, "three frames")
        for session in list(server.service.sessions):
            abort = session.websocket.scope["extensions"][DIRECT]["abort"]
            session.task.get_loop().call_soon_threadsafe(abort)

    cutter = threading.Thread(target=cut_once)
    cutter.start()
    assert main(command(server, pictures, "--fps", "20")) == 0
    cutter.join()
    output = capsys.readouterr()
    assert "connected again 1 times" in output.out
    assert "connecting again" in output.err
    assert server.service.counters.connections == 2
    assert server.service.counters.frames_received >= 8


def test_refusal_by_the_server_is_one_plain_line(pictures: Path, capsys: pytest.CaptureFixture):
    with running_server(FakePipeline()) as server:
        assert main(command(server, pictures, "--room", "x" * 65)) == 2
    assert "the server refuses: bad_request: expected a room of at most 64" in capsys.readouterr().err


def test_missing_source_comes_before_any_connection(capsys: pytest.CaptureFixture):
    assert main(["publish", "/nowhere/face.mp4", "--url", "ws://127.0.0.1:1"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("facecast: /nowhere/face.mp4: ") and "no such file" in error
    assert error.count("\n") == 1


def test_missing_camera_is_told(capsys: pytest.CaptureFixture):
    assert main(["publish", "97"]) == 2
    assert "camera 97: no such camera" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--fps", "0"], ["--fps", "x"], ["--width", "1"], ["--quality", "101"]]
)
def test_arguments_out_of_range_are_refused(arguments: list[str], capsys: pytest.CaptureFixture):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["x.mp4", *arguments])
    assert arguments[0] in capsys.readouterr().err


def test_interrupt_ends_an_endless_stream_with_a_summary(server: RunningServer, pictures: Path):
    words = [sys.executable, "-m", "server.cli", *command(server, pictures, "--loop")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        server.wait_until(lambda: server.service.counters.frames_received > 15, "more than one round")
        process.send_signal(2)
        out, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert "answered" in out and "Traceback" not in errors


def test_summary_counts_what_was_lost():
    summary = Summary(sent=10, answered=7, skipped=2, seconds=2.0, sent_bytes=250_000)
    assert "10 frames in 2.0 s (5.0 per second, 1.00 Mbit/s)" in str(summary)
    assert "skipped here 2, dropped on the way 3" in str(summary)
    assert "latency" not in str(summary)
