"""A real server in a process of its own and crowds of clients before it, for the benchmarks."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.streams import PATIENCE_S, Counts, Plan, write_frames
from engines.errors import FacecastError
from engines.sources import open_source

JPEG_QUALITY = 85  # as `facecast publish`
START_S = 600.0  # engines may have to be built first
LEAD_S = 0.3  # between the last connection and the first picture
# What limits a crowd is to be the machine, not a setting.
ROOMY = {"FACECAST_MAX_ROOMS": "4096", "FACECAST_MAX_CONNECTIONS": "4096"}


class LiveServerError(FacecastError):
    """The server that is to be measured did not start, or a client lost it."""


@dataclass
class LiveServer:
    """Where the measured server listens."""

    process: subprocess.Popen
    port: int
    frames_file: str

    def cpu_s(self) -> float | None:
        """Read how much CPU time the server has used; None where the system does not tell."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def metrics(self) -> dict[str, float]:
        """Read the server's own metrics."""
        lines = [line for line in ask(self.port, "/metrics")[1].splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def ask(port: int, path: str) -> tuple[int, str]:
    """Ask the server by HTTP. Returns: status and text. Raises: OSError."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def encode_clip(path: Path, count: int = 0) -> list[bytes]:
    """Read a clip as JPEG pictures, all or the first `count`. Raises: SourceError."""
    jpegs = []
    for picture in open_source(path).pictures():
        height, width = picture.frame.size_hw
        bgr = np.frombuffer(picture.frame.payload, np.uint8).reshape(height, width, 3)
        jpegs.append(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes())
        if len(jpegs) == count:
            break
    return jpegs


@contextmanager
def live_server(command: Sequence[str], frames: list[bytes]) -> Iterator[LiveServer]:
    """Start `python -m COMMAND…` on a free port, wait until it is ready, and stop it at the end.

    Raises: LiveServerError when it does not become ready.
    """
    words = [sys.executable, "-m", *command, "--port", "0", "--log-level", "warning"]
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "log", "w+") as log:
        write_frames(Path(folder) / "frames", frames)
        process = subprocess.Popen(words, stderr=log, env=os.environ | ROOMY)
        try:
            port = _await_ready(process, Path(folder) / "log")
            yield LiveServer(process, port, str(Path(folder) / "frames"))
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_ready(process: subprocess.Popen, log: Path) -> int:
    """Wait until the server takes clients. Returns: its port."""
    deadline_s, port = time.monotonic() + START_S, 0
    while process.poll() is None and time.monotonic() < deadline_s:
        address = next((line for line in log.read_text().splitlines() if "http://" in line), "")
        if address:
            port = int(address.rpartition(":")[2])
            if ask(port, "/health/ready")[0] == 200:
                return port
        time.sleep(0.1)
    raise LiveServerError(f"expected a server that becomes ready, it said:\n{log.read_text()[-2000:]}")


def run_crowd(
    server: LiveServer, streams: int, processes: int, fps: float, warm_up_s: float, measure_s: float
) -> Counts:
    """Let `streams` publishers send at `fps`, spread over the processes. Returns: what became of it all.

    Raises: LiveServerError when a client could not connect or lost its connection.
    """
    clients = []
    try:
        for index in range(min(processes, streams)):
            numbers = list(range(index, streams, processes))
            plan = Plan(server.port, numbers, streams, server.frames_file, fps, warm_up_s, measure_s)
            words = [sys.executable, "-m", "benchmarks.streams"]
            client = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            clients.append(client)
            _tell(client, json.dumps(asdict(plan)))
        for client in clients:
            _hear(client)
        start_s = time.monotonic() + LEAD_S
        for client in clients:
            _tell(client, repr(start_s))
        total = Counts()
        for client in clients:
            total.add(Counts(**json.loads(_hear(client))))
        return total
    finally:
        for client in clients:
            client.kill()
            client.communicate()


def _tell(client: subprocess.Popen, line: str) -> None:
    client.stdin.write(line + "\n")
    client.stdin.flush()


def _hear(client: subprocess.Popen) -> str:
    line = client.stdout.readline()
    if not line:
        raise LiveServerError("expected clients that stay connected, one has ended (its message is above)")
    return line
