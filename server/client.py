"""What `publish` and `watch` share: addresses, connections that come back, and the clocks of both sides."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, suppress
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect, process_exception
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.frames import CloseCode

from engines.errors import FacecastError
from proto.tables import ERRORS, STREAM_PATH, SUBPROTOCOL
from server import wire
from server.manifest import product_version

DEFAULT_URL = "ws://127.0.0.1:8000"
PING_INTERVAL_S = 1.0
FIRST_PINGS = 4  # quickly after each other, so that the clock is known soon
FIRST_PING_INTERVAL_S = 0.05
SAMPLES = 16
GIVE_UP_S = 60.0  # of vain attempts to get a lost connection back
MAX_MESSAGE_BYTES = 1 << 20  # a packet of eight faces with landmarks has 6 kB
# Close codes after which a new attempt would end in the same way.
LASTING_ENDS = {
    spec.close
    for code, spec in ERRORS.items()
    if spec.fatal and code not in ("shutting_down", "server_full", "room_full")
}


class ClientError(FacecastError):
    """The server cannot be reached, or refuses this client."""


def local_time_us() -> int:
    """This client's monotonic clock."""
    return time.monotonic_ns() // 1000


def stream_url(url: str, room: str, role: str, name: str) -> str:
    """Complete a server's address to the one of its stream.

    Raises: ClientError if it is no address of a server.
    """
    parts = urlsplit(url if "://" in url else f"ws://{url}")
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    if scheme not in ("ws", "wss") or not parts.hostname:
        raise ClientError(f"expected an address such as {DEFAULT_URL}, got {url!r}")
    path = parts.path if parts.path.strip("/") else STREAM_PATH
    query = dict(parse_qsl(parts.query)) | {"room": room, "role": role} | ({"name": name} if name else {})
    return urlunsplit((scheme, parts.netloc, path, urlencode(query), ""))


class ClockEstimate:
    """Server clock minus this client's, from the pong that was the shortest on its way."""

    def __init__(self) -> None:
        self._samples: deque[tuple[int, int]] = deque(maxlen=SAMPLES)  # (round trip, offset)
        self._sent = 0

    def add(self, pong: wire.Pong, arrival_us: int) -> None:
        """Learn from a pong."""
        self._samples.append((pong.round_trip_us(arrival_us), pong.clock_offset_us(arrival_us)))

    @property
    def offset_us(self) -> int | None:
        """The best estimate, None before the first pong."""
        return min(self._samples)[1] if self._samples else None

    @property
    def round_trip_us(self) -> int | None:
        """The round trip of that estimate."""
        return max(0, min(self._samples)[0]) if self._samples else None

    async def keep_asking(self, connection: ClientConnection) -> None:
        """Send pings until the connection ends."""
        with suppress(ConnectionClosed):
            while True:
                self._sent += 1
                number = self._sent & 0xFFFFFFFF
                await connection.send(
                    wire.encode_ping(number, local_time_us(), self.offset_us, self.round_trip_us)
                )
                await asyncio.sleep(FIRST_PING_INTERVAL_S if self._sent < FIRST_PINGS else PING_INTERVAL_S)


class _ClosedTransport(asyncio.Transport):
    """Stands for a transport that is gone."""

    def abort(self) -> None:
        """Nothing is left to abort."""


class StreamConnection(ClientConnection):
    """A connection that may be used and closed again after it was lost.

    websockets 17 aborts the transport on each use of a lost connection; asyncio (Python 3.11) fails with an
    AttributeError on that when the transport was closed while it still had something to send.
    """

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the transport."""
        super().connection_lost(exc)
        self.transport = _ClosedTransport()


def reconnect_delays() -> Iterator[float]:
    """Pauses between attempts: growing, and never equal for two clients that lost the same server."""
    for delay_s in itertools.chain((0.25, 0.5, 1.0, 2.0), itertools.repeat(4.0)):
        yield delay_s * random.uniform(0.75, 1.25)


async def open_connections(url: str) -> AsyncIterator[ClientConnection]:
    """Connect, and connect again with growing pauses each time the caller comes back for the next.

    Raises: ClientError when the first attempt fails (a server that still loads is waited for), or when
    no later one succeeds within a minute.
    """
    lost_s: float | None = None

    def judge(error: Exception) -> Exception | None:
        loading = (
            isinstance(error, InvalidStatus) and error.response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        )
        if lost_s is None and not loading:
            return error
        if time.monotonic() - (lost_s or started_s) > GIVE_UP_S:
            return error
        return process_exception(error)

    started_s = time.monotonic()
    attempts = connect(
        url,
        subprotocols=[SUBPROTOCOL],
        compression=None,
        max_size=MAX_MESSAGE_BYTES,
        user_agent_header=f"facecast/{product_version()}",
        process_exception=judge,
        reconnect_delays=reconnect_delays,
        create_connection=StreamConnection,
    )
    try:
        async with aclosing(aiter(attempts)) as connections:
            async for connection in connections:
                yield connection
                lost_s = time.monotonic()
    except InvalidStatus as error:
        body = (error.response.body or b"").decode(errors="replace").strip()
        raise ClientError(f"{url}: HTTP {error.response.status_code}: {body or 'refused'}") from error
    except (InvalidHandshake, EOFError) as error:
        raise ClientError(f"{url}: expected a Facecast server, got: {error}") from error
    except TimeoutError as error:
        raise ClientError(f"{url}: no answer in time") from error
    except OSError as error:
        # asyncio's own text repeats the address instead of the reason.
        text = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise ClientError(
            f"{url}: cannot connect: {text}; is the server running? (facecast serve)"
        ) from error


async def read_manifest(connection: ClientConnection) -> wire.Manifest:
    """Read the first message. Raises: ClientError if the server refuses, ConnectionClosed."""
    message = wire.decode_server_message(await connection.recv())
    if isinstance(message, wire.ErrorMessage):
        raise ClientError(f"the server refuses: {message.code}: {message.text}")
    if not isinstance(message, wire.Manifest):
        raise ClientError(f"expected a manifest as the first message, got {type(message).__name__}")
    return message


def check_end(closed: ConnectionClosed) -> str:
    """Tell in words how a connection ended, when a new attempt makes sense.

    Raises: ClientError when the server would refuse the next attempt too.
    """
    code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (CloseCode.ABNORMAL_CLOSURE, "")
    if code in LASTING_ENDS:
        raise ClientError(f"the server ended the connection: {reason or code}") from closed
    return f"the connection ended: {reason or f'code {code}'}"
