"""TensorRT and TensorRT-RTX: engines from the plan cache, run with fixed buffers and CUDA graphs.

Both kinds run through this one file (engines/build/flavours.py holds what they share); each has its own
name, so that nothing is called TensorRT that TensorRT did not run.
"""

from __future__ import annotations

from pathlib import Path

from engines.backends.device import Device, open_device, why_no_device
from engines.build.flavours import FLAVOURS, Flavour, open_log
from engines.errors import BackendError


class TensorRtBackend:
    """One flavour as a backend, in the place of a module."""

    def __init__(self, flavour: Flavour) -> None:
        self.flavour = flavour

    def why_not(self) -> str | None:
        """Return why it cannot run here (module, driver or GPU missing); None when it can."""
        # Cheapest first: loading the module takes a second, which a machine without a GPU need not spend.
        return self.flavour.why_not_installed() or why_no_device() or self.flavour.why_no_build()

    def open_session(self, path: Path, threads: int = 0, precision: str | None = None):
        """Load an ONNX file as an engine, built now if the cache has none that fits.

        `threads` is of no use on a GPU. `precision` is fp16, int8 or fp32; None takes
        FACECAST_ENGINE_PRECISION, else fp16.
        Raises: BackendError if the engine cannot be built, kept or loaded.
        """
        # Here, since building needs packages that running something else does not.
        from engines.build.make import Maker

        device = open_device()
        maker = Maker(self.flavour, device.compute_capability, precision)
        plan, built = maker.make(path)
        engine = load_engine(self.flavour, plan)
        if engine is None and not built:
            engine = load_engine(self.flavour, maker.remake(path))
        if engine is None:
            raise BackendError(f"{self.flavour.name} refuses the engine of {path.name} that it built itself")
        return open_engine(self.flavour, engine, device)


def load_engine(flavour: Flavour, plan: bytes):
    """Deserialise a plan; None if the module refuses it."""
    runtime = flavour.module.Runtime(open_log(flavour))
    return runtime.deserialize_cuda_engine(plan)


def open_engine(flavour: Flavour, engine, device: Device):
    """Make a session of a deserialised engine. Raises: BackendError if the GPU has no memory for it."""
    from engines.backends.tensorrt_session import TensorRtSession

    return TensorRtSession(flavour.module, engine, device)


BACKENDS = {name: TensorRtBackend(flavour) for name, flavour in FLAVOURS.items()}
