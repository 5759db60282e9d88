"""TensorRT and TensorRT-RTX: engines from the plan cache, run with fixed buffers and CUDA graphs.

Both kinds run through this one file (engines/build/flavours.py holds what they share); each has its own
name, so that nothing is called TensorRT that TensorRT did not run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engines.backends.device import Device, open_device, why_no_device
from engines.build.flavours import FLAVOURS, Flavour, open_log
from engines.errors import BackendError
from engines.models import manifest, model_path

SMALLEST = "rnet"  # the network that is tried first: its engine takes a second


class TensorRtBackend:
    """One flavour as a backend, in the place of a module."""

    def __init__(self, flavour: Flavour) -> None:
        self.flavour = flavour
        self._tried: list[str | None] = []  # what came of running a network, once it was tried

    def why_not(self) -> str | None:
        """Return why it cannot run here; None when it ran a small network for real.

        A module that loads may still refuse the GPU that is here, and the cache's disk may be full.
        """
        # Cheapest first: loading the module takes a second, which a machine without a GPU need not spend.
        reason = self.flavour.why_not_installed() or why_no_device() or self.flavour.why_no_build()
        if reason:
            return reason
        if not self._tried:
            self._tried.append(self._try())
        return self._tried[0]

    def _try(self) -> str | None:
        """Build and run the smallest network. Returns: what went wrong; None if nothing did."""
        entry = manifest()[SMALLEST]
        try:
            session = self.open_session(model_path(SMALLEST))
            try:
                inputs = {
                    name: np.zeros([2, *shape[1:]], session.tensors[name].dtype)
                    for name, shape in entry["inputs"].items()
                }
                results = session.run(inputs, list(entry["outputs"]))
            finally:
                session.close()
        except BackendError as error:
            return f"a small network does not run: {error}"
        if not all(np.isfinite(result).all() for result in results):
            return "a small network gives no numbers"
        return None

    def open_session(
        self, path: Path, threads: int = 0, precision: str | None = None, *, unused: Sequence[str] = ()
    ):
        """Load an ONNX file as an engine, built now if the cache has none that fits.

        `threads` is of no use on a GPU, and an engine keeps all outputs, also `unused` ones.
        `precision` is fp16, int8 or fp32; None takes
        FACECAST_ENGINE_PRECISION, else fp16.
        Raises: BackendError if the engine cannot be built, kept or loaded.
        """
        # Here, since building needs packages that running something else does not.
        from engines.build.make import Maker
        from engines.build.progress import Bar

        device = open_device()
        bar = Bar()
        maker = Maker(self.flavour, device.compute_capability, precision, progress=bar.tell)
        try:
            plan, built = maker.make(path)
            engine = load_engine(self.flavour, plan)
            if engine is None and not built:
                engine = load_engine(self.flavour, maker.remake(path))
        finally:
            bar.close()
        if engine is None:
            raise BackendError(
                f"{self.flavour.name} refuses the engine of {path.name} that it built itself: "
                f"{self.flavour.log.tell()}"
            )
        return open_engine(self.flavour, engine, device)


def load_engine(flavour: Flavour, plan: bytes):
    """Deserialise a plan; None if the module refuses it. Raises: BackendError if nothing can be run here."""
    log = open_log(flavour)
    try:
        runtime = flavour.module.Runtime(log)
    except (RuntimeError, TypeError) as error:  # by pybind, when there is no driver or it is too old
        raise BackendError(f"{flavour.name} has no runtime here: {log.tell()}") from error
    return runtime.deserialize_cuda_engine(plan)


def open_engine(flavour: Flavour, engine, device: Device):
    """Make a session of a deserialised engine. Raises: BackendError if the GPU has no memory for it."""
    from engines.backends.tensorrt_session import TensorRtSession

    return TensorRtSession(flavour.module, engine, device)


BACKENDS = {name: TensorRtBackend(flavour) for name, flavour in FLAVOURS.items()}
