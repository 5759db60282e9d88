"""The newest frame of every publisher: a newer one replaces an older one, and none is ever queued."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Protocol

from engines.face import Frame, FrameResult

LIVELY_S = 1.0  # a publisher that sent nothing for longer is not waited for


class FrameReceiver(Protocol):
    """Who a frame belongs to: it holds the publisher's state and takes what became of the frame."""

    stream: Any  # what Pipeline.open_stream returned

    def deliver(self, pending: PendingFrame, result: FrameResult | Exception) -> None:
        """Take the faces of a frame, or the error that it met; called on the event loop."""

    def expire(self, pending: PendingFrame, age_s: float) -> None:
        """Learn that a frame was dropped because it waited too long; called on the event loop."""


@dataclass(slots=True)
class PendingFrame:
    """A frame that waits for its pass."""

    receiver: FrameReceiver
    frame: Frame
    sequence: int
    capture_time_us: int
    arrived_s: float = field(default_factory=time.monotonic)


@dataclass(slots=True)
class Rhythm:
    """When a publisher's frames come."""

    last_s: float
    interval_s: float = LIVELY_S  # a mean that follows the last few

    def feel(self, arrived_s: float) -> None:
        """Learn from an arrival."""
        interval_s = min(arrived_s - self.last_s, LIVELY_S)
        known = self.interval_s < LIVELY_S
        self.interval_s += (interval_s - self.interval_s) / (4 if known else 1)
        self.last_s = arrived_s

    def expects(self, now_s: float, until_s: float) -> bool:
        """Whether the next frame should come by `until_s`; one that is a whole turn late is not expected."""
        next_s = self.last_s + self.interval_s
        return now_s - self.interval_s < next_s <= until_s


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
        self._rhythms: dict[FrameReceiver, Rhythm] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, pending: PendingFrame) -> bool:
        """Offer a frame; return True when it replaced an older one that was still waiting."""
        replaced = pending.receiver in self._waiting
        self._waiting[pending.receiver] = pending
        self.replaced += replaced
        rhythm = self._rhythms.get(pending.receiver)
        if rhythm is None:
            self._rhythms[pending.receiver] = Rhythm(pending.arrived_s)
        else:
            rhythm.feel(pending.arrived_s)
        return replaced

    def count_expected(self, now_s: float, until_s: float) -> int:
        """Count the publishers without a waiting frame whose next one should come by `until_s`."""
        return sum(
            receiver not in self._waiting and rhythm.expects(now_s, until_s)
            for receiver, rhythm in self._rhythms.items()
        )

    def take(self, count: int) -> tuple[list[PendingFrame], list[PendingFrame]]:
        """Take one frame of each of the publishers that wait longest.

        Returns: at most `count` frames, and those that were dropped since they waited too long.
        """
        taken, expired = [], []
        oldest_s = time.monotonic() - self.max_age_s
        while self._waiting and len(taken) < count:
            _, pending = self._waiting.popitem(last=False)
            (expired if pending.arrived_s < oldest_s else taken).append(pending)
        self.expired += len(expired)
        return taken, expired

    def discard(self, receiver: FrameReceiver) -> None:
        """Forget a publisher that left, and its frame."""
        self._waiting.pop(receiver, None)
        self._rhythms.pop(receiver, None)
