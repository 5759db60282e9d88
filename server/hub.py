"""What waits to be sent to one client: the newest packet of each publisher, and every notice.

A client that reads slowly sees fewer packets, never older ones, and delays nobody: putting something
here never waits. Notices (manifest, events, errors, answers) are kept in order and sent before packets.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

MAX_NOTICES = 256  # events of a full room (64 participants) several times over


class OutboxFullError(Exception):
    """A client took no notices for so long that they no longer fit."""


class Outbox:
    """The latest-wins queue of one client. Used on the event loop only."""

    def __init__(
        self, max_notices: int = MAX_NOTICES, send_now: Callable[[bytes], bool] = lambda packet: False
    ) -> None:
        self.dropped = 0  # packets replaced before they were sent
        self.taken = 0  # packets given out to be sent
        self._max_notices = max_notices
        self._send_now = send_now  # writes a packet at once, or returns False
        self._sending = True  # what `next` gave is perhaps not written yet
        self._notices: deque[bytes] = deque()
        self._packets: dict[int, bytes] = {}  # publisher -> its newest packet, in order of arrival
        self._filled = asyncio.Event()
        self._closing: tuple[int, str] | None = None

    def __len__(self) -> int:
        return len(self._notices) + len(self._packets)

    @property
    def closing(self) -> tuple[int, str] | None:
        """The close code and reason once `close` was called."""
        return self._closing

    def put_packet(self, publisher: int, packet: bytes) -> None:
        """Offer a packet; it takes the place of an unsent one of the same publisher.

        When nothing else waits it is written at once: waking the task that writes takes longer.
        """
        if self._closing is not None:
            return
        if not (self._sending or self._notices or self._packets) and self._send_now(packet):
            self.taken += 1
            return
        self.dropped += publisher in self._packets
        self._packets[publisher] = packet
        self._filled.set()

    def put_notice(self, message: bytes) -> None:
        """Add a message that must not be lost.

        Raises: OutboxFullError when the client has left too many unread.
        """
        if self._closing is not None:
            return
        if len(self._notices) >= self._max_notices:
            raise OutboxFullError(f"expected a client that reads, {len(self._notices)} notices wait for it")
        self._notices.append(message)
        self._filled.set()

    def forget(self, publisher: int) -> None:
        """Drop the unsent packet of a publisher that left."""
        self._packets.pop(publisher, None)

    def close(self, code: int, reason: str) -> None:
        """Let the waiting notices go out, then end; packets are dropped and nothing is taken any more."""
        if self._closing is None:
            self._closing = (code, reason)
            self._packets.clear()
            self._filled.set()

    async def next(self) -> bytes | None:
        """Wait for what to send next; None when closed and empty."""
        self._sending = True
        while True:
            if self._notices:
                return self._notices.popleft()
            if self._packets:
                self.taken += 1
                return self._packets.pop(next(iter(self._packets)))
            if self._closing is not None:
                return None
            self._filled.clear()
            self._sending = False
            await self._filled.wait()
            self._sending = True
