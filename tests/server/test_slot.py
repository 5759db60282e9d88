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

    def expire(self, pending: PendingFrame, age_s: float) -> None:
        """Not called by the table."""


def pending(publisher: Publisher, sequence: int, arrived_s: float | None = None) -> PendingFrame:
    frame = PendingFrame(publisher, Frame("jpeg", b"", 0.0), sequence, 0)
    if arrived_s is not None:
        frame.arrived_s = arrived_s
    return frame


def sequences(taken: list[PendingFrame]) -> list[int]:
    return [frame.sequence for frame in taken]


def test_newer_frame_replaces_older_and_is_counted():
    slots, publisher = SlotTable(1.0), Publisher()
    assert slots.put(pending(publisher, 1)) is False
    assert slots.put(pending(publisher, 2)) is True
    assert sequences(slots.take(8)[0]) == [2]
    assert (slots.replaced, len(slots)) == (1, 0)


def test_replacing_keeps_the_turn():
    slots, early, late = SlotTable(1.0), Publisher(), Publisher()
    slots.put(pending(early, 1))
    slots.put(pending(late, 10))
    slots.put(pending(early, 2))
    assert sequences(slots.take(1)[0]) == [2]
    assert sequences(slots.take(1)[0]) == [10]


def test_fast_publisher_takes_no_turn_of_others():
    slots = SlotTable(1.0)
    publishers = [Publisher() for _ in range(4)]
    served = {publisher: 0 for publisher in publishers}
    for _ in range(40):
        for publisher in publishers:
            slots.put(pending(publisher, 0))
        slots.put(pending(publishers[0], 0))
        for frame in slots.take(2)[0]:
            served[frame.receiver] += 1
    assert list(served.values()) == [20, 20, 20, 20]


def test_frame_that_waited_too_long_is_dropped_and_counted():
    slots, old, fresh = SlotTable(60.0), Publisher(), Publisher()
    slots.put(pending(old, 1, time.monotonic() - 61))
    slots.put(pending(fresh, 2))
    taken, expired = slots.take(8)
    assert (sequences(taken), sequences(expired)) == ([2], [1])
    assert slots.expired == 1


def test_publisher_is_expected_when_its_rhythm_says_so():
    slots, steady = SlotTable(60.0), Publisher()
    for number in range(5):
        slots.put(pending(steady, number, 100 + number * 0.040))
        slots.take(1)
    assert slots.count_expected(100.170, 100.174) == 0  # due at 100.200
    assert slots.count_expected(100.197, 100.201) == 1
    assert slots.count_expected(100.210, 100.214) == 1, "a frame that is a little late is still waited for"
    assert slots.count_expected(100.250, 100.254) == 0, "one that is a whole turn late is not"
    slots.put(pending(steady, 5, 100.200))
    assert slots.count_expected(100.230, 100.244) == 0, "whoever waits already is not waited for"


def test_first_frame_tells_no_rhythm():
    slots, new = SlotTable(60.0), Publisher()
    slots.put(pending(new, 1, 100.0))
    slots.take(1)
    assert slots.count_expected(100.0, 100.1) == 0
    slots.put(pending(new, 2, 100.05))
    slots.take(1)
    assert slots.count_expected(100.09, 100.11) == 1


def test_frame_of_a_publisher_that_left_is_forgotten():
    slots, publisher = SlotTable(1.0), Publisher()
    slots.put(pending(publisher, 1))
    slots.discard(publisher)
    slots.discard(publisher)
    assert slots.take(8) == ([], [])
    assert slots.count_expected(0.0, 1e9) == 0
