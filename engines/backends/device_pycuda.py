"""A GPU through PyCUDA: an optional extra (`pip install facecast[pycuda]`), built from source against CUDA.

PyCUDA 2026.1 has no CUDA graphs (`has_graphs` is False); kernels are compiled with NVRTC like the other
adapter's, since PyCUDA's own way needs the nvcc compiler.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Sequence

import numpy as np

from engines.backends import device_kernels
from engines.backends.device_memory import PinnedView, kernel_sizes, kernel_values
from engines.errors import BackendError

try:
    import pycuda.driver as cuda
except (ImportError, RuntimeError) as error:  # it also fails to load where there is no driver
    cuda = None
    _IMPORT_ERROR = str(error)


def why_not() -> str | None:
    """Return why no GPU can be used through this adapter; None when one can."""
    if cuda is None:
        return f"the library pycuda is not installed, or there is no NVIDIA driver ({_IMPORT_ERROR})"
    try:
        cuda.init()
        count = cuda.Device.count()
    except cuda.Error as error:
        return f"no usable NVIDIA driver ({error})"
    return None if count else "the NVIDIA driver sees no GPU"


def open_device(index: int = 0) -> PycudaDevice:
    """Open a GPU. Raises: BackendError if there is none of that number."""
    return PycudaDevice(index)


def _call(function: Callable, *arguments, **options):
    """Call PyCUDA. Raises: BackendError if it fails."""
    try:
        return function(*arguments, **options)
    except cuda.Error as error:
        raise BackendError(f"CUDA failed: {error}") from error


class PycudaDevice:
    """One GPU, through its primary context."""

    adapter = "pycuda"
    has_graphs = False

    def __init__(self, index: int) -> None:
        count = _call(cuda.Device.count)
        if not 0 <= index < count:
            raise BackendError(f"expected a GPU of 0..{count - 1}, got {index}")
        device = _call(cuda.Device, index)
        self.index, self.name = index, device.name()
        self.compute_capability = device.compute_capability()
        self.total_memory = device.total_memory()
        self._context = _call(device.retain_primary_context)
        self._threads = threading.local()
        self._modules: list = []
        self.activate()
        atexit.register(self.close)

    def activate(self) -> None:
        if not hasattr(self._threads, "pushed"):
            self._threads.pushed = PushedContext(self._context)

    def allocate(self, nbytes: int) -> Buffer:
        return Buffer(nbytes)

    def allocate_host(self, nbytes: int) -> PinnedBuffer:
        return PinnedBuffer(nbytes)

    def open_stream(self) -> PycudaStream:
        return PycudaStream()

    def load_kernels(
        self, source: str, names: Sequence[str], options: Sequence[str] = ()
    ) -> list[PycudaKernel]:
        code = device_kernels.compile_kernels(source, self.compute_capability, options)
        module = _call(cuda.module_from_buffer, code)
        self._modules.append(module)
        return [PycudaKernel(_call(module.get_function, name)) for name in names]

    def close(self) -> None:
        atexit.unregister(self.close)
        self._modules.clear()
        self._threads.__dict__.clear()


class PushedContext:
    """Keeps a context on the calling thread's stack until the thread, or the device, ends.

    PyCUDA aborts the whole process when a thread ends with a context on its stack.
    """

    def __init__(self, context) -> None:
        _call(context.push)

    def __del__(self) -> None:
        cuda.Context.pop()


class Buffer:
    """Bytes on the GPU."""

    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes
        self._allocation = _call(cuda.mem_alloc, nbytes)
        self.address = int(self._allocation)

    def free(self) -> None:
        if self.address:
            self.address = 0
            _call(self._allocation.free)


class PinnedBuffer(PinnedView):
    """Page-locked bytes of the host."""

    def __init__(self, nbytes: int) -> None:
        super().__init__(_call(cuda.pagelocked_empty, (nbytes,), np.uint8))
        self._allocation = self.array.base

    def free(self) -> None:
        if self._allocation is not None:
            allocation, self._allocation = self._allocation, None
            _call(allocation.free)


class PycudaStream:
    """A stream that does not wait for the default one."""

    def __init__(self) -> None:
        self.stream = _call(cuda.Stream, 1)  # CU_STREAM_NON_BLOCKING
        self.handle = int(self.stream.handle)

    def copy_to_device(self, target, source, nbytes, target_offset=0, source_offset=0) -> None:
        part = source.array[source_offset : source_offset + nbytes]
        _call(cuda.memcpy_htod_async, target.address + target_offset, part, self.stream)

    def copy_to_host(self, target, source, nbytes, target_offset=0, source_offset=0) -> None:
        part = target.array[target_offset : target_offset + nbytes]
        _call(cuda.memcpy_dtoh_async, part, source.address + source_offset, self.stream)

    def copy_on_device(self, target, source_address: int, nbytes, target_offset=0) -> None:
        _call(cuda.memcpy_dtod_async, target.address + target_offset, source_address, nbytes, self.stream)

    def fill(self, target, value: int, nbytes: int, offset: int = 0) -> None:
        _call(cuda.memset_d8_async, target.address + offset, value, nbytes, self.stream)

    def record(self) -> PycudaEvent:
        event = PycudaEvent()
        _call(event.event.record, self.stream)
        return event

    def wait_for(self, event: PycudaEvent) -> None:
        _call(self.stream.wait_for_event, event.event)

    def synchronize(self) -> None:
        _call(self.stream.synchronize)

    def capture(self, work: Callable[[], None]):
        raise BackendError("pycuda has no CUDA graphs; cuda-python has")

    def free(self) -> None:
        self.stream = None  # PyCUDA destroys what nobody holds


class PycudaEvent:
    """A mark in a stream, with its time."""

    def __init__(self) -> None:
        self.event = _call(cuda.Event)

    def synchronize(self) -> None:
        _call(self.event.synchronize)

    def milliseconds_since(self, earlier: PycudaEvent) -> float:
        return float(_call(self.event.time_since, earlier.event))

    def free(self) -> None:
        self.event = None


class PycudaKernel:
    """A function of a loaded module; it lives as long as its device is open."""

    def __init__(self, function) -> None:
        self._function = function

    def launch(self, stream: PycudaStream, grid, block, arguments: Sequence, shared: int = 0) -> None:
        if not all(grid):
            return
        _call(
            self._function, *kernel_values(arguments), grid=kernel_sizes(grid), block=kernel_sizes(block),
            stream=stream.stream, shared=shared,
        )  # fmt: skip
