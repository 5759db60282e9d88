"""The newest frame of every publisher: a newer one replaces an older one, and none is ever queued."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Protocol

from engines.face import Frame, FrameResult


class FrameReceiver(Protocol):
    """Who a frame belongs to: it holds the publisher's state and takes the result."""

    stream: Any  # what Pipeline.open_stream returned

    def deliver(self, pending: PendingFrame, result: FrameResult | Exception) -> None:
        """Take the faces of a frame, or the error that it met; called on the event loop."""


@dataclass(slots=True)
class PendingFrame:
    """A frame that waits for its pass."""

    receiver: FrameReceiver
    frame: Frame
    sequence: int
    capture_time_us: int
    arrived_s: float = field(default_factory=time.monotonic)


class SlotTable:
    """One slot per publisher, in the order in which publishers began to wait.

    A replaced frame keeps its publisher's place, so that a fast publisher neither loses its turn nor
    takes another's.
    """

    def __init__(self, max_age_s: float) -> None:
        self.max_age_s = max_age_s
        self.replaced = 0
        self.expired = 0
        self._waiting: OrderedDict[FrameReceiver, PendingFrame] = OrderedDict()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, pending: PendingFrame) -> bool:
        """Offer a frame; return True when it replaced an older one that was still waiting."""
        replaced = pending.receiver in self._waiting
        self._waiting[pending.receiver] = pending
        self.replaced += replaced
        return replaced

    def take(self, count: int) -> list[PendingFrame]:
        """Take one frame of each of the publishers that wait longest, at most `count`; drop expired ones."""
        taken = []
        oldest_s = time.monotonic() - self.max_age_s
        while self._waiting and len(taken) < count:
            _, pending = self._waiting.popitem(last=False)
            if pending.arrived_s < oldest_s:
                self.expired += 1
            else:
                taken.append(pending)
        return taken

    def discard(self, receiver: FrameReceiver) -> None:
        """Forget the frame of a publisher that left."""
        self._waiting.pop(receiver, None)
