"""The commands as users run them: publish and watch against serve, with a real clip of a speaking face."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from proto.tables import LIMITS
from tests.end_to_end.conftest import ServeProcess

FRAMES = 40
FPS = 8  # slow enough for a busy machine without a GPU


@pytest.fixture(scope="module")
def short_clip(clip_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first pictures of the real clip, as a slow video of its own."""
    path = tmp_path_factory.mktemp("clip") / "short.avi"
    clip = cv2.VideoCapture(str(clip_path))
    size_wh = (round(clip.get(cv2.CAP_PROP_FRAME_WIDTH)), round(clip.get(cv2.CAP_PROP_FRAME_HEIGHT)))
    video = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, size_wh)
    for _ in range(FRAMES):
        success, picture = clip.read()
        assert success
        video.write(picture)
    video.release()
    return path


def start(*words: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "server.cli", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_published_clip_is_watched(server: ServeProcess, short_clip: Path):
    watching = start("watch", "--url", server.address, "--room", "clip", "--jsonl", "--seconds", "60")
    manifest = json.loads(watching.stdout.readline())
    assert manifest["type"] == "manifest"
    publishing = start(
        "publish", str(short_clip), "--url", server.address, "--room", "clip", "--width", "640"
    )
    try:
        out, errors = publishing.communicate(timeout=120)
        watching.send_signal(2)
        lines, summary = watching.communicate(timeout=30)
    finally:
        publishing.kill()
        watching.kill()
    assert publishing.returncode == 0, errors
    assert "answered" in out
    packets = [record for record in map(json.loads, lines.splitlines()) if record["type"] == "packet"]
    # A loaded machine drops frames rather than queue them; how many is for the benchmarks.
    assert 5 <= len(packets) <= FRAMES, f"{out}\n{summary}"
    assert [packet["sequence"] for packet in packets] == sorted(packet["sequence"] for packet in packets)
    with_face = [packet for packet in packets if len(packet["faces"]) == 1]
    assert len(with_face) >= 0.97 * len(packets)
    assert max(packet["bytes"] for packet in with_face) <= LIMITS["packet_bytes"]
    assert len({packet["faces"][0]["track"] for packet in with_face}) == 1
    smile = [packet["faces"][0]["blendshapes"]["mouthSmileLeft"] for packet in with_face]
    assert 0.2 < min(smile) < max(smile) <= 1  # she smiles through these seconds, and moves
    latencies_ms = [packet["latency_ms"] for packet in packets if packet["latency_ms"] is not None]
    assert latencies_ms and all(0 < latency_ms < 10_000 for latency_ms in latencies_ms)


def test_unreadable_video_is_one_plain_line(server: ServeProcess, tmp_path: Path):
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"this is no video" * 100)
    publishing = start("publish", str(path), "--url", server.address, "--room", "clip")
    _, errors = publishing.communicate(timeout=60)
    lines = [line for line in errors.splitlines() if line.startswith("facecast: ")]
    assert publishing.returncode == 2
    assert len(lines) == 1 and str(path) in lines[0]
    assert "Traceback" not in errors
