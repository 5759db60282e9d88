"""The Unity core against the real server over a bad network; `--write` writes the report into docs/.

`facecast publish` streams a real clip into a room; three sessions of the C# core are in it too: ada renders
at 60 Hz and publishes pictures of the clip herself, bob renders at 90 Hz, cy at 144 Hz.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2

from tests import media
from tests.end_to_end.conftest import ServeProcess
from tests.unity.proxy import BadNetwork
from tools import mono

DOCUMENT = mono.ROOT / "docs" / "benchmarks" / "unity_live.md"
LIVE_CLIENT = Path(__file__).parent / "live_client"
PUBLISH_FPS = 10
PICTURES = 40
PATIENCE_S = 60.0
VIEWERS = ("ada", "bob", "cy")
PHASES = {
    "calm": "nothing is wrong",
    "jitter": "every chunk is delayed by 20 to 100 ms",
    "stall": "nothing passes for 1.2 s, then all at once",
    "cut": "all connections are broken; for a second new ones too",
    "swallow": "connections seem to live, but nothing arrives any more",
    "restart": "the server is killed and started anew",
    "stop": "the publisher of the clip stops for good",
}


EXPLANATION = """A step is the largest change of any of the 52 weights from one frame to the next (source: one
packet to the next); speeds are the same per second. Cross-fades after a break take 0.15 s, so
they may be faster than the source, by at most 10 per second. A frame is late when it comes two
intervals after the one before, by the machine's fault; its step and the next one are left out.
Presence is 1 while the face is played and 0 once it has faded to neutral; "back" says that it
was played again after that. Delay is the playback's own, latency is from the camera to the
rendered frame; while nothing comes it grows. The machine (2 cores) also ran the server, the
publisher and all viewers.

Reproduce: `python -m tests.unity.live --write`. The same run is a test, `tests/unity/test_live.py`.
"""


class LiveTest:
    """One run: the server, the bad network, the publisher and the C# client."""

    def __init__(self, folder: Path, clip: Path, core: Path) -> None:
        self.folder = folder
        self.clip = clip
        self.client_program = build_client(core)
        self.pictures = write_pictures(clip, folder / "pictures")
        self.servers: list[ServeProcess] = []
        self.publisher: subprocess.Popen | None = None
        self.client: subprocess.Popen | None = None
        self.lines: list[str] = []  # what the client said
        self.reader: threading.Thread | None = None
        self.network: BadNetwork | None = None
        self.steady: BadNetwork | None = None

    def run(self) -> dict:
        """Go through all phases; return the client's report."""
        try:
            self._start()
            self._phase("calm", 5.0)
            self._jitter()
            self._stall()
            self._cut()
            self._swallow()
            self._restart()
            self._stop_publisher()
            return self._end()
        finally:
            self._clean_up()

    def _start(self) -> None:
        server = self._serve()
        self.network = BadNetwork(server)
        self.steady = BadNetwork(server)  # the publisher's own, so that only viewers suffer
        self.publisher = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "publish", str(self.clip), "--loop", "--name", "clip"]
            + ["--room", "live", "--url", f"ws://127.0.0.1:{self.steady.port}"]
            + ["--fps", str(PUBLISH_FPS), "--width", "320"],
            cwd=mono.ROOT,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "publish.log").open("w"),
        )
        address = f"ws://127.0.0.1:{self.network.port}"
        self.client = subprocess.Popen(
            ["mono", str(self.client_program), address, "live", str(self.pictures)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "client.log").open("w"),
            text=True,
        )
        self.reader = threading.Thread(target=self._read_client, daemon=True)
        self.reader.start()
        self._wait_playing(connections=1)

    def _read_client(self) -> None:
        for line in self.client.stdout:
            self.lines.append(line.strip())

    def _serve(self) -> int:
        server = ServeProcess(self.folder / f"serve-{len(self.servers)}.jsonl")
        self.servers.append(server)
        server.wait_ready()
        return int(server.address.rsplit(":", 1)[1])

    def _phase(self, name: str, seconds: float) -> None:
        """Tell the client what begins, and let it last."""
        self.client.stdin.write(name + "\n")
        self.client.stdin.flush()
        time.sleep(seconds)

    def _jitter(self) -> None:
        self.network.delay_s, self.network.jitter_s = 0.02, 0.08
        self._phase("jitter", 5.0)
        self.network.delay_s, self.network.jitter_s = 0.0, 0.0

    def _stall(self) -> None:
        self.network.stall()
        self._phase("stall", 1.2)
        self.network.flow()
        time.sleep(3.0)

    def _cut(self) -> None:
        self.network.refuse(True)
        self.network.cut()
        self._phase("cut", 1.0)
        self.network.refuse(False)
        self._wait_playing(connections=2)
        time.sleep(1.0)

    def _swallow(self) -> None:
        self.network.swallow()
        self._phase("swallow", 2.5)  # the client gives a silent connection up after 2 s
        self._wait_playing(connections=3)
        time.sleep(1.0)

    def _restart(self) -> None:
        self.servers[-1].process.kill()
        self.servers[-1].process.wait()
        self._phase("restart", 1.0)
        port = self._serve()
        self.network.target_port = self.steady.target_port = port
        self._wait_playing(connections=4)
        time.sleep(2.0)

    def _stop_publisher(self) -> None:
        self.publisher.terminate()
        self.publisher.wait(10)
        self._phase("stop", 2.5)

    def _end(self) -> dict:
        self.client.stdin.write("end\n")
        self.client.stdin.flush()
        self.client.wait(20)
        self.reader.join(5)
        log = (self.folder / "client.log").read_text()
        report = json.loads(self.lines[-1])
        report["load"] = f"{os.getloadavg()[1]:.1f} on {os.cpu_count()} cores"
        return report | {"exit_status": self.client.returncode, "standard_error": log}

    def _wait_playing(self, connections: int) -> None:
        """Wait until every viewer has connected so often, and has played the clip's face after that."""
        self._wait(
            lambda: all(self._is_playing(name, connections) for name in VIEWERS), "viewers play the face"
        )

    def _is_playing(self, name: str, connections: int) -> bool:
        own = [line.split()[0] for line in list(self.lines) if line.endswith(f" {name}")]
        return own.count("connected") >= connections and own[-1] == "playing"

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        while not condition():
            ended = [process.args for process in (self.client, self.publisher) if process.poll() is not None]
            assert not ended, f"{ended} ended: {self._logs()}"
            assert time.monotonic() < deadline_s, f"never came true: {what}: {self._logs()}"
            time.sleep(0.05)

    def _logs(self) -> str:
        return "\n".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("*.log")))

    def _clean_up(self) -> None:
        for process in (self.client, self.publisher, *(server.process for server in self.servers)):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        for network in (self.network, self.steady):
            if network is not None:
                network.close()


