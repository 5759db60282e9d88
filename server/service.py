"""Everything that lives as long as the server: the pipeline, the batcher, the rooms, the sessions."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from engines.errors import FacecastError
from server.batcher import Batcher
from server.metrics import Counters
from server.rooms import MemoryBus, Rooms
from server.settings import Settings
from server.slot import SlotTable

if TYPE_CHECKING:
    from server.session import Session

log = logging.getLogger(__name__)

CPU_BATCH, GPU_BATCH = 16, 64
GPU_WAIT_MS = 4.0  # an eighth of the time between two frames at 30 a second
LOADING, READY, FAILED, STOPPING = "loading", "ready", "failed", "stopping"


class Service:
    """The state of one server process. `pipeline` may be given; otherwise it is loaded at the start."""

    def __init__(self, settings: Settings, pipeline: Any = None) -> None:
        self.settings = settings
        self.pipeline = pipeline
        self.state = LOADING
        self.failure = ""
        self.description: dict = {}
        self.counters = Counters()
        self.sessions: set[Session] = set()
        self.rooms = Rooms(MemoryBus(), settings.max_rooms, settings.max_participants)
        self.slots = SlotTable(settings.max_frame_age_ms / 1000)
        self.batcher: Batcher | None = None
        self._loading: asyncio.Task | None = None

    @property
    def ready(self) -> bool:
        """Whether the models have run and clients are taken."""
        return self.state == READY

    def start(self) -> None:
        """Begin to load the models; the server answers health checks meanwhile."""
        self._loading = asyncio.create_task(self._load(), name="load")

    async def _load(self) -> None:
        """Load and run the models in the worker, then take frames."""
        try:
            if self.pipeline is None:
                self.pipeline = await asyncio.to_thread(load_pipeline, self.settings)
            self.batcher = Batcher(self.pipeline, self.slots)
            await self.batcher.call(self.pipeline.warm_up)
            self.description = await self.batcher.call(self.pipeline.describe)
            self.batcher.max_batch, self.batcher.fill_s = batch_limits(self.settings, self.description)
        except Exception as error:
            self.state = FAILED
            self.failure = str(error) or type(error).__name__
            expected = isinstance(error, FacecastError)
            log.error("the models could not be loaded: %s", self.failure, exc_info=not expected)
            return
        if self.state == LOADING:
            self.batcher.start()
            self.state = READY
            for reason in self.description.get("skipped", ()):
                log.info(reason, extra={"code": "skipped"})
            shown = {key: self.description.get(key) for key in ("profile", "backend", "models")}
            log.info("ready", extra=shown)

    async def drain(self) -> None:
        """Finish the frame in flight, tell every client, and wait until they are gone or time is up."""
        if self.state == STOPPING:
            return
        self.state = STOPPING
        log.info("stopping", extra={"sessions": len(self.sessions)})
        if self._loading is not None:
            await self._loading
        if self.batcher is not None:
            await self.batcher.stop()
        for session in list(self.sessions):
            session.say_goodbye()
        tasks = [session.task for session in self.sessions if session.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=self.settings.shutdown_timeout_s)

    async def close(self) -> None:
        """Drain if nobody did, and release the pipeline."""
        await self.drain()
        if self.pipeline is not None:
            await asyncio.to_thread(self.pipeline.close)
        log.info("stopped")


def load_pipeline(settings: Settings) -> Any:
    """Load the networks that the settings ask for. Raises: BackendError, WeightsError."""
    # Imported here: commands that need no network (watch, publish) start without the engines.
    from engines.pipeline import Pipeline

    return Pipeline.load(
        profile=settings.profile,
        backend=settings.backend,
        threads=settings.threads,
        max_pixels=settings.max_pixels,
        precision=settings.precision,
        max_faces=settings.max_faces,
    )


def batch_limits(settings: Settings, description: dict) -> tuple[int, float]:
    """Choose how many frames a pass may have and how many seconds it may wait for them.

    A GPU works through a larger batch in little more time, so that a short wait pays; a CPU does not.
    """
    on_gpu = description.get("device") == "gpu"
    max_batch = settings.max_batch or (GPU_BATCH if on_gpu else CPU_BATCH)
    wait_ms = settings.batch_wait_ms
    if wait_ms is None:
        wait_ms = GPU_WAIT_MS if on_gpu else 0.0
    return max_batch, wait_ms / 1000


def stream_options(settings: Settings) -> Any:
    """What each publisher's stream gets from the settings."""
    from engines.stream import StreamOptions

    return StreamOptions(smooth=settings.smoothing, max_faces=settings.max_faces, live=True)
