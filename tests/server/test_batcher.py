"""Passes of the pipeline: one frame of each publisher, one thread, and no fault ends them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from engines.errors import ImageError
from engines.face import Frame, FrameResult
from server.batcher import Batcher
from server.errors import ShuttingDownError
from server.slot import PendingFrame, SlotTable
from tests.server.fakes import FakePipeline


class Publisher:
    """Keeps what it is given."""

    def __init__(self, pipeline: FakePipeline) -> None:
        self.stream = pipeline.open_stream()
        self.results: list[tuple[int, FrameResult | Exception]] = []
        self.expired: list[tuple[int, float]] = []
        self.got = asyncio.Event()

    def deliver(self, pending: PendingFrame, result: FrameResult | Exception) -> None:
        """Take a result."""
        self.results.append((pending.sequence, result))
        self.got.set()

    def expire(self, pending: PendingFrame, age_s: float) -> None:
        """Take the news that a frame was dropped."""
        self.expired.append((pending.sequence, age_s))
        self.got.set()

    async def wait(self, sequence: int) -> None:
        """Wait for the result of a frame."""
        while sequence not in [each for each, _ in self.results]:
            self.got.clear()
            await self.got.wait()

    def frame(self, sequence: int, payload: bytes = b"", arrived_s: float | None = None) -> PendingFrame:
        """A frame of this publisher."""
        frame = Frame("jpeg", payload, 0.0)
        return PendingFrame(self, frame, sequence, 0, time.monotonic() if arrived_s is None else arrived_s)


@asynccontextmanager
async def started(pipeline: FakePipeline, max_batch: int = 16, fill_s: float = 0.0) -> AsyncIterator[Batcher]:
    batcher = Batcher(pipeline, SlotTable(60.0), max_batch, fill_s)
    batcher.start()
    yield batcher
    await batcher.stop()


async def send_both_twice(batcher: Batcher, pipeline: FakePipeline, one: Publisher, other: Publisher) -> None:
    """Make two passes of both publishers, half a second apart by their clocks, so that a rhythm is known."""
    now_s = time.monotonic()
    for sequence, arrived_s in ((1, now_s - 0.5), (2, now_s)):
        with batcher._changed:  # the worker sees both or none
            batcher.put(one.frame(sequence, arrived_s=arrived_s))
            batcher.put(other.frame(sequence, arrived_s=arrived_s))
        await asyncio.gather(one.wait(sequence), other.wait(sequence))


async def test_one_frame_of_every_publisher_makes_one_pass():
    pipeline = FakePipeline()
    async with started(pipeline) as batcher:
        publishers = [Publisher(pipeline) for _ in range(5)]
        for number, publisher in enumerate(publishers):
            batcher.put(publisher.frame(number))
        await asyncio.gather(*(publisher.got.wait() for publisher in publishers))
        assert pipeline.batches == [5]
        assert [publisher.results[0][0] for publisher in publishers] == [0, 1, 2, 3, 4]
        assert (batcher.counts.batch_frames.count, batcher.counts.batch_frames.sum) == (1, 5)


async def test_passes_are_no_larger_than_allowed():
    pipeline = FakePipeline()
    async with started(pipeline, max_batch=2) as batcher:
        publishers = [Publisher(pipeline) for _ in range(5)]
        for publisher in publishers:
            batcher.put(publisher.frame(1))
        await asyncio.gather(*(publisher.got.wait() for publisher in publishers))
        assert pipeline.batches == [2, 2, 1]


async def test_frames_that_arrive_during_a_pass_gather_and_the_newest_wins():
    pipeline = FakePipeline(pass_s=0.05)
    async with started(pipeline) as batcher:
        first, second = Publisher(pipeline), Publisher(pipeline)
        batcher.put(first.frame(1))
        while not pipeline.batches:
            await asyncio.sleep(0.002)
        for sequence in range(2, 10):
            batcher.put(first.frame(sequence))
            batcher.put(second.frame(sequence))
        await second.got.wait()
        assert pipeline.batches == [1, 2]
        assert [sequence for sequence, _ in first.results] == [1, 9]
        assert [sequence for sequence, _ in second.results] == [9]
        assert batcher.slots.replaced == 14


async def test_the_event_loop_runs_on_during_a_pass():
    pipeline = FakePipeline(pass_s=0.2)
    async with started(pipeline) as batcher:
        publisher = Publisher(pipeline)
        batcher.put(publisher.frame(1))
        turns = 0
        while not publisher.got.is_set():
            await asyncio.sleep(0.005)
            turns += 1
        assert turns >= 10
        assert pipeline.threads.isdisjoint({threading.get_ident()})


async def test_all_calls_run_in_one_thread_between_passes():
    pipeline = FakePipeline(pass_s=0.05)
    async with started(pipeline) as batcher:
        publisher = Publisher(pipeline)
        batcher.put(publisher.frame(1))
        while not pipeline.batches:
            await asyncio.sleep(0.002)
        thread = await batcher.call(threading.get_ident)
        assert pipeline.threads == {thread}
        assert publisher.results, "the call ran before the pass was over"


async def test_damaged_picture_fails_alone():
    pipeline = FakePipeline()
    async with started(pipeline) as batcher:
        good, bad = Publisher(pipeline), Publisher(pipeline)
        batcher.put(bad.frame(1, b"damaged"))
        batcher.put(good.frame(1))
        await asyncio.gather(good.got.wait(), bad.got.wait())
        assert isinstance(bad.results[0][1], ImageError)
        assert len(good.results[0][1].faces) == 1


async def test_crash_of_a_pass_is_told_to_its_publishers_and_the_next_pass_runs():
    pipeline = FakePipeline()
    async with started(pipeline) as batcher:
        publisher = Publisher(pipeline)
        batcher.put(publisher.frame(1, b"crash"))
        await publisher.got.wait()
        publisher.got.clear()
        batcher.put(publisher.frame(2))
        await publisher.got.wait()
        (_, fault), (_, result) = publisher.results
        assert fault.code == "internal"
        assert len(result.faces) == 1
        assert batcher.counts.failures == 1


class SearchingPipeline(FakePipeline):
    """A fake with steps to do after every pass; the test says how they end."""

    def __init__(self, steps: int = 3, **times: float) -> None:
        super().__init__(**times)
        self.steps, self.left, self.fails = steps, 0, False
        self.begun, self.released = threading.Event(), threading.Event()
        self.order: list[str] = []

    def process(self, batch: list[tuple]) -> list:
        """Note a pass."""
        self.order.append("pass")
        self.left = self.left or self.steps
        return super().process(batch)

    def search_waiting(self) -> bool:
        """Note a step, and wait for the test."""
        self.order.append("step")
        self.threads.add(threading.get_ident())
        self.begun.set()
        assert self.released.wait(5)
        if self.fails:
            raise ZeroDivisionError("a fault inside the fake search")
        self.left = max(0, self.left - 1)
        return self.left > 0


async def test_answers_are_out_before_a_search_and_frames_that_come_meanwhile_go_first():
    pipeline = SearchingPipeline(steps=4)
    async with started(pipeline) as batcher:
        publisher = Publisher(pipeline)
        batcher.put(publisher.frame(1))
        await publisher.wait(1)
        await asyncio.to_thread(pipeline.begun.wait, 5)
        batcher.put(publisher.frame(2))
        pipeline.released.set()
        await publisher.wait(2)
        while pipeline.left:
            await asyncio.sleep(0.002)
    assert pipeline.order == ["pass", "step", "pass", "step", "step", "step"]
    assert len(pipeline.threads) == 1 and batcher.counts.search_s > 0


async def test_a_search_that_fails_harms_nobody():
    pipeline = SearchingPipeline()
    pipeline.fails = True
    pipeline.released.set()
    async with started(pipeline) as batcher:
        publisher = Publisher(pipeline)
        for sequence in (1, 2):
            batcher.put(publisher.frame(sequence))
            await publisher.wait(sequence)
    assert [sequence for sequence, _ in publisher.results] == [1, 2]
    assert batcher.counts.failures == 2


async def test_publisher_that_cannot_take_its_result_harms_no_other():
    pipeline = FakePipeline()
    async with started(pipeline) as batcher:
        broken, good = Publisher(pipeline), Publisher(pipeline)
        broken.got = None
        batcher.put(broken.frame(1))
        batcher.put(good.frame(1))
        await asyncio.wait_for(good.got.wait(), 2)
        assert len(good.results) == 1


async def test_publisher_that_is_due_is_waited_for_after_a_pass_of_several():
    pipeline = FakePipeline()
    async with started(pipeline, fill_s=1e6) as batcher:
        early, late = Publisher(pipeline), Publisher(pipeline)
        await send_both_twice(batcher, pipeline, early, late)
        batcher.put(early.frame(3))
        while batcher._wanted != 2:  # the worker has seen one frame and waits for the other
            await asyncio.sleep(0.002)
        assert pipeline.batches == [2, 2]
        batcher.put(late.frame(3))
        await asyncio.gather(early.wait(3), late.wait(3))
        assert pipeline.batches == [2, 2, 2]
        assert batcher.counts.fills == 1


async def test_publisher_that_left_is_not_waited_for():
    pipeline = FakePipeline()
    async with started(pipeline, fill_s=1e6) as batcher:
        stays, leaves = Publisher(pipeline), Publisher(pipeline)
        await send_both_twice(batcher, pipeline, stays, leaves)
        batcher.discard(leaves)
        batcher.put(stays.frame(3))
        await stays.wait(3)
        assert pipeline.batches == [2, 2, 1]


async def test_single_publisher_never_waits():
    pipeline = FakePipeline()
    async with started(pipeline, fill_s=1e6) as batcher:
        alone, silent = Publisher(pipeline), Publisher(pipeline)
        now_s = time.monotonic()
        batcher.put(silent.frame(1, arrived_s=now_s - 2))
        await silent.wait(1)
        batcher.put(silent.frame(2, arrived_s=now_s))  # expected again in a second
        await silent.wait(2)
        for sequence in range(1, 6):
            batcher.put(alone.frame(sequence))
            await alone.wait(sequence)
        assert pipeline.batches == [1] * 7
        assert batcher.counts.fills == 0


@pytest.mark.parametrize("ending", ["call", "stop"])
async def test_call_and_stop_end_the_wait(ending: str):
    pipeline = FakePipeline()
    async with started(pipeline, fill_s=1e6) as batcher:
        early, late = Publisher(pipeline), Publisher(pipeline)
        await send_both_twice(batcher, pipeline, early, late)
        batcher.put(early.frame(3))
        while batcher._wanted != 2:
            await asyncio.sleep(0.002)
        if ending == "call":
            assert await batcher.call(int, "7") == 7
            await early.wait(3)
    assert pipeline.batches == ([2, 2, 1] if ending == "call" else [2, 2])


async def test_frame_that_waited_too_long_is_told_to_its_publisher_and_not_processed():
    pipeline = FakePipeline()
    async with started(pipeline) as batcher:
        publisher = Publisher(pipeline)
        batcher.put(publisher.frame(1, arrived_s=time.monotonic() - 61))
        await publisher.got.wait()
        assert [sequence for sequence, _ in publisher.expired] == [1]
        assert publisher.expired[0][1] >= 61
        assert (publisher.results, pipeline.batches) == ([], [])


async def test_call_that_fails_raises_where_it_is_awaited():
    async with started(FakePipeline()) as batcher:
        with pytest.raises(ZeroDivisionError):
            await batcher.call(lambda: 1 // 0)
        assert await batcher.call(int, "7") == 7


async def test_stop_finishes_the_pass_in_flight_and_drops_the_rest():
    pipeline = FakePipeline(pass_s=0.05)
    batcher = Batcher(pipeline, SlotTable(5.0), 16)
    batcher.start()
    publisher = Publisher(pipeline)
    batcher.put(publisher.frame(1))
    while not pipeline.batches:
        await asyncio.sleep(0.002)
    batcher.put(publisher.frame(2))
    await batcher.stop()
    assert [sequence for sequence, _ in publisher.results] == [1]
    with pytest.raises(ShuttingDownError):
        await batcher.call(time.monotonic)
