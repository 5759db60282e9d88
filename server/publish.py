"""`facecast publish`: a video, a folder of images or a camera as a live stream."""

from __future__ import annotations

import argparse
import asyncio
import signal
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from engines.face import Frame
from engines.sources import Picture, open_source
from server import wire
from server.client import (
    DEFAULT_URL,
    ClockEstimate,
    check_end,
    local_time_us,
    open_connections,
    read_manifest,
    stream_url,
)
from server.errors import UnknownMessageError
from server.feed import Camera, Feed, FeedOptions, pack_picture

LAST_ANSWER_S = 2.0  # how long the answers to the last frames are waited for
RECONNECT_PAUSE_S = 1.0
SKIP_AFTER_S = 0.1  # a picture that is later than this is skipped


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "source", metavar="SOURCE", help="a video, image, folder of images, or a camera's number"
    )
    parser.add_argument("--url", default=DEFAULT_URL, help=f"the server (default {DEFAULT_URL})")
    parser.add_argument("--room", default="demo", help="the room to publish in (default demo)")
    parser.add_argument("--name", default="", help="how others see you (default: the source's name)")
    parser.add_argument("--fps", type=_rate, help="at most so many frames per second; for images their rate")
    parser.add_argument("--loop", action="store_true", help="begin again at the end, until Ctrl-C")
    parser.add_argument("--width", type=_width, metavar="PIXELS", help="shrink frames to this width")
    parser.add_argument("--quality", type=_quality, default=85, help="JPEG quality 1..100 (default 85)")


def _rate(text: str) -> float:
    value = float(text)
    if not 0 < value <= 1000:
        raise argparse.ArgumentTypeError(f"expected frames per second above 0, at most 1000, got {text}")
    return value


def _width(text: str) -> int:
    value = int(text)
    if not 16 <= value <= 8192:
        raise argparse.ArgumentTypeError(f"expected a width of 16..8192 pixels, got {text}")
    return value


