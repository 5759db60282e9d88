"""Clients that do not read or break the WebSocket protocol, over a real socket."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable

import pytest

from server import wire
from server.protocol import SEND_BUFFER_BYTES, StreamProtocol
from tests.server.fakes import FakePipeline
from tests.server.running import PATIENCE_S, Client, RunningServer, connect_raw, running_server


def small_socket(port: int) -> socket.socket:
    """A connected socket that takes little unread."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", port))
    made.setblocking(False)
    return made


async def test_viewer_that_stops_reading_delays_nobody_holds_little_and_is_cut():
    large = wire.encode_options(wire.Options("f32", landmarks=True))  # eight faces: 5.7 kB a packet
    with running_server(FakePipeline(), max_fps=1000, send_timeout_s=1.5) as server:
        sock = small_socket(server.port)
        url = server.url(room="r", role="viewer", name="stuck")
        async with (
            connect_raw(url, sock=sock, max_queue=1, ping_interval=None, close_timeout=0.1) as stuck,
            server.client("viewer", name="reading") as reading,
            server.client("publisher") as publisher,
        ):
            await stuck.send(large)
            await reading.skip_to(wire.Event)
            session = next(each for each in server.service.sessions if each.participant.name == "stuck")
            server.wait_until(lambda: session.landmarks, "options taken")
            slowest_s, most_waiting, left = 0.0, 0, []
            deadline_s = time.monotonic() + 30
            while server.service.counters.clients_cut == 0:
                assert time.monotonic() < deadline_s, "the stuck viewer was never cut"
                sent_s = time.monotonic()
                sequence = await publisher.publish(b"faces 8")
                while getattr(message := await reading.receive(), "sequence", None) != sequence:
                    left += [message.participant] if getattr(message, "kind", "") == "left" else []
                slowest_s = max(slowest_s, time.monotonic() - sent_s)
                most_waiting = max(most_waiting, len(session.outbox))
            assert slowest_s < 1.2, "the reading viewer waited for the stuck one"
            assert most_waiting <= 2, (
                "more than the newest packet (and one event) waited for the stuck viewer"
            )
            assert session.outbox.dropped > 0
            left = left or [(await reading.skip_to(wire.Event)).participant]
            assert left == [session.participant.id]
        # Both kernels' buffers (Linux doubles what is asked for), and one packet on its way into them.
        assert session.outbox.taken * 5700 < 4 * SEND_BUFFER_BYTES


async def test_slow_viewer_gets_the_newest_packets():
    with running_server(FakePipeline(), max_fps=1000) as server:
        sock = small_socket(server.port)
        url = server.url(room="r", role="viewer", name="slow")
        async with (
            connect_raw(url, sock=sock, max_queue=1) as slow,
            server.client("both") as publisher,
        ):
            await slow.send(wire.encode_options(wire.Options("f32", landmarks=True)))
            for _ in range(150):
                await publisher.publish(b"faces 8")
                await publisher.skip_to(wire.Packet)
            client = Client(slow)
            got = []
            while not got or got[-1] != publisher.sequence:
                got.append((await client.skip_to(wire.Packet)).sequence)
            assert got == sorted(got)
            assert len(got) < 150, "a slow viewer must miss packets"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\x83\x80\0\0\0\0", 1002),  # a reserved opcode
        (b"\x82\x01x", 1002),  # not masked
        (b"\x81\x82\0\0\0\0\xff\xff", 1007),  # text that is no UTF-8
        (b"\x82\xff" + struct.pack("!Q", 1 << 62) + b"\0\0\0\0", 1009),  # promises far too many bytes
    ],
    ids=["reserved", "unmasked", "not utf-8", "promises 4 EiB"],
)
async def test_broken_frame_is_answered_with_its_close_code(server: RunningServer, frame: bytes, code: int):
    reader, writer = await server.raw_connection()
    writer.write(frame)
    everything = await asyncio.wait_for(reader.read(), 5)
    close = everything[everything.rindex(b"\x88") :]
    assert struct.unpack("!H", close[2:4]) == (code,)
    writer.close()
    async with server.client("viewer") as other:
        assert other.manifest


async def test_client_that_vanishes_leaves_the_room(server: RunningServer):
    async with server.client("viewer", name="stays") as viewer:
        _, writer = await server.raw_connection()
        assert (await viewer.expect(wire.Event)).kind == "joined"
        writer.transport.abort()
        assert (await viewer.expect(wire.Event)).kind == "left"


async def test_request_without_websocket_upgrade_is_refused(server: RunningServer):
    assert server.http("/v1/stream").status_code in (404, 426)


async def test_half_received_messages_are_limited_over_all_connections():
    with running_server(FakePipeline(), max_unfinished_bytes=100_000) as server:
        unfinished = server.server.config.ws.unfinished
        half = b"\x82\xff" + struct.pack(">Q", 80_000) + bytes(4) + bytes(59_986)  # 60,000 bytes of it
        async with server.client("both", room="calm") as calm:
            (_, first), (reader, second) = [await server.raw_connection() for _ in range(2)]
            first.write(half)
            await until(lambda: unfinished.held >= 50_000)
            second.write(half)
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await asyncio.wait_for(reader.readexactly(1_000_000), 30)  # cut, after the manifest
            await until(lambda: unfinished.held <= 60_000)
            await calm.publish(bytes(30_000))
            await calm.expect(wire.Packet)
            first.close()
            await until(lambda: unfinished.held == 0)
            second.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait while the clients of this loop go on."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.002)


async def test_small_packets_are_sent_at_once(monkeypatch):
    """Without Nagle's algorithm, also when the listener was opened without naming TCP (proto 0)."""
    seen = []
    made = StreamProtocol.connection_made

    def connection_made(self, transport):
        made(self, transport)
        sock = transport.get_extra_info("socket")
        seen.append((sock.proto, sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))

    monkeypatch.setattr(StreamProtocol, "connection_made", connection_made)
    with running_server(FakePipeline()) as server:
        async with server.client("viewer"):
            assert seen and all(no_delay for _, no_delay in seen), seen
