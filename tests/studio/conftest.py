"""Fixtures of the page's tests: the real server, a browser whose camera plays a real clip, its analysis."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from tests.studio.browser import PATIENCE_S, Browser, Page

CAMERA_FPS = 6  # the clip in slow motion, so that also a busy machine looks at nearly every frame
FIRST, LAST, STEP = 100, 292, 2  # of the clip: shut eyes that open, blinks, a jaw that moves
# The number of each picture, in black and white squares at its lower left: a busy browser's camera loses
# its rhythm, so that only the picture itself tells which one it is. One square more is always white.
CELL_PX, CELLS, CELL_TOP_PX = 20, 8, 330


@dataclass(frozen=True)
class CameraClip:
    """What the browser's camera plays again and again, as the camera's file and as a video."""

    y4m: Path
    video: Path
    count: int


def write_number(picture: np.ndarray, number: int) -> None:
    """Write a number 0..127 into a picture, lowest bit first, in squares that survive JPEG and scaling."""
    for bit in range(CELLS):
        white = bit == CELLS - 1 or number >> bit & 1
        left = bit * CELL_PX
        picture[CELL_TOP_PX : CELL_TOP_PX + CELL_PX, left : left + CELL_PX] = 255 if white else 0


class ServerProcess:
    """`facecast serve` as a process of its own, with the real networks, that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._log = folder / "server.log"
        self._process: subprocess.Popen | None = None

    def url(self, room: str, name: str, host: str = "127.0.0.1") -> str:
        """The address of the page in a room."""
        return f"http://{host}:{self.port}/?{httpx.QueryParams(room=room, name=name)}"

    def start(self) -> None:
        """Start it and wait until it is ready."""
        command = [sys.executable, "-m", "server.cli", "serve", "--port", str(self.port)]
        environment = os.environ | {"FACECAST_MAX_FRAME_AGE_MS": "5000"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        deadline_s = time.monotonic() + PATIENCE_S
        while not self._is_ready():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline_s, "the server never became ready"
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it as Ctrl-C does, and wait until it is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_S)
            self._process = None

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health/ready", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture(scope="session")
def camera_clip(clip_path: Path, tmp_path_factory: pytest.TempPathFactory) -> CameraClip:
    """A part of the real clip as the browser's camera and as a video file, picture by picture the same."""
    folder = tmp_path_factory.mktemp("camera")
    source = cv2.VideoCapture(str(clip_path))
    clip = CameraClip(folder / "camera.y4m", folder / "camera.avi", len(range(FIRST, LAST, STEP)))
    size_wh = (int(source.get(cv2.CAP_PROP_FRAME_WIDTH)), int(source.get(cv2.CAP_PROP_FRAME_HEIGHT)))
    video = cv2.VideoWriter(str(clip.video), cv2.VideoWriter_fourcc(*"MJPG"), CAMERA_FPS, size_wh)
    video.set(cv2.VIDEOWRITER_PROP_QUALITY, 97)
    with clip.y4m.open("wb") as y4m:
        y4m.write(f"YUV4MPEG2 W{size_wh[0]} H{size_wh[1]} F{CAMERA_FPS}:1 Ip A1:1 C420\n".encode())
        for number in range(LAST):
            success, picture = source.read()
            assert success, f"{clip_path} has fewer than {LAST} pictures"
            if number >= FIRST and (number - FIRST) % STEP == 0:
                write_number(picture, (number - FIRST) // STEP)
                y4m.write(b"FRAME\n" + cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).tobytes())
                video.write(picture)
    video.release()
    return clip


@pytest.fixture(scope="session")
def analysis(camera_clip: CameraClip, tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """What `facecast analyze` finds in the very clip that the camera plays: one entry per picture."""
    out = tmp_path_factory.mktemp("analysis") / "camera.jsonl"
    command = [sys.executable, "-m", "server.cli", "analyze", str(camera_clip.video), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in out.read_text().splitlines()]


@pytest.fixture(scope="session")
def facecast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """The real server with the real networks."""
    server = ServerProcess(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser(camera_clip: CameraClip) -> Iterator[Browser]:
    """A browser whose camera is the clip. Fails, never skips, where there is no Chromium."""
    browser = Browser(camera_clip.y4m)
    yield browser
    browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages that are closed after the test, and that may not have had any error."""
    pages: list[Page] = []

    def open_page(*arguments: object, **options: object) -> Page:
        pages.append(browser.open(*arguments, **options))
        return pages[-1]

    yield open_page
    found = [problem for page in pages for problem in page.problems[page.forgiven :]]
    for page in pages:
        page.close()
    assert not found, found
