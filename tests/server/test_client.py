"""Addresses, clocks and connections of the commands."""

from __future__ import annotations

import asyncio
import socket

import pytest
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK
from websockets.frames import Close

from proto.tables import ERRORS
from server import client as module
from server import wire
from server.client import (
    ClientError,
    ClockEstimate,
    check_end,
    open_connections,
    read_manifest,
    reconnect_delays,
    stream_url,
)
from tests.server.fakes import FakePipeline
from tests.server.running import RunningServer, running_server


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ws://h:8000", "ws://h:8000/v1/stream?room=a+b&role=viewer"),
        ("h:8000", "ws://h:8000/v1/stream?room=a+b&role=viewer"),
        ("http://h/", "ws://h/v1/stream?room=a+b&role=viewer"),
        ("https://h/proxy/v1/stream", "wss://h/proxy/v1/stream?room=a+b&role=viewer"),
        ("ws://h/v1/stream?token=t&role=x", "ws://h/v1/stream?token=t&role=viewer&room=a+b"),
    ],
)
def test_address_is_completed(given: str, expected: str):
    assert stream_url(given, "a b", "viewer", "") == expected


def test_name_goes_into_the_address():
    assert stream_url("ws://h", "r", "both", "Zoë & co").endswith("&name=Zo%C3%AB+%26+co")


@pytest.mark.parametrize("given", ["ftp://h", "ws://", ""])
def test_what_is_no_address_is_refused(given: str):
    with pytest.raises(ClientError, match="expected an address such as"):
        stream_url(given, "r", "viewer", "")


def test_clock_is_taken_from_the_shortest_way():
    clock = ClockEstimate()
    assert (clock.offset_us, clock.round_trip_us) == (None, None)
    # The server's clock is 1000 ahead. A slow and lopsided way first, then a quick and even one.
    clock.add(wire.Pong(1, 0, 1000 + 900, 1000 + 950), 1000)
    assert clock.round_trip_us == 950
    clock.add(wire.Pong(2, 5000, 5000 + 1000 + 10, 5000 + 1000 + 12), 5000 + 22)
    assert (clock.offset_us, clock.round_trip_us) == (1000, 20)
    clock.add(wire.Pong(3, 9000, 9000 + 1000 + 300, 9000 + 1000 + 300), 9000 + 310)
    assert clock.offset_us == 1000


async def test_pings_measure_the_clock_of_a_real_server(server: RunningServer):
    async with server.client("viewer") as viewer:
        clock = ClockEstimate()
        asking = asyncio.create_task(clock.keep_asking(viewer.connection))
        for _ in range(3):
            clock.add(await viewer.expect(wire.Pong), module.local_time_us())
        asking.cancel()
        assert abs(clock.offset_us) <= clock.round_trip_us  # both ends run on the clock of this machine


def test_pauses_grow_and_differ():
    pauses = [delay_s for delay_s, _ in zip(reconnect_delays(), range(8), strict=False)]
    assert pauses[0] < 0.35 and all(3 <= delay_s <= 5 for delay_s in pauses[4:])
    assert len(set(pauses)) == 8


async def test_refused_connection_is_told_in_words():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ClientError, match=r"cannot connect: .*refused; is the server running"):
        async for _ in open_connections(f"ws://127.0.0.1:{port}/"):
            pass


async def test_other_servers_are_recognised(server: RunningServer):
    with pytest.raises(ClientError, match=r"HTTP 40[34]"):
        async for _ in open_connections(f"ws://127.0.0.1:{server.port}/elsewhere"):
            pass


async def test_loading_server_is_waited_for():
    with running_server(FakePipeline(warm_up_s=0.5), wait_ready=False) as server:
        server.wait_until(lambda: server.server.started, "listening")
        async for connection in open_connections(server.url(room="r", role="viewer")):
            manifest = await read_manifest(connection)
            break
        assert manifest.room == "r"


async def test_lost_connection_comes_back(server: RunningServer):
    participants = []
    async for connection in open_connections(server.url(room="r", role="viewer")):
        participants.append((await read_manifest(connection)).participant)
        if len(participants) == 3:
            break
        connection.transport.abort()
    assert len(set(participants)) == 3


async def test_vain_attempts_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "GIVE_UP_S", 0.3)
    listener = await serve(lambda connection: connection.wait_closed(), "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    with pytest.raises(ClientError, match="cannot connect"):
        async for connection in open_connections(f"ws://127.0.0.1:{port}/"):
            listener.close()
            connection.transport.abort()


async def test_refusal_before_the_manifest_is_told(server: RunningServer):
    async for connection in open_connections(server.url(room="r", role="king")):
        with pytest.raises(ClientError, match=r"the server refuses: bad_request: expected role="):
            await read_manifest(connection)
        break


def test_ends_that_pass_and_ends_that_stay():
    stopping = ConnectionClosedError(Close(ERRORS["shutting_down"].close, "come back"), None)
    assert check_end(stopping) == "the connection ended: come back"
    assert "1006" in check_end(ConnectionClosedError(None, None))
    assert "1000" in check_end(ConnectionClosedOK(Close(1000, ""), None))
    for code in ("flooding", "version", "bad_request", "too_large"):
        with pytest.raises(ClientError, match="the server ended the connection: why"):
            check_end(ConnectionClosedError(Close(ERRORS[code].close, "why"), None))
