"""Uvicorn's WebSocket protocol with the little that a live stream needs beyond it.

Small send buffers, so that a slow reader gets its packets late rather than old ones; a way to cut a
client that takes nothing; and a refusal of a too large message that really arrives, with a coded error.
"""

from __future__ import annotations

import logging
import socket
from asyncio.transports import BaseTransport
from collections.abc import Callable

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request

from server.errors import TooLargeError
from server.wire import encode_error

# The ASGI extension: `abort` cuts the connection at once; `send` writes a message at once or returns False;
# `listen` names who may take a message the moment it has arrived.
DIRECT = "facecast.direct"
SEND_BUFFER_BYTES = 64 * 1024  # of the kernel; more only makes what a slow reader sees older
GOODBYE_S = 2.0  # how long a client that sent too much may take to read why


log = logging.getLogger(__name__)


class Unfinished:
    """Bytes of half-received messages of all connections together, and how many there may be."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0


class StreamProtocol(WebSocketsSansIOProtocol):
    """One WebSocket connection of the server."""

    discarding = False
    listener: Callable[[bytes], bool] | None = None
    unfinished: Unfinished  # shared; see `limited_protocol`
    held = 0  # this connection's part of it

    def connection_made(self, transport: BaseTransport) -> None:
        """Keep little unsent: sending waits as soon as the kernel takes no more. And send at once.

        asyncio turns Nagle's algorithm off only on sockets that were opened with TCP named as their protocol,
        which an inherited or bound listener may not be; a packet would then wait for the receipt of the one
        before, up to 40 ms.
        """
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            if connection.family in (socket.AF_INET, socket.AF_INET6):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle_connect(self, event: Request) -> None:
        """Offer the application the short ways to this connection."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            ways = {"abort": self.transport.abort, "send": self.send_now, "listen": self.listen}
            self.scope["extensions"][DIRECT] = ways

    def listen(self, listener: Callable[[bytes], bool] | None) -> None:
        """Offer each whole binary message to `listener` first, unless others wait before it."""
        self.listener = listener

    def send_receive_event_to_app(self) -> None:
        """Give a message to whoever listens; what it leaves goes the usual way, through the queue."""
        if self.listener is not None and self.curr_msg_data_type == "bytes" and not self.read_paused:
            data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
            if not self.close_sent and self.listener(data):
                self.frames = []
                return
        super().send_receive_event_to_app()

    def send_now(self, data: bytes) -> bool:
        """Write a binary message if the socket takes it at once. Returns: whether it was taken."""
        if self.close_sent or self.disconnected or not self.writable.is_set() or self.transport.is_closing():
            return False
        try:
            self.conn.send_binary(data)
        except InvalidState:
            return False
        self.transport.write(b"".join(self.conn.data_to_send()))
        return True

    def data_received(self, data: bytes) -> None:
        """Take bytes; after a refusal throw them away, for unread ones would reset the connection."""
        if not self.discarding:
            super().data_received(data)
            self._hold(len(self.conn.reader.buffer) + sum(map(len, self.frames)))

    def connection_lost(self, exc: Exception | None) -> None:
        """Give back what was held."""
        super().connection_lost(exc)
        self._hold(0)

    def _hold(self, held: int) -> None:
        """Account for a half-received message, and cut the connection when all together are too much."""
        self.unfinished.held += held - self.held
        self.held = held
        if held and self.unfinished.held > self.unfinished.most:
            log.warning("cut a client: half-received messages are over %d bytes", self.unfinished.most)
            self.transport.abort()

    def handle_parser_exception(self) -> None:
        """Refuse a message that is too large or breaks the protocol, and let the client read why."""
        if self.conn.close_sent is None:  # the handshake is not over: nobody to tell
            self.transport.abort()
            return
        code, reason = self.conn.close_sent.code, self.conn.close_sent.reason
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        if code == CloseCode.MESSAGE_TOO_BIG:
            most = self.config.ws_max_size
            error = TooLargeError(f"expected a message of at most {most} bytes, got a larger one")
            self.transport.write(Frame(Opcode.BINARY, encode_error(error)).serialize(mask=False))
        self.transport.write(b"".join(self.conn.data_to_send()))
        # Half-closed and read on, as RFC 6455 (7.1.1) advises: the client reads all, then closes its side.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.close_sent = True
        self.discarding = True
        self.transport.resume_reading()
        self.close_timer = self.loop.call_later(GOODBYE_S, self.transport.close)


def limited_protocol(max_unfinished_bytes: int) -> type[StreamProtocol]:
    """Make the protocol of one server, whose connections share a limit."""
    return type("StreamProtocol", (StreamProtocol,), {"unfinished": Unfinished(max_unfinished_bytes)})
