"""`facecast watch`: the packets of a room as they arrive, for people or as JSON lines."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from contextlib import aclosing, suppress

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from proto import tables
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
from server.describe import describe_event, describe_packet, event_record, packet_record
from server.errors import UnknownMessageError

RECONNECT_PAUSE_S = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--url", default=DEFAULT_URL, help=f"the server (default {DEFAULT_URL})")
    parser.add_argument("--room", default="demo", help="the room to watch (default demo)")
    parser.add_argument("--name", default="", help="how others see you")
    parser.add_argument("--jsonl", action="store_true", help="everything as one JSON object per line")
    parser.add_argument("--count", type=int, metavar="N", help="stop after N packets")
    parser.add_argument("--seconds", type=float, metavar="S", help="stop after S seconds")
    encodings = list(tables.ENCODINGS)
    parser.add_argument("--encoding", choices=encodings, default="u8", help="of coefficients (default u8)")
    parser.add_argument("--landmarks", action="store_true", help="also ask for the 98 landmarks")


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Returns: the exit status, 1 when no packet came.

    Raises: ClientError when the server cannot be reached or refuses.
    """
    url = stream_url(arguments.url, arguments.room, "viewer", arguments.name)
    watching = Watching(url, arguments)
    asyncio.run(watching.run())
    print(watching.summary(), file=sys.stderr)
    return 0 if watching.packets else 1


class Watching:
    """One run of the command: who is there, what came."""

    def __init__(self, url: str, arguments: argparse.Namespace) -> None:
        self.url = url
        self.arguments = arguments
        self.packets = 0
        self.packet_bytes: list[int] = []  # of packets with one face
        self.names: dict[int, str] = {}
        self.publisher_clocks: dict[int, int] = {}
        self.clock = ClockEstimate()
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Watch until enough came, time is up, or Ctrl-C. Raises: ClientError."""
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError, RuntimeError):  # not on Windows, not outside the main thread
            loop.add_signal_handler(signal.SIGINT, self._stop.set)
        watching = asyncio.create_task(self._watch())
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait(
            (watching, stopping), timeout=self.arguments.seconds, return_when=asyncio.FIRST_COMPLETED
        )
        stopping.cancel()
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    def summary(self) -> str:
        """The line that is printed at the end."""
        line = f"{self.packets} packets"
        if self.packet_bytes:
            mean = sum(self.packet_bytes) / len(self.packet_bytes)
            line += f"; with one face {mean:.1f} bytes on average, {max(self.packet_bytes)} at most"
        return line

    async def _watch(self) -> None:
        async with aclosing(open_connections(self.url)) as connections:
            async for connection in connections:
                try:
                    await self._read(connection)
                    return
                except ConnectionClosed as closed:
                    print(f"{check_end(closed)}; connecting again", file=sys.stderr)
                    await asyncio.sleep(RECONNECT_PAUSE_S)

    async def _read(self, connection: ClientConnection) -> None:
        """Show what one connection brings. Raises: ConnectionClosed when it ends."""
        manifest = await read_manifest(connection)
        self.names = {other.id: other.name for other in manifest.participants}
        self.publisher_clocks.clear()
        self.clock = ClockEstimate()
        wanted = wire.Options(self.arguments.encoding, self.arguments.landmarks)
        await connection.send(wire.encode_options(wanted))
        self._show_manifest(manifest)
        pings = asyncio.create_task(self.clock.keep_asking(connection))
        try:
            while self.arguments.count is None or self.packets < self.arguments.count:
                self._take(await connection.recv())
        finally:
            pings.cancel()

    def _take(self, data: bytes) -> None:
        arrival_us = local_time_us()
        try:
            message = wire.decode_server_message(data)
        except UnknownMessageError:
            return  # of a later version
        if isinstance(message, wire.Pong):
            self.clock.add(message, arrival_us)
        elif isinstance(message, wire.Event):
            self._note_event(message)
        elif isinstance(message, wire.Packet):
            self._note_packet(message, len(data), arrival_us)
        elif isinstance(message, wire.ErrorMessage):
            record = {"type": "error", "code": message.code, "text": message.text, "fatal": message.fatal}
            self._show(f"-- error {message.code}: {message.text}", record)

    def _note_event(self, event: wire.Event) -> None:
        if event.kind == "joined":
            self.names[event.participant] = event.name or ""
        elif event.kind == "clock" and event.clock_offset_us is not None:
            self.publisher_clocks[event.participant] = event.clock_offset_us
        name = self.names.get(event.participant, "")
        if event.kind != "clock" or self.arguments.jsonl:  # of clocks, people see the latency
            self._show(describe_event(event, name), event_record(event, name))
        if event.kind == "left":
            self.names.pop(event.participant, None)
            self.publisher_clocks.pop(event.participant, None)

    def _note_packet(self, packet: wire.Packet, size: int, arrival_us: int) -> None:
        if not self._is_as_asked(packet):
            return  # packed before the server read our options
        self.packets += 1
        if len(packet.faces) == 1:
            self.packet_bytes.append(size)
        name = self.names.get(packet.participant, "")
        latency_ms = self._latency_ms(packet, arrival_us)
        if self.arguments.jsonl:
            self._show("", packet_record(packet, name, size, latency_ms))
        else:
            self._show(describe_packet(packet, name, size, latency_ms), {})

    def _is_as_asked(self, packet: wire.Packet) -> bool:
        landmarks = self.arguments.landmarks
        same = all((face.landmarks_01 is not None) == landmarks for face in packet.faces)
        return same and packet.encoding == self.arguments.encoding

    def _latency_ms(self, packet: wire.Packet, arrival_us: int) -> float | None:
        """Time from capture to arrival; None until both clocks are known."""
        publisher_offset_us = self.publisher_clocks.get(packet.participant)
        if publisher_offset_us is None or self.clock.offset_us is None:
            return None
        captured_us = packet.capture_time_us + publisher_offset_us
        return (arrival_us + self.clock.offset_us - captured_us) / 1000

    def _show_manifest(self, manifest: wire.Manifest) -> None:
        content = manifest.content
        there = ", ".join(other.name for other in manifest.participants) or "nobody"
        runs = f"{content.get('profile')} on {content.get('backend')}"
        text = f"in room {manifest.room} as {manifest.name}; the server runs {runs}; there: {there}"
        self._show(f"-- {text}", {"type": "manifest", **content})

    def _show(self, text: str, record: dict) -> None:
        print(json.dumps(record) if self.arguments.jsonl else text, flush=True)
