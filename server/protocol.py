"""Uvicorn's WebSocket protocol with the little that a live stream needs beyond it.

Small send buffers, so that a slow reader gets its packets late rather than old ones; a way to cut a
client that takes nothing; and a refusal of a too large message that really arrives, with a coded error.
"""

from __future__ import annotations

import socket
from asyncio.transports import BaseTransport

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request

from server.errors import TooLargeError
from server.wire import encode_error

ABORT = "facecast.abort"  # the ASGI extension that cuts the connection at once
SEND_BUFFER_BYTES = 64 * 1024  # of the kernel; more only makes what a slow reader sees older
GOODBYE_S = 2.0  # how long a client that sent too much may take to read why


class StreamProtocol(WebSocketsSansIOProtocol):
    """One WebSocket connection of the server."""

    discarding = False

    def connection_made(self, transport: BaseTransport) -> None:
        """Keep little unsent: sending waits as soon as the kernel takes no more."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    def handle_connect(self, event: Request) -> None:
        """Offer the application a way to cut this connection."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["extensions"][ABORT] = {"abort": self.transport.abort}

    def data_received(self, data: bytes) -> None:
        """Take bytes; after a refusal throw them away, for unread ones would reset the connection."""
        if not self.discarding:
            super().data_received(data)

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
