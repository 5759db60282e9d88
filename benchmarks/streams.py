"""Many publishers in few processes: what a crowd of clients costs is next to nothing beside the server.

Each stream is a WebSocket of its own that sends JPEG pictures at a fixed rate and reads what comes back. The
pictures are ready-made, only a message's head is written for each; the WebSocket mask that clients must
apply is zero, so that nothing is masked. `python -m benchmarks.streams` is one such process: a plan as one
JSON line in, `ready` out, the start time in, the counts as one JSON line out.
"""

from __future__ import annotations

import heapq
import json
import selectors
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgpack

from proto import tables

LAST_ANSWER_S = 1.0  # how long the answers to the last pictures are waited for
PATIENCE_S = 30.0
FLUSH_S = 0.002  # between attempts to send the rest of a picture
_PACKET_HEAD = struct.Struct(f"<BIQHH{len(tables.STAGES)}H")  # as server/wire_packet.py
_UNMASKED = bytes(4)
_BINARY, _PING, _PONG, _CLOSE = 0x82, 0x89, 0x8A, 0x88


@dataclass
class Plan:
    """What the streams of one process do."""

    port: int
    numbers: list[int]  # of the streams, counted over all processes
    streams: int  # of all processes together: they send evenly spread over the interval
    frames_file: str
    fps: float
    warm_up_s: float
    measure_s: float


@dataclass
class Counts:
    """What became of the pictures of the measured time; several processes' counts add up."""

    due: int = 0  # pictures that a camera would have given
    unsent: int = 0  # of these, not sent because the socket was still full of the one before
    answered: int = 0
    with_face: int = 0
    round_trips_ms: list[float] = field(default_factory=list)
    pipeline_ms: list[float] = field(default_factory=list)  # of the same answers: what the server says
    errors: dict[str, int] = field(default_factory=dict)
    client_cpu_s: float = 0.0

    @property
    def dropped(self) -> int:
        """Pictures without an answer."""
        return self.due - self.answered

    def add(self, other: Counts) -> None:
        """Add another process's counts."""
        for code, count in other.errors.items():
            self.errors[code] = self.errors.get(code, 0) + count
        for name, value in asdict(other).items():
            if name != "errors":
                setattr(self, name, getattr(self, name) + value)


class Stream:
    """One publisher that gets its own packets back."""

    def __init__(self, plan: Plan, number: int, frames: list[bytes], counts: Counts) -> None:
        self.plan, self.frames, self.counts = plan, frames, counts
        self.offset = number * 17  # each stream shows another moment
        self.phase_s = number / plan.streams / plan.fps
        self.sequence = 0
        self.measured = range(0)
        self.unsent: deque[memoryview] = deque()
        self.inbox = bytearray()
        self.socket, rest = open_socket(plan.port, f"stream-{number}")
        self.inbox += rest

    def begin(self, start_s: float) -> None:
        """Learn when the first picture is due, and which pictures count."""
        self.start_s = start_s + self.phase_s
        first = round(self.plan.warm_up_s * self.plan.fps)
        self.measured = range(first, first + round(self.plan.measure_s * self.plan.fps))

    @property
    def due_s(self) -> float:
        """When the next picture is to be sent; infinite after the last."""
        return (
            self.start_s + self.sequence / self.plan.fps
            if self.sequence < self.measured.stop
            else float("inf")
        )

    def send_frame(self) -> None:
        """Send the picture that is due, or skip it when the one before is still being sent."""
        number, self.sequence = self.sequence, self.sequence + 1
        self.counts.due += number in self.measured
        if self.unsent:
            self.counts.unsent += number in self.measured
            return
        jpeg = self.frames[(number + self.offset) % len(self.frames)]
        message = b"\x95\x11" + struct.pack(">BIBQBBI", 0xCE, number, 0xCF, _now_us(), 1, 0xC6, len(jpeg))
        self._write(_BINARY, message, jpeg)

    def _write(self, opcode: int, *parts: bytes) -> None:
        head = frame_head(opcode, sum(map(len, parts)))
        self.unsent += (memoryview(head + parts[0]), *map(memoryview, parts[1:]))
        self.flush()

    def flush(self) -> None:
        """Send as much as the socket takes."""
        with suppress(BlockingIOError):
            while self.unsent:
                sent = self.socket.sendmsg(self.unsent)
                while self.unsent and sent >= len(self.unsent[0]):
                    sent -= len(self.unsent.popleft())
                if sent:
                    self.unsent[0] = self.unsent[0][sent:]

    def receive(self) -> None:
        """Read what is there. Raises: ConnectionError when the server ended the connection."""
        arrived_us = _now_us()
        with suppress(BlockingIOError):
            data = self.socket.recv(1 << 18)
            if not data:
                raise ConnectionError("the server ended a stream")
            self.inbox += data
        for opcode, payload in split_frames(self.inbox):
            if opcode == _BINARY:
                self._take(msgpack.unpackb(payload), arrived_us)
            elif opcode == _PING and not self.unsent:
                self._write(_PONG, payload)
            elif opcode == _CLOSE:
                raise ConnectionError(f"the server ended a stream: {payload[2:].decode(errors='replace')}")

    def _take(self, message: list, arrived_us: int) -> None:
        if message[0] == tables.ERROR:
            self.counts.errors[message[1]] = self.counts.errors.get(message[1], 0) + 1
        if message[0] != tables.PACKET:
            return
        _, sequence, sent_us, _, _, *ticks = _PACKET_HEAD.unpack_from(message[2])
        if sequence in self.measured:
            self.counts.answered += 1
            self.counts.with_face += bool(message[3])
            self.counts.round_trips_ms.append((arrived_us - sent_us) / 1e3)
            self.counts.pipeline_ms.append(sum(ticks) * tables.TIMING_STEP_US / 1e3)