def build_client(core: Path) -> Path:
    """Compile the headless client beside the core."""
    program = core.parent / "LiveClient.exe"
    mono.require("mono")
    mono.compile_program(
        mono.sources(LIVE_CLIENT),
        program,
        references=[core],
        options=["-warnaserror", "-optimize+"],
        target="exe",
    )
    return program


def write_pictures(clip: Path, folder: Path) -> Path:
    """Take the clip's first frames as JPEG files, as a Unity camera would send them."""
    folder.mkdir()
    video = cv2.VideoCapture(str(clip))
    for index in range(PICTURES):
        success, image = video.read()
        assert success, f"{clip}: expected {PICTURES} frames, got {index}"
        height = round(320 * image.shape[0] / image.shape[1])
        small = cv2.resize(image, (320, height), interpolation=cv2.INTER_AREA)
        assert cv2.imwrite(str(folder / f"{index:04d}.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, 85])
    video.release()
    return folder


def summarise(report: dict) -> str:
    """Write the report as a table: one row per viewer and phase."""
    head = (
        "| viewer | phase | frames | late | back in time | largest step | source's | fastest 1/s | source's "
        "| presence least/last | back | delay ms | latency ms |"
    )
    rows = [head, "|---|---|---|---|---|---|---|---|---|---|---|---|---|"]
    for viewer in report["viewers"]:
        for phase in viewer["phases"]:
            if phase["phase"] in PHASES:
                rows.append(_row(viewer, phase))
    rows.append("")
    for viewer in report["viewers"]:
        counts = ", ".join(
            f"{key.replace('_', ' ')} {viewer[key]}"
            for key in (
                "reconnections",
                "messages",
                "bad_messages",
                "dropped",
                "frames_sent",
                "most_messages_a_frame",
            )
        )
        rows.append(f"- {viewer['name']}: {counts}")
    rows.append(f"- exceptions: {len(report['exceptions'])}")
    return "\n".join(rows)


def _row(viewer: dict, phase: dict) -> str:
    shown, source = phase["rendered"], phase["source"]
    latency = phase["median_display_latency_s"]
    cells = [
        f"{viewer['name']} {viewer['rate_hz']} Hz",
        phase["phase"],
        shown["count"],
        shown["late"],
        shown["backward"],
        f"{shown['largest_weight_step']:.3f}",
        f"{source['largest_weight_step']:.3f}",
        f"{shown['largest_weight_speed']:.2f}",
        f"{source['largest_weight_speed']:.2f}",
        f"{phase['least_presence']:.2f} / {phase['last_presence']:.2f}",
        "yes" if phase["has_come_back"] else "",
        f"{phase['most_buffer_delay_s'] * 1000:.0f}",
        "-" if latency is None else f"{latency * 1000:.0f}",
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def write_document(report: dict) -> None:
    """Put the summary into docs/."""
    phases = "\n".join(f"- **{name}**: {meaning}" for name, meaning in PHASES.items())
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(
        "# The Unity core over a bad network\n\n"
        f"{__doc__.split(chr(10) * 2, 1)[1].strip()}\n\n"
        "All viewers reach the server through a TCP proxy that misbehaves in phases:\n\n"
        f"{phases}\n\nLoad of the machine during the run: {report['load']}; "
        "above one a core the server sees fewer frames.\n\n"
        f"{summarise(report)}\n\n"
        f"{EXPLANATION}"
    )


def main() -> int:
    """Run it once and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.relative_to(mono.ROOT)}")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        report = LiveTest(path, media.media_path(media.CLIP), mono.compile_core(path)).run()
    print(json.dumps(report, indent=1))
    print(summarise(report))
    if arguments.write:
        write_document(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
