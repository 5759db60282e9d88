"""The GPU behind a small interface: memory, streams, events, graphs, kernels, by whichever library.

Two adapters, one file each: `cuda-python` (NVIDIA's own bindings, the default) and `pycuda`. Both use the
device's primary context, so an address of one is valid for TensorRT, ONNX Runtime and the other adapter.
Nothing here needs a GPU to be imported; `why_no_device` tells what is missing.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from engines.errors import BackendError

# Adapter -> its module. The first is the default.
ADAPTERS = {
    "cuda-python": "engines.backends.device_cuda_python",
    "pycuda": "engines.backends.device_pycuda",
}
ADAPTER_VARIABLE = "FACECAST_CUDA_ADAPTER"


class DeviceBuffer(Protocol):
    """Bytes on the GPU."""

    address: int
    nbytes: int

    def free(self) -> None:
        """Give the memory back; again is harmless."""
        ...


class HostBuffer(Protocol):
    """Page-locked bytes of the host: the only ones that are copied while other work goes on."""

    array: np.ndarray  # (nbytes,) uint8
    nbytes: int

    def view(self, dtype: np.dtype, shape: Sequence[int], offset: int = 0) -> np.ndarray:
        """Show the bytes from `offset` as an array; it is the same memory."""
        ...

    def free(self) -> None:
        """Give the memory back; views of it must not be used again."""
        ...


class Event(Protocol):
    """A mark in a stream."""

    def synchronize(self) -> None:
        """Wait until the stream has passed the mark."""
        ...

    def milliseconds_since(self, earlier: Event) -> float:
        """Time on the GPU between two passed marks, in milliseconds."""
        ...

    def free(self) -> None: ...


class Graph(Protocol):
    """Recorded work that is launched with one call."""

    def launch(self, stream: Stream) -> None:
        """Queue the recorded work."""
        ...

    def free(self) -> None: ...


class Kernel(Protocol):
    """A compiled function of the GPU."""

    def launch(
        self, stream: Stream, grid: Sequence[int], block: Sequence[int], arguments: Sequence, shared: int = 0
    ) -> None:
        """Queue the function over `grid` blocks of `block` threads, each of one to three sizes.

        `arguments` are device buffers (passed as their address) and numpy scalars of the C type.
        `shared` is the dynamic shared memory in bytes.
        """
        ...


class Stream(Protocol):
    """An ordered queue of work. Every method but `synchronize` returns at once."""

    handle: int  # the cudaStream_t, for libraries that take one

    def copy_to_device(
        self, target: DeviceBuffer, source: HostBuffer, nbytes: int,
        target_offset: int = 0, source_offset: int = 0,
    ) -> None: ...  # fmt: skip

    def copy_to_host(
        self, target: HostBuffer, source: DeviceBuffer, nbytes: int,
        target_offset: int = 0, source_offset: int = 0,
    ) -> None: ...  # fmt: skip

    def copy_on_device(
        self, target: DeviceBuffer, source_address: int, nbytes: int, target_offset: int = 0
    ) -> None: ...  # fmt: skip

    def fill(self, target: DeviceBuffer, value: int, nbytes: int, offset: int = 0) -> None:
        """Set bytes to a value of 0..255."""
        ...

    def record(self) -> Event:
        """Put a mark behind the work queued so far."""
        ...

    def wait_for(self, event: Event) -> None:
        """Let later work of this stream wait for a mark of another one."""
        ...

    def synchronize(self) -> None:
        """Wait for everything queued. Raises: BackendError if any of it failed."""
        ...

    def capture(self, work: Callable[[], None]) -> Graph:
        """Record what `work` queues on this stream, without running it.

        Raises: BackendError if the adapter has no graphs (`Device.has_graphs`) or the work cannot be one.
        """
        ...

    def free(self) -> None: ...


class Device(Protocol):
    """One GPU through one adapter. Every fault of CUDA is a BackendError."""

    adapter: str  # a key of ADAPTERS
    index: int
    name: str  # what its maker calls it
    compute_capability: tuple[int, int]
    total_memory: int  # bytes
    has_graphs: bool

    def activate(self) -> None:
        """Make this the device of the calling thread; do it in every thread that uses it."""
        ...

    def allocate(self, nbytes: int) -> DeviceBuffer: ...

    def allocate_host(self, nbytes: int) -> HostBuffer: ...

    def open_stream(self) -> Stream: ...

    def load_kernels(self, source: str, names: Sequence[str], options: Sequence[str] = ()) -> list[Kernel]:
        """Compile CUDA C++ (`extern "C"` functions) for this device and return the named kernels.

        Raises: BackendError with the compiler's words if the source is wrong.
        """
        ...

    def close(self) -> None:
        """Unload the kernels and let go of the device; buffers and streams must be freed before."""
        ...


def _adapter_module(adapter: str | None):
    name = adapter or os.environ.get(ADAPTER_VARIABLE) or next(iter(ADAPTERS))
    if name not in ADAPTERS:
        raise BackendError(f"expected a CUDA adapter of {', '.join(ADAPTERS)}, got {name!r}")
    return importlib.import_module(ADAPTERS[name])


def why_no_device(adapter: str | None = None) -> str | None:
    """Return why no GPU can be used here (library, driver, device); None when one can.

    Raises: BackendError if there is no such adapter.
    """
    return _adapter_module(adapter).why_not()


def open_device(adapter: str | None = None, index: int = 0) -> Device:
    """Open a GPU. The adapter is `adapter`, else FACECAST_CUDA_ADAPTER, else cuda-python.

    Raises: BackendError if the adapter is unknown, or there is no library, no driver or no such GPU.
    """
    module = _adapter_module(adapter)
    reason = module.why_not()
    if reason:
        raise BackendError(f"no GPU can be used here: {reason}")
    return module.open_device(index)