def _now_us() -> int:
    return time.monotonic_ns() // 1000


def open_socket(port: int, room: str) -> tuple[socket.socket, bytes]:
    """Make a stream's handshake. Returns: the socket, and what came after the server's answer.

    Raises: ConnectionError when the server refuses, OSError.
    """
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    lines = [
        f"GET {tables.STREAM_PATH}?room={room}&role=both HTTP/1.1",
        "Host: 127.0.0.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        f"Sec-WebSocket-Protocol: {tables.SUBPROTOCOL}",
    ]
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        data = connection.recv(65536)
        if not data:
            raise ConnectionError("the server ended the handshake")
        answer += data
    head, _, rest = answer.partition(b"\r\n\r\n")
    if b" 101 " not in head.splitlines()[0]:
        raise ConnectionError(f"expected HTTP 101, got {head.splitlines()[0].decode(errors='replace')}")
    connection.setblocking(False)
    return connection, rest


def frame_head(opcode: int, length: int) -> bytes:
    """Write the head of a client's WebSocket frame, its mask zero."""
    if length < 126:
        return struct.pack(">BB4s", opcode, 0x80 | length, _UNMASKED)
    if length < 1 << 16:
        return struct.pack(">BBH4s", opcode, 0x80 | 126, length, _UNMASKED)
    return struct.pack(">BBQ4s", opcode, 0x80 | 127, length, _UNMASKED)


def split_frames(inbox: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take whole WebSocket frames of a server off the front: (first byte, payload)."""
    while len(inbox) >= 2:
        length, start = inbox[1], 2
        if length >= 126:
            start = 4 if length == 126 else 10
            if len(inbox) < start:
                return
            length = int.from_bytes(inbox[2:start], "big")
        if len(inbox) < start + length:
            return
        frame = inbox[0], bytes(inbox[start : start + length])
        del inbox[: start + length]
        yield frame


def run_streams(streams: list[Stream], start_s: float) -> None:
    """Send every picture at its time and read the answers, to the end of the measured time."""
    selector = selectors.DefaultSelector()
    for stream in streams:
        stream.begin(start_s)
        selector.register(stream.socket, selectors.EVENT_READ, stream)
    end_s = start_s + max(s.phase_s + s.measured.stop / s.plan.fps for s in streams) + LAST_ANSWER_S
    turns = [(stream.due_s, number) for number, stream in enumerate(streams)]
    heapq.heapify(turns)
    full: set[Stream] = set()  # whose socket took only a part
    while (now_s := time.monotonic()) < end_s:
        while turns and turns[0][0] <= now_s:
            _, number = turns[0]
            stream = streams[number]
            stream.send_frame()
            heapq.heapreplace(turns, (stream.due_s, number))
            if stream.unsent:
                full.add(stream)
        for stream in full:
            stream.flush()
        full = {stream for stream in full if stream.unsent}
        next_s = min(end_s, turns[0][0], now_s + (FLUSH_S if full else LAST_ANSWER_S))
        for key, _ in selector.select(max(0.0, next_s - time.monotonic())):
            key.data.receive()
    selector.close()


def write_frames(path: Path, frames: list[bytes]) -> None:
    """Keep the pictures where every process can read them."""
    path.write_bytes(msgpack.packb(frames))


def main() -> int:
    """Be one process of clients. Returns: 1 when a connection failed."""
    plan = Plan(**json.loads(sys.stdin.readline()))
    frames, counts = msgpack.unpackb(Path(plan.frames_file).read_bytes()), Counts()
    try:
        streams = [Stream(plan, number, frames, counts) for number in plan.numbers]
        print("ready", flush=True)
        start_s, cpu_s = float(sys.stdin.readline()), time.process_time()
        run_streams(streams, start_s)
    except OSError as error:
        print(f"clients: {error}", file=sys.stderr)
        return 1
    counts.client_cpu_s = time.process_time() - cpu_s
    print(json.dumps(asdict(counts)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