def _quality(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 100:
        raise argparse.ArgumentTypeError(f"expected a quality of 1..100, got {text}")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Returns: the exit status, 1 when the server answered no frame.

    Raises: SourceError, ClientError.
    """
    text = arguments.source
    source = Camera(int(text)) if text.isdecimal() and not Path(text).exists() else open_source(Path(text))
    options = FeedOptions(arguments.fps, arguments.loop, arguments.quality, arguments.width)
    # As `both`, the publisher gets its own packets back: they tell what was dropped, and the round trip.
    url = stream_url(arguments.url, arguments.room, "both", arguments.name or Path(text).name[:64])
    publisher = Publishing(url, Feed(source, options))
    asyncio.run(publisher.run())
    print(publisher.summary)
    return 0 if publisher.summary.answered else 1


@dataclass
class Summary:
    """What became of the frames."""

    sent: int = 0
    sent_bytes: int = 0
    skipped: int = 0
    answered: int = 0
    faces: int = 0
    reconnects: int = 0
    seconds: float = 0.0
    round_trips_ms: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        """The lines that are printed at the end."""
        seconds = max(self.seconds, 1e-9)
        lines = [
            f"sent      {self.sent} frames in {self.seconds:.1f} s "
            f"({self.sent / seconds:.1f} per second, {self.sent_bytes * 8e-6 / seconds:.2f} Mbit/s)",
            f"answered  {self.answered} ({self.faces} with a face); "
            f"skipped here {self.skipped}, dropped on the way {max(0, self.sent - self.answered)}",
        ]
        if self.round_trips_ms:
            ordered = sorted(self.round_trips_ms)
            lines.append(
                f"latency   median {statistics.median(ordered):.1f} ms, "
                f"95 % within {ordered[int(0.95 * (len(ordered) - 1))]:.1f} ms, from capture to packet"
            )
        if self.reconnects:
            lines.append(f"connected again {self.reconnects} times")
        lines += [f"error     {code}: {count} times" for code, count in self.errors.most_common()]
        return "\n".join(lines)


class Publishing:
    """One run of the command: a feed, and the connections that it goes through."""

    def __init__(self, url: str, feed: Feed) -> None:
        self.url = url
        self.feed = feed
        self.summary = Summary()
        self.bar = tqdm(total=feed.source.count or None, unit="frame", disable=None, file=sys.stderr)
        self._sequence = 0
        self._last_answer = 0
        self._pictures: Iterator[tuple[float, Picture]] | None = None
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Publish to the end of the source or until Ctrl-C. Raises: SourceError, ClientError."""
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError):  # not on Windows, not outside the main thread
            loop.add_signal_handler(signal.SIGINT, self._stop.set)
        started_s = time.monotonic()
        try:
            async with aclosing(open_connections(self.url)) as connections:
                async for connection in connections:
                    try:
                        await self._use(connection)
                        return
                    except ConnectionClosed as closed:
                        self.bar.write(f"{check_end(closed)}; connecting again", file=sys.stderr)
                        self.summary.reconnects += 1
                        await asyncio.sleep(RECONNECT_PAUSE_S)
        finally:
            self.summary.seconds = time.monotonic() - started_s
            self.bar.close()

    async def _use(self, connection: ClientConnection) -> None:
        """Publish over one connection. Raises: ConnectionClosed when it ends before the source does."""
        manifest = await read_manifest(connection)
        if self._pictures is None:
            self._pictures = self.feed.pictures(manifest.limits["frames_per_second"])
        clock = ClockEstimate()
        answers = asyncio.create_task(self._read(connection, manifest.participant, clock))
        pings = asyncio.create_task(clock.keep_asking(connection))
        try:
            await self._send(connection)
            deadline_s = time.monotonic() + LAST_ANSWER_S
            while self._last_answer < self._sequence and time.monotonic() < deadline_s and not answers.done():
                await asyncio.sleep(0.01)
        finally:
            for task in (answers, pings):
                task.cancel()
            await asyncio.gather(answers, pings, return_exceptions=True)

    async def _send(self, connection: ClientConnection) -> None:
        """Send each picture when it is due; skip the ones whose time has passed."""
        first_s: float | None = None
        while not self._stop.is_set():
            due = await asyncio.to_thread(next, self._pictures, None)
            if due is None:
                return
            due_s, picture = due
            now_s = time.monotonic()
            first_s = now_s - due_s if first_s is None else first_s
            late_s = now_s - (first_s + due_s)
            if late_s > SKIP_AFTER_S:
                self.summary.skipped += 1
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), max(0.0, -late_s))
                await self._send_picture(connection, picture.frame)
            self.bar.update(self.feed.read - self.bar.n)

    async def _send_picture(self, connection: ClientConnection, frame: Frame) -> None:
        capture_time_us = local_time_us()
        format_name, payload = await asyncio.to_thread(pack_picture, frame, self.feed.options)
        self._sequence += 1
        await connection.send(wire.encode_frame(self._sequence, capture_time_us, format_name, payload))
        self.summary.sent += 1
        self.summary.sent_bytes += len(payload)

    async def _read(self, connection: ClientConnection, own: int, clock: ClockEstimate) -> None:
        """Take what the server sends until the connection ends."""
        with suppress(ConnectionClosed):
            async for data in connection:
                with suppress(UnknownMessageError):  # of a later version
                    self._take(wire.decode_server_message(data), own, clock)

    def _take(self, message: wire.ServerMessage, own: int, clock: ClockEstimate) -> None:
        if isinstance(message, wire.Pong):
            clock.add(message, local_time_us())
        elif isinstance(message, wire.Packet) and message.participant == own:
            self._note_answer(message)
        elif isinstance(message, wire.ErrorMessage):
            self._note_error(message)

    def _note_answer(self, packet: wire.Packet) -> None:
        self._last_answer = packet.sequence
        self.summary.answered += 1
        self.summary.faces += bool(packet.faces)
        round_trip_ms = (local_time_us() - packet.capture_time_us) / 1000
        self.summary.round_trips_ms.append(round_trip_ms)
        self.bar.set_postfix_str(f"{len(packet.faces)} faces, {round_trip_ms:.0f} ms", refresh=False)

    def _note_error(self, error: wire.ErrorMessage) -> None:
        self.summary.errors[error.code] += 1
        if error.sequence is not None:
            self._last_answer = max(self._last_answer, error.sequence)
        if self.summary.errors[error.code] == 1:
            self.bar.write(f"{error.code}: {error.text}", file=sys.stderr)
