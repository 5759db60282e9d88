"""The batcher: one frame of every live publisher per pass, in one worker thread, off the event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from engines.errors import FacecastError
from server.errors import ShuttingDownError
from server.slot import PendingFrame, SlotTable

log = logging.getLogger(__name__)
T = TypeVar("T")


class Batcher:
    """Feeds the pipeline. All calls into the pipeline and its streams go through its one thread.

    There is no waiting window: a pass starts as soon as a frame is there and the last pass ended. While
    a pass runs, newer frames gather in the slots, so batches grow by themselves under load.
    """

    def __init__(self, pipeline: Any, slots: SlotTable, max_batch: int) -> None:
        self.pipeline = pipeline
        self.slots = slots
        self.max_batch = max_batch
        self.passes = 0
        self.frames = 0
        self.failures = 0
        self.busy_s = 0.0
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pipeline")
        self._arrived = asyncio.Event()
        self._task: asyncio.Task | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin to take frames."""
        self._task = asyncio.create_task(self._run(), name="batcher")

    def put(self, pending: PendingFrame) -> bool:
        """Offer a publisher's newest frame; return True when it replaced one that still waited."""
        replaced = self.slots.put(pending)
        self._arrived.set()
        return replaced

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a call into the pipeline or one of its streams in the worker, between two passes.

        Raises: ShuttingDownError after `stop`, and whatever the call raises.
        """
        if self._stopped:
            raise ShuttingDownError("the server is stopping; come back later")
        return await asyncio.get_running_loop().run_in_executor(self._worker, function, *arguments)

    async def stop(self) -> None:
        """Finish the pass in flight, then end the worker; frames that still wait are dropped."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._stopped = True
        await asyncio.get_running_loop().run_in_executor(None, self._worker.shutdown)

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while batch := self.slots.take(self.max_batch):
                await self._finish_pass(batch)

    async def _finish_pass(self, batch: list[PendingFrame]) -> None:
        """Run one pass and deliver it, also when the batcher is told to stop meanwhile."""
        delivery = asyncio.ensure_future(self._process(batch))
        try:
            await asyncio.shield(delivery)
        except asyncio.CancelledError:
            await delivery
            raise

    async def _process(self, batch: list[PendingFrame]) -> None:
        started = time.monotonic()
        jobs = [(pending.receiver.stream, pending.frame) for pending in batch]
        try:
            results = await self.call(self.pipeline.process, jobs)
            if len(results) != len(jobs):
                raise FacecastError(f"expected {len(jobs)} results of a pass, got {len(results)}")
        except Exception:
            # A fault of the pipeline itself: every frame of the pass gets the error, and the next pass runs.
            log.exception("a pass of the pipeline failed", extra={"frames": len(batch)})
            self.failures += 1
            results = [FacecastError("the frame could not be processed")] * len(batch)
        self.passes += 1
        self.frames += len(batch)
        self.busy_s += time.monotonic() - started
        for pending, result in zip(batch, results, strict=True):
            try:
                pending.receiver.deliver(pending, result)
            except Exception:
                log.exception("a result could not be delivered")
