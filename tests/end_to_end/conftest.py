"""The real product: the process that `facecast serve` starts, with its real weights."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from proto.tables import STREAM_PATH
from server import wire
from tests.server.running import Client, connect_raw

START_S = 180.0  # loading and first run of the networks, on a machine that is busy with other things


class ServeProcess:
    """One running `facecast serve`."""

    def __init__(self, log: Path) -> None:
        self.log = log
        words = [sys.executable, "-m", "server.cli", "serve", "--port", "0", "--log-format", "json"]
        with log.open("w") as errors:
            self.process = subprocess.Popen(words, stderr=errors, stdout=subprocess.DEVNULL)
        self.address = ""

    def wait_ready(self) -> None:
        """Wait until the models have run."""
        deadline_s = time.monotonic() + START_S
        while not self._is_ready():
            assert self.process.poll() is None, f"the server ended: {self.log.read_text()}"
            assert time.monotonic() < deadline_s, f"the server is never ready: {self.log.read_text()}"
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        lines = self.log.read_text().splitlines()
        if not lines or not lines[0].startswith("Facecast on http://"):
            return False
        self.address = lines[0].split()[-1]
        try:
            return self.http("/health/ready").status_code == 200
        except httpx.TransportError:
            return False  # it ended meanwhile

    def http(self, path: str) -> httpx.Response:
        """Ask by HTTP."""
        return httpx.get(f"{self.address}{path}", timeout=30, trust_env=False)

    def url(self, **query: str) -> str:
        """The stream's address with this query."""
        return f"{self.address.replace('http', 'ws')}{STREAM_PATH}?{httpx.QueryParams(query)}"

    @asynccontextmanager
    async def client(self, role: str, room: str = "r", name: str = "") -> AsyncIterator[Client]:
        """Connect and read the manifest."""
        async with connect_raw(self.url(room=room, role=role, name=name)) as connection:
            client = Client(connection)
            client.manifest = await client.expect(wire.Manifest)
            yield client

    def peak_megabytes(self) -> float:
        """The most memory that the process ever held."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def stop(self) -> int:
        """End it as an operator does; return the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    """The real server process, one for the tests of a module: faults of one test must not harm the next."""
    running = ServeProcess(tmp_path_factory.mktemp("serve") / "log.jsonl")
    try:
        running.wait_ready()
        yield running
        assert running.process.poll() is None, f"the server died: {running.log.read_text()}"
    finally:
        running.process.kill()
        running.process.wait()
