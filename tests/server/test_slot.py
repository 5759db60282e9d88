"""One newest frame per publisher, and turns by waiting time."""

from __future__ import annotations

import time

from engines.face import Frame
from server.slot import PendingFrame, SlotTable


class Publisher:
    """Stands for a publisher; only its identity matters here."""

    stream = None

    def deliver(self, pending: PendingFrame, result: object) -> None:
        """Not called by the table."""


def pending(publisher: Publisher, sequence: int) -> PendingFrame:
    return PendingFrame(publisher, Frame("jpeg", b"", 0.0), sequence, 0)


def sequences(taken: list[PendingFrame]) -> list[int]:
    return [frame.sequence for frame in taken]


def test_newer_frame_replaces_older_and_is_counted():
    slots, publisher = SlotTable(1.0), Publisher()
    assert slots.put(pending(publisher, 1)) is False
    assert slots.put(pending(publisher, 2)) is True
    assert sequences(slots.take(8)) == [2]
    assert (slots.replaced, len(slots)) == (1, 0)


def test_replacing_keeps_the_turn():
    slots, early, late = SlotTable(1.0), Publisher(), Publisher()
    slots.put(pending(early, 1))
    slots.put(pending(late, 10))
    slots.put(pending(early, 2))
    assert sequences(slots.take(1)) == [2]
    assert sequences(slots.take(1)) == [10]


def test_fast_publisher_takes_no_turn_of_others():
    slots = SlotTable(1.0)
    publishers = [Publisher() for _ in range(4)]
    served = {publisher: 0 for publisher in publishers}
    for _ in range(40):
        for publisher in publishers:
            slots.put(pending(publisher, 0))
        slots.put(pending(publishers[0], 0))
        for frame in slots.take(2):
            served[frame.receiver] += 1
    assert list(served.values()) == [20, 20, 20, 20]


def test_frame_that_waited_too_long_is_dropped_and_counted():
    slots, old, fresh = SlotTable(0.02), Publisher(), Publisher()
    slots.put(pending(old, 1))
    time.sleep(0.03)
    slots.put(pending(fresh, 2))
    assert sequences(slots.take(8)) == [2]
    assert slots.expired == 1


def test_frame_of_a_publisher_that_left_is_forgotten():
    slots, publisher = SlotTable(1.0), Publisher()
    slots.put(pending(publisher, 1))
    slots.discard(publisher)
    slots.discard(publisher)
    assert slots.take(8) == []
