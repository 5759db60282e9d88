"""The publishing side of one client: its frames on their way in, its results, its face at rest."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from engines.errors import FacecastError
from engines.face import Frame, FrameResult
from server import wire
from server.errors import NoFaceError, OverloadedError, RateError
from server.limits import TokenBucket, frame_bucket
from server.rooms import PacketVariants, Participant
from server.slot import PendingFrame

if TYPE_CHECKING:
    from server.service import Service

CAPTURE_TIMEOUT_S = 3.0  # a neutral capture needs half a second of frames with a face
RATE_ERRORS_PER_SECOND = 1.0
CLOCK_NEWS_US = 1000  # a smaller change of the clock's offset is measurement noise


class Publisher:
    """What one publisher has besides its socket. All calls on the event loop."""

    def __init__(
        self,
        participant: Participant,
        stream: Any,
        service: Service,
        notify: Callable[[bytes], None],
        report: Callable[..., None],
    ) -> None:
        self.participant = participant
        self.stream = stream
        self._batcher = service.batcher
        self._bus = service.rooms.bus
        self._counters = service.counters
        self._max_fps = service.settings.max_fps
        self._max_age_ms = service.settings.max_frame_age_ms
        self._notify = notify
        self._report = report
        self._frames = frame_bucket(self._max_fps)
        self._rate_errors = TokenBucket(RATE_ERRORS_PER_SECOND, 1)
        self._overload_errors = TokenBucket(RATE_ERRORS_PER_SECOND, 1)
        self._capture_deadline: asyncio.TimerHandle | None = None
        self._giving_up: asyncio.Task | None = None
        self._closed = False

    def take_frame(self, message: wire.FrameMessage) -> None:
        """Put a frame into the slot, unless frames come too fast."""
        self._counters.frames_received += 1
        if not self._frames.take():
            self._counters.frames_over_rate += 1
            if self._rate_errors.take():
                text = f"expected at most {self._max_fps:g} frames per second, some are dropped"
                self._report(RateError(text, message.sequence))
            return
        frame = Frame(message.format, message.payload, message.capture_time_us / 1e6, message.size_hw)
        self._batcher.put(PendingFrame(self, frame, message.sequence, message.capture_time_us))

    def deliver(self, pending: PendingFrame, result: FrameResult | Exception) -> None:
        """Send a frame's faces to the room, or its error to the publisher."""
        if self._closed:
            return
        if isinstance(result, Exception):
            error = result if isinstance(result, FacecastError) else FacecastError(str(result))
            self._report(error, pending.sequence)
            return
        number = self.participant.id
        pack = partial(wire.encode_packet, number, pending.sequence, pending.capture_time_us, result)
        try:
            self._bus.publish_packet(self.participant.room, PacketVariants(number, pack))
        except FacecastError as error:
            self._report(error, pending.sequence)
        for track in result.lost_tracks:
            self._bus.publish_event(self.participant.room, wire.Event("lost_face", number, track=track))
        self._finish_capture()

    def expire(self, pending: PendingFrame, age_s: float) -> None:
        """Tell the publisher, at most once a second, that its frames wait too long and are dropped."""
        if not self._closed and self._overload_errors.take():
            text = f"expected a turn within {self._max_age_ms:g} ms, the frame waited {1000 * age_s:.0f} ms"
            self._report(OverloadedError(text, pending.sequence))

    async def capture_neutral(self) -> None:
        """Begin to capture the face at rest; the answer follows when enough frames were seen."""
        self._stop_deadline()
        await self._batcher.call(self.stream.capture_neutral)
        loop = asyncio.get_running_loop()
        self._capture_deadline = loop.call_later(CAPTURE_TIMEOUT_S, self._give_up_capture)

    async def set_neutral(self, data: bytes) -> None:
        """Use a neutral that the client kept. Raises: CalibrationError if it is damaged."""
        await self._batcher.call(self.stream.set_neutral, data)
        self._stop_deadline()

    def announce_clock(self, clock_offset_us: int) -> None:
        """Tell the room how this publisher's clock relates to the server's, when that is news."""
        known = self.participant.clock_offset_us
        if known is not None and abs(known - clock_offset_us) < CLOCK_NEWS_US:
            return
        self.participant.clock_offset_us = clock_offset_us
        event = wire.Event("clock", self.participant.id, clock_offset_us=clock_offset_us)
        self._bus.publish_event(self.participant.room, event)

    def close(self) -> None:
        """Forget the frame that waits and a capture under way."""
        self._closed = True
        self._stop_deadline()
        self._batcher.discard(self)

    def _finish_capture(self) -> None:
        if self._capture_deadline is None or self.stream.capturing:
            return
        neutral = self.stream.neutral
        if neutral is not None:
            self._stop_deadline()
            self._notify(wire.encode_neutral(neutral))

    def _give_up_capture(self) -> None:
        self._capture_deadline = None
        self._giving_up = asyncio.create_task(self._cancel_capture())

    async def _cancel_capture(self) -> None:
        text = f"expected a face in the frames of half a second, saw too few within {CAPTURE_TIMEOUT_S:g} s"
        try:
            await self._batcher.call(self.stream.cancel_capture)
            raise NoFaceError(text)
        except FacecastError as error:
            self._report(error)

    def _stop_deadline(self) -> None:
        if self._capture_deadline is not None:
            self._capture_deadline.cancel()
            self._capture_deadline = None
