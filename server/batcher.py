"""The batcher: one frame of every live publisher per pass, in one worker thread, off the event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from engines.errors import FacecastError
from server.errors import ShuttingDownError
from server.metrics import Histogram
from server.slot import FrameReceiver, PendingFrame, SlotTable

log = logging.getLogger(__name__)
T = TypeVar("T")

BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
WAITS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


@dataclass
class BatcherCounts:
    """What the batcher did; written by the worker alone."""

    failures: int = 0
    busy_s: float = 0.0
    fills: int = 0
    fill_s: float = 0.0
    search_s: float = 0.0
    batch_frames: Histogram = field(default_factory=lambda: Histogram(BATCH_SIZES))
    frame_wait_s: Histogram = field(default_factory=lambda: Histogram(WAITS_S))


class Batcher:
    """Feeds the pipeline. All calls into the pipeline and its streams go through its one thread.

    The worker takes the newest frame of every publisher as soon as its last pass is over; while a pass
    runs, newer frames gather in the slots, so that batches grow by themselves under load. `fill_s` lets it
    wait so long for more, but only after a pass of several publishers, and only for as many as should come
    in that time: an idle server and a single publisher never wait. Searches for new faces that can wait go on
    in small steps between the passes.
    """

    def __init__(self, pipeline: Any, slots: SlotTable, max_batch: int = 16, fill_s: float = 0.0) -> None:
        self.pipeline = pipeline
        self.slots = slots
        self.max_batch = max_batch
        self.fill_s = fill_s
        self.counts = BatcherCounts()
        self._changed = threading.Condition()  # guards the slots and everything below
        self._calls: deque[tuple[Future, Callable[[], Any]]] = deque()
        self._taking = False
        self._stopped = False
        self._wanted = 1  # as many waiting frames wake the worker
        self._last_batch = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: threading.Thread | None = None

    # On the event loop ---------------------------------------------------------------------

    def start(self) -> None:
        """Begin to take frames."""
        self._start_worker()
        with self._changed:
            self._taking = True
            self._changed.notify()

    def put(self, pending: PendingFrame) -> bool:
        """Offer a publisher's newest frame; return True when it replaced one that still waited."""
        with self._changed:
            replaced = self.slots.put(pending)
            if len(self.slots) >= self._wanted:
                self._changed.notify()
        return replaced

    def discard(self, receiver: FrameReceiver) -> None:
        """Forget a publisher that left."""
        with self._changed:
            self.slots.discard(receiver)

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a call into the pipeline or one of its streams in the worker, between two passes.

        Raises: ShuttingDownError after `stop`, and whatever the call raises.
        """
        self._start_worker()
        future: Future = Future()
        with self._changed:
            if self._stopped:
                raise ShuttingDownError("the server is stopping; come back later")
            self._calls.append((future, lambda: function(*arguments)))
            self._changed.notify()
        return await asyncio.wrap_future(future)

    async def stop(self) -> None:
        """Finish the pass in flight, then end the worker; frames that still wait are dropped."""
        with self._changed:
            self._taking = False
            self._stopped = True
            self._changed.notify()
        if self._worker is not None:
            # The results of the last pass were handed to the loop before the worker ended, so before this.
            await asyncio.get_running_loop().run_in_executor(None, self._worker.join)

    def _start_worker(self) -> None:
        if self._worker is None:
            self._loop = asyncio.get_running_loop()
            self._worker = threading.Thread(target=self._work, name="pipeline", daemon=True)
            self._worker.start()

    def _deliver(self, batch: list[PendingFrame], results: list) -> None:
        for pending, result in zip(batch, results, strict=True):
            try:
                pending.receiver.deliver(pending, result)
            except Exception:
                log.exception("a result could not be delivered")

    def _expire(self, expired: list[PendingFrame]) -> None:
        now_s = time.monotonic()
        for pending in expired:
            pending.receiver.expire(pending, now_s - pending.arrived_s)

    # In the worker -------------------------------------------------------------------------

    def _work(self) -> None:
        """Run calls and passes until stopped; calls come first, so that no crowd can hold them up."""
        while True:
            with self._changed:
                while not (self._calls or self._stopped or (self._taking and self.slots)):
                    self._changed.wait()
                calls, self._calls = self._calls, deque()
                batch, expired = [], []
                if not calls:
                    self._fill()
                    if self._stopped:
                        return
                    batch, expired = self.slots.take(self.max_batch)
            for future, function in calls:
                _run_call(future, function)
            if expired:
                self._hand_over(self._expire, expired)
            if batch:
                self._hand_over(self._deliver, batch, self._process(batch))
                self._search()

    def _fill(self) -> None:
        """Wait a moment for the publishers that should send now, when the last pass had several."""
        if not self.fill_s or self._last_batch < 2 or self._stopped:
            return
        began_s = time.monotonic()
        until_s = began_s + self.fill_s
        expected = self.slots.count_expected(began_s, until_s)
        self._wanted = min(self.max_batch, len(self.slots) + expected)
        if len(self.slots) < self._wanted:
            self._changed.wait_for(self._is_filled, self.fill_s)
            self.counts.fills += 1
            self.counts.fill_s += time.monotonic() - began_s
        self._wanted = 1

    def _is_filled(self) -> bool:
        return self._stopped or bool(self._calls) or len(self.slots) >= self._wanted

    def _process(self, batch: list[PendingFrame]) -> list:
        """Run one pass. Returns: for each frame its result or its error."""
        began_s = time.monotonic()
        for pending in batch:
            self.counts.frame_wait_s.add(began_s - pending.arrived_s)
        try:
            results = self.pipeline.process([(each.receiver.stream, each.frame) for each in batch])
            if len(results) != len(batch):
                raise FacecastError(f"expected {len(batch)} results of a pass, got {len(results)}")
        except Exception:
            # A fault of the pipeline itself: every frame of the pass gets the error, and the next pass runs.
            log.exception("a pass of the pipeline failed", extra={"frames": len(batch)})
            self.counts.failures += 1
            results = [FacecastError("the frame could not be processed")] * len(batch)
        self._last_batch = len(batch)
        self.counts.batch_frames.add(len(batch))
        self.counts.busy_s += time.monotonic() - began_s
        return results

    def _search(self) -> None:
        """Let the pipeline do a step of its searches for new faces, and more while nobody waits."""
        began_s = time.monotonic()
        try:
            while self.pipeline.search_waiting() and not (self.slots or self._calls or self._stopped):
                pass
        except Exception:
            log.exception("a search for new faces failed")
            self.counts.failures += 1
        self.counts.search_s += time.monotonic() - began_s

    def _hand_over(self, function: Callable[..., None], *arguments: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to hear of it
            self._loop.call_soon_threadsafe(function, *arguments)


def _run_call(future: Future, function: Callable[[], Any]) -> None:
    """Run one call and keep what it gave or raised."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(function())
    except BaseException as error:  # whoever awaits the call gets it, as from an executor
        future.set_exception(error)
