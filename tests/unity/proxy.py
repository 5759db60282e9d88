"""A TCP proxy that behaves like a bad network: it delays, stalls and bursts, swallows, cuts and refuses."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from contextlib import suppress

CHUNK_BYTES = 4096


class BadNetwork:
    """Forwards connections to a port of this machine, in a thread of its own; any thread may call.

    TCP delivers in order, so nothing is reordered: a packet that a real network delays shows as a stall of
    all that follows it, and then a burst.
    """

    def __init__(self, target_port: int, seed: int = 1) -> None:
        self.target_port = target_port
        self.delay_s = 0.0
        self.jitter_s = 0.0
        self.bytes_to_clients = 0
        self._random = random.Random(seed)
        self._refusing = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(self._listen())
        self.port: int = self._server.sockets[0].getsockname()[1]

    def stall(self) -> None:
        """Hold back everything, in both directions."""
        self._soon(self._flowing.clear)

    def flow(self) -> None:
        """Let everything through that was held back, at once."""
        self._soon(self._flowing.set)

    def cut(self) -> None:
        """Break all connections, without a goodbye."""
        self._soon(lambda: [link.abort() for link in list(self._links)])

    def swallow(self) -> None:
        """From now on nothing of the present connections arrives, though they seem to live."""
        self._soon(lambda: [link.swallow() for link in self._links])

    def refuse(self, refusing: bool) -> None:
        """Whether new connections are broken at once."""
        self._refusing = refusing

    def close(self) -> None:
        """End everything."""
        self.cut()
        self._soon(self._server.close)
        self._call(asyncio.sleep(0.05))
        self._soon(self._loop.stop)
        self._thread.join(5)

    def transit_s(self) -> float:
        """How long the next chunk takes."""
        return self.delay_s + self.jitter_s * self._random.random()

    async def wait_flowing(self) -> None:
        """Wait until nothing is held back."""
        await self._flowing.wait()

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(self, (reader, writer), (far_reader, far_writer))
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)

    def _soon(self, action: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(action)

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Link:
    """One forwarded connection."""

    def __init__(self, network: BadNetwork, client: Ends, server: Ends) -> None:
        self._network = network
        self._client = client
        self._server = server
        self._swallowing = False

    def abort(self) -> None:
        """Break both sides."""
        for _, writer in (self._client, self._server):
            writer.transport.abort()

    def swallow(self) -> None:
        """Throw away whatever comes from now on."""
        self._swallowing = True

    async def run(self) -> None:
        """Forward until one side ends."""
        up = asyncio.create_task(self._forward(self._client[0], self._server[1], False))
        down = asyncio.create_task(self._forward(self._server[0], self._client[1], True))
        await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
        if not self._swallowing:
            for _, writer in (self._client, self._server):
                with suppress(OSError):
                    writer.close()
        await asyncio.wait({up, down})

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to_client: bool
    ) -> None:
        """Read at once, write when a chunk's time has come: a delay does not slow the sender."""
        loop = asyncio.get_running_loop()
        chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        writing = asyncio.create_task(self._write(chunks, writer, to_client))
        with suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                chunks.put_nowait((loop.time() + self._network.transit_s(), data))
        chunks.put_nowait((0.0, b""))
        await writing

    async def _write(
        self, chunks: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, to_client: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due_s, data = await chunks.get()
            if not data:
                return
            await asyncio.sleep(max(0.0, due_s - loop.time()))
            await self._network.wait_flowing()
            if self._swallowing:
                continue
            self._network.bytes_to_clients += len(data) if to_client else 0
            with suppress(OSError):
                writer.write(data)
                await writer.drain()
