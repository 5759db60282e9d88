"""One client: its WebSocket from the handshake to the goodbye.

Receiving and sending are separate tasks, so that neither waits for the other: what the client sends
is read here, what it gets waits in its outbox until its socket takes it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from fastapi import WebSocket, WebSocketDisconnect
from fastapi.responses import PlainTextResponse
from websockets.frames import CloseCode

from engines.errors import FacecastError
from proto import tables
from server import wire
from server.clock import server_time_us
from server.errors import (
    FloodingError,
    ServerFullError,
    ShuttingDownError,
    WrongRoleError,
    error_spec,
)
from server.handshake import StreamRequest, check_subprotocol, parse_request
from server.hub import Outbox, OutboxFullError
from server.limits import TokenBucket
from server.manifest import build_manifest, limits_in_force
from server.protocol import DIRECT
from server.publisher import Publisher
from server.rooms import PacketVariants, Participant
from server.service import stream_options

if TYPE_CHECKING:
    from server.service import Service

log = logging.getLogger(__name__)

BAD_MESSAGES_FORGIVEN_PER_SECOND = 1.0
# What the server could not do is no fault of the client's; `rate` has a limit of its own.
NOT_HELD_AGAINST = ("rate", "overloaded", "internal")
SHORT_ARRAY = 0x90  # msgpack: the first byte of an array of up to 15 items is 0x90 plus their number
REASON_BYTES = 120  # a WebSocket close frame holds 123


async def serve_stream(websocket: WebSocket, service: Service) -> None:
    """Serve one client from its request to its end."""
    if not service.ready:
        # No manifest can be written before the models are there.
        text = f"Facecast is {service.state}: try again in a few seconds.\n"
        await websocket.send_denial_response(PlainTextResponse(text, 503, {"Retry-After": "2"}))
        return
    session = Session(websocket, service)
    service.sessions.add(session)
    service.counters.connections += 1
    try:
        await session.run()
    finally:
        service.sessions.discard(session)


class Session:
    """The state of one connection."""

    def __init__(self, websocket: WebSocket, service: Service) -> None:
        self.websocket = websocket
        self.service = service
        self.settings = service.settings
        self.limits = limits_in_force(service.settings)
        self.outbox = Outbox(send_now=self._send_now)
        self.encoding: str = "u8"
        self.landmarks: bool = False
        self.participant: Participant | None = None
        self.publisher: Publisher | None = None
        self.task: asyncio.Task | None = None
        self._was_cut = False
        self._direct: dict[str, Callable] | None = websocket.scope["extensions"].get(DIRECT)
        self._listening = False  # nothing that came earlier is still being handled
        rate = self.settings.max_messages_per_second
        self._messages = TokenBucket(rate, rate)
        self._bad_messages = TokenBucket(BAD_MESSAGES_FORGIVEN_PER_SECOND, self.settings.max_bad_messages)

    # Life ---------------------------------------------------------------------------------

    async def run(self) -> None:
        """Accept, join the room, receive until the client leaves, and clean up."""
        self.task = asyncio.current_task()
        offered = self.websocket.scope["subprotocols"]
        chosen = tables.SUBPROTOCOL if tables.SUBPROTOCOL in offered else None
        # Also a client without our subprotocol is accepted, only to be told what is missing:
        # a refused handshake would hide the reason from browsers.
        await self.websocket.accept(subprotocol=chosen)
        writer = asyncio.create_task(self._write(), name="writer")
        try:
            check_subprotocol(offered)
            self._enter(parse_request(self.websocket.query_params))
            await self._receive()
        except FacecastError as error:
            self.service.counters.refused += self.participant is None
            self.report(error)
        except WebSocketDisconnect:
            pass
        finally:
            self._leave()
            self.outbox.close(CloseCode.NORMAL_CLOSURE, "")
            await self._finish(writer)

    def _enter(self, request: StreamRequest) -> None:
        """Join the room and send the manifest. Raises: RoomFullError, ServerFullError."""
        service = self.service
        if not service.ready:
            raise ShuttingDownError("the server is stopping; come back later")
        if len(service.sessions) > self.settings.max_connections:
            raise ServerFullError(f"expected at most {self.settings.max_connections} connections")
        self.participant = service.rooms.admit(request.room, request.role, request.name)
        present = service.rooms.join(self)
        if self.participant.publishes:
            stream = service.pipeline.open_stream(stream_options(self.settings))
            self.publisher = Publisher(self.participant, stream, service, self.notify, self.report)
        self.notify(build_manifest(self.participant, present, service.description, self.limits))
        for other in present:
            if other.clock_offset_us is not None:
                self.take_event(wire.Event("clock", other.id, clock_offset_us=other.clock_offset_us))
        log.info("joined", extra=self._identity())

    def _leave(self) -> None:
        if self.publisher is not None:
            self.publisher.close()
        if self.participant is not None:
            self.service.rooms.leave(self)
            log.info("left", extra=self._identity() | {"packets_dropped": self.outbox.dropped})
        self.service.counters.packets_dropped += self.outbox.dropped
        self.service.counters.packets_sent += self.outbox.taken

    def _identity(self) -> dict:
        participant = self.participant
        return {
            "participant": participant.id,
            "room": participant.room,
            "role": participant.role,
            "participant_name": participant.name,
        }

    def say_goodbye(self) -> None:
        """Tell the client that the server stops, and end the connection."""
        self.report(ShuttingDownError("the server is stopping; come back later"))

    # What the client sends ----------------------------------------------------------------

    async def _receive(self) -> None:
        """Read messages until the client leaves or a fatal error ends the connection."""
        if self._direct is not None:
            self._direct["listen"](self.take_now)
        while self.outbox.closing is None:
            self._listening = True
            message = await self.websocket.receive()
            self._listening = False
            if message["type"] == "websocket.disconnect":
                return
            arrived_us = server_time_us()
            data = message.get("bytes")
            if data is None:
                data = message.get("text") or ""
            self.service.counters.bytes_received += len(data)
            try:
                await self._handle(wire.decode_client_message(data, self.limits), arrived_us)
            except FacecastError as error:
                self.report(error)
            # Others get their turn after each message; a flood waits in its client's own socket.
            await asyncio.sleep(0)
            while not self._messages.take():
                await asyncio.sleep(self._messages.wait_s())

    def take_now(self, data: bytes) -> bool:
        """Take a frame the moment it has arrived, which is quicker than to wake the task that receives.

        Returns: False for what that task is to take: all but frames, and what comes too often.
        """
        is_frame = len(data) > 1 and data[0] & 0xF0 == SHORT_ARRAY and data[1] == tables.FRAME
        if not (is_frame and self._listening and self.publisher is not None and self._messages.take()):
            return False
        self.service.counters.bytes_received += len(data)
        try:
            self.publisher.take_frame(wire.decode_client_message(data, self.limits))
        except FacecastError as error:
            self.report(error)
        return True

    async def _handle(self, message: wire.ClientMessage, arrived_us: int) -> None:
        """Do what a message asks for. Raises: FacecastError for what cannot be done."""
        if isinstance(message, wire.FrameMessage):
            self._publishing().take_frame(message)
        elif isinstance(message, wire.Ping):
            self.notify(wire.encode_pong(message, arrived_us, server_time_us()))
            if self.publisher is not None and message.clock_offset_us is not None:
                self.publisher.announce_clock(message.clock_offset_us)
        elif isinstance(message, wire.Options):
            self._choose(message)
        elif isinstance(message, wire.Calibrate):
            await self._publishing().capture_neutral()
        elif isinstance(message, wire.SetNeutral):
            await self._publishing().set_neutral(message.data)
        elif isinstance(message, wire.Hello):
            self._choose(message.options)
            if message.neutral is not None:
                await self._publishing().set_neutral(message.neutral)

    def _publishing(self) -> Publisher:
        if self.publisher is None:
            raise WrongRoleError("expected a message that a viewer may send; only publishers send this one")
        return self.publisher

    def _choose(self, options: wire.Options) -> None:
        if options.encoding is not None:
            self.encoding = options.encoding
        if options.landmarks is not None:
            self.landmarks = options.landmarks

    # What the client gets -----------------------------------------------------------------

    def take_packet(self, variants: PacketVariants) -> None:
        """Keep a publisher's newest packet for the client, in the form it asked for."""
        self.outbox.put_packet(variants.publisher, variants.packed(self.encoding, self.landmarks))

    def take_event(self, event: wire.Event) -> None:
        """Keep an event of the room for the client."""
        if event.kind == "left":
            self.outbox.forget(event.participant)
        self.notify(
            wire.encode_event(
                event.kind, event.participant, event.name, event.track, event.role, event.clock_offset_us
            )
        )

    def notify(self, message: bytes) -> None:
        """Keep a message that must not be lost; a client that leaves too many unread is cut."""
        try:
            self.outbox.put_notice(message)
        except OutboxFullError:
            self._cut("it left too many messages unread")

    def report(self, error: FacecastError, sequence: int | None = None) -> None:
        """Send a coded error; a fatal one, or one too many, ends the connection."""
        if self.outbox.closing is not None:
            return
        spec = error_spec(error)
        if not (spec.fatal or error.code in NOT_HELD_AGAINST or self._bad_messages.take()):
            error = FloodingError(f"expected at most {self.settings.max_bad_messages} messages with errors")
            spec = error_spec(error)
        self.service.counters.errors_sent += 1
        self.notify(wire.encode_error(error, sequence))
        if spec.fatal:
            reason = str(error).encode()[:REASON_BYTES].decode(errors="ignore")
            # The writer closes the socket after what waits, and that ends the receiving as well.
            self.outbox.close(spec.close, reason)

    def _send_now(self, packet: bytes) -> bool:
        """Write a packet at once, unless the socket is still full of what came before."""
        if self._direct is None or not self._direct["send"](packet):
            return False
        self.service.counters.bytes_sent += len(packet)
        return True

    async def _write(self) -> None:
        """Send what waits until the outbox is closed; cut a client that takes nothing."""
        timeout_s = self.settings.send_timeout_s
        counters = self.service.counters
        try:
            while (data := await self.outbox.next()) is not None:
                async with asyncio.timeout(timeout_s):
                    await self.websocket.send_bytes(data)
                counters.bytes_sent += len(data)
            code, reason = self.outbox.closing
            async with asyncio.timeout(timeout_s):
                await self.websocket.close(code, reason)
        except TimeoutError:
            self._cut(f"it took nothing for {timeout_s:g} s")
        except (WebSocketDisconnect, RuntimeError):
            pass  # the client is gone; the server's stack raises either, depending on who closed first

    async def _finish(self, writer: asyncio.Task) -> None:
        """Let the last messages go out; a writer always ends by its own time-outs."""
        await asyncio.wait({writer}, timeout=2 * self.settings.send_timeout_s)
        writer.cancel()
        with suppress(asyncio.CancelledError):
            await writer

    def _cut(self, why: str) -> None:
        """End the connection at once, without waiting for a client that does not read."""
        if self._was_cut:
            return
        self._was_cut = True
        self.service.counters.clients_cut += 1
        log.warning("cut a client: %s", why, extra=self._identity() if self.participant else {})
        self.outbox.close(CloseCode.TRY_AGAIN_LATER, why)
        if self._direct is not None:
            self._direct["abort"]()
