"""A real server on a real socket, in a thread of the test's process, and clients that speak its protocol."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import httpx
from websockets.asyncio.client import ClientConnection, connect

from proto.tables import STREAM_PATH, SUBPROTOCOL
from server import wire
from server.app import create_app
from server.client import StreamConnection
from server.serve import GracefulServer, build_server, open_listener
from server.service import Service
from server.settings import Settings

PATIENCE_S = 30.0  # of a machine that is busy with something else
Message = TypeVar("Message")


class RunningServer:
    """Where a server listens, and a look inside."""

    def __init__(self, server: GracefulServer, port: int) -> None:
        self.server = server
        self.port = port

    @property
    def service(self) -> Service:
        """The state of the server."""
        return self.server.service

    def http(self, path: str) -> httpx.Response:
        """Ask by HTTP."""
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE_S)

    def url(self, **query: str) -> str:
        """The stream's address with this query."""
        return f"ws://127.0.0.1:{self.port}{STREAM_PATH}?{httpx.QueryParams(query)}"

    @asynccontextmanager
    async def client(self, role: str = "viewer", room: str = "r", name: str = "") -> AsyncIterator[Client]:
        """Connect and read the manifest."""
        async with connect_raw(self.url(room=room, role=role, name=name)) as connection:
            client = Client(connection)
            client.manifest = await client.expect(wire.Manifest)
            yield client

    async def raw_connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Make a viewer's WebSocket handshake by hand, for clients that then break the rules."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        headers = {
            "Host": "x",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Protocol": SUBPROTOCOL,
        }
        lines = [
            f"GET {STREAM_PATH}?room=r&role=viewer HTTP/1.1",
            *(f"{key}: {headers[key]}" for key in headers),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
        assert b" 101 " in head.splitlines()[0], head
        return reader, writer

    def wait_until(self, condition: Callable[[], Any], what: str) -> None:
        """Wait until something became true inside the server."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline_s, f"never came true: {what}"
            time.sleep(0.005)


def connect_raw(url: str, subprotocols: tuple[str, ...] | None = (SUBPROTOCOL,), **options: Any) -> connect:
    """Connect without a proxy and without compression."""
    options = {"compression": None, "proxy": None, "create_connection": StreamConnection} | options
    return connect(url, subprotocols=subprotocols, **options)


class Client:
    """One client of the stream."""

    manifest: wire.Manifest

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.sequence = 0

    async def publish(self, payload: bytes = b"", format: str = "jpeg") -> int:
        """Send one frame; return its sequence."""
        self.sequence += 1
        await self.connection.send(wire.encode_frame(self.sequence, self.sequence * 1000, format, payload))
        return self.sequence

    async def send(self, data: bytes | str) -> None:
        """Send anything."""
        await self.connection.send(data)

    async def receive_bytes(self) -> bytes:
        """Get the next message as it is."""
        return await asyncio.wait_for(self.connection.recv(), PATIENCE_S)

    async def receive(self) -> wire.ServerMessage:
        """Get the next message."""
        return wire.decode_server_message(await self.receive_bytes())

    async def expect(self, kind: type[Message]) -> Message:
        """Get the next message, which must be of this kind."""
        message = await self.receive()
        assert isinstance(message, kind), f"expected a {kind.__name__}, got {message}"
        return message

    async def skip_to(self, kind: type[Message]) -> Message:
        """Get the next message of this kind, whatever comes before it."""
        while not isinstance(message := await self.receive(), kind):
            pass
        return message

    async def closed(self) -> tuple[int, str]:
        """Wait for the end of the connection; return its code and reason."""
        await asyncio.wait_for(self.connection.wait_closed(), PATIENCE_S)
        return self.connection.close_code, self.connection.close_reason


@contextmanager
def running_server(pipeline: Any, wait_ready: bool = True, **settings: Any) -> Iterator[RunningServer]:
    """Serve on a free port in a thread until the block ends."""
    # On a busy machine a frame may wait long without a fault of the server; tests of that say so.
    chosen = Settings(port=0, **({"max_frame_age_ms": 60_000} | settings))
    listener = open_listener(chosen)
    server = build_server(create_app(chosen, pipeline), chosen)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    running = RunningServer(server, listener.getsockname()[1])
    try:
        if wait_ready:
            running.wait_until(lambda: server.started and server.service.ready, "ready")
        yield running
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        assert not thread.is_alive(), "the server did not stop"
