"""A GPU through NVIDIA's own Python bindings (cuda-python: `cuda.bindings`), the default adapter."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Sequence

import numpy as np

from engines.backends import device_kernels
from engines.backends.device_memory import PinnedView, kernel_sizes, kernel_values
from engines.errors import BackendError

try:
    from cuda.bindings import driver, runtime
except ImportError as error:
    driver = runtime = None
    _IMPORT_ERROR = str(error)


def why_not() -> str | None:
    """Return why no GPU can be used through this adapter; None when one can."""
    if runtime is None:
        return f"the library cuda-bindings is not installed ({_IMPORT_ERROR})"
    status, count = runtime.cudaGetDeviceCount()
    if status != runtime.cudaError_t.cudaSuccess:
        return f"no usable NVIDIA driver ({status.name})"
    return None if count else "the NVIDIA driver sees no GPU"


def open_device(index: int = 0) -> CudaPythonDevice:
    """Open a GPU. Raises: BackendError if there is none of that number."""
    return CudaPythonDevice(index)


def _check(answer: tuple):
    """Return what a CUDA call gave beside its status. Raises: BackendError if it failed."""
    status, *values = answer
    if int(status):
        raise BackendError(f"CUDA failed: {status.name}")
    return values[0] if values else None


class CudaPythonDevice:
    """One GPU, through the CUDA runtime's primary context."""

    adapter = "cuda-python"
    has_graphs = True

    def __init__(self, index: int) -> None:
        count = _check(runtime.cudaGetDeviceCount())
        if not 0 <= index < count:
            raise BackendError(f"expected a GPU of 0..{count - 1}, got {index}")
        self.index = index
        self.activate()
        properties = _check(runtime.cudaGetDeviceProperties(index))
        self.name = properties.name.decode(errors="replace").rstrip("\0")
        self.compute_capability = (properties.major, properties.minor)
        self.total_memory = int(properties.totalGlobalMem)
        self._libraries: list = []

    def activate(self) -> None:
        _check(runtime.cudaSetDevice(self.index))

    def allocate(self, nbytes: int) -> Buffer:
        return Buffer(nbytes)

    def allocate_host(self, nbytes: int) -> PinnedBuffer:
        return PinnedBuffer(nbytes)

    def open_stream(self) -> CudaStream:
        return CudaStream()

    def load_kernels(
        self, source: str, names: Sequence[str], options: Sequence[str] = ()
    ) -> list[CudaKernel]:
        code = device_kernels.compile_kernels(source, self.compute_capability, options)
        library = _check(driver.cuLibraryLoadData(code, [], [], 0, [], [], 0))
        self._libraries.append(library)
        return [CudaKernel(_check(driver.cuLibraryGetKernel(library, name.encode()))) for name in names]

    def close(self) -> None:
        while self._libraries:
            _check(driver.cuLibraryUnload(self._libraries.pop()))


class Buffer:
    """Bytes on the GPU."""

    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes
        self.address = int(_check(runtime.cudaMalloc(nbytes)))

    def free(self) -> None:
        if self.address:
            address, self.address = self.address, 0
            _check(runtime.cudaFree(address))


class PinnedBuffer(PinnedView):
    """Page-locked bytes of the host."""

    def __init__(self, nbytes: int) -> None:
        self._address = int(_check(runtime.cudaHostAlloc(nbytes, runtime.cudaHostAllocDefault)))
        super().__init__(np.frombuffer((ctypes.c_uint8 * nbytes).from_address(self._address), np.uint8))

    def free(self) -> None:
        if self._address:
            address, self._address = self._address, 0
            _check(runtime.cudaFreeHost(address))


class CudaStream:
    """A stream that does not wait for the default one."""

    def __init__(self) -> None:
        self._stream = _check(runtime.cudaStreamCreateWithFlags(runtime.cudaStreamNonBlocking))
        self.handle = int(self._stream)

    def copy_to_device(self, target, source, nbytes, target_offset=0, source_offset=0) -> None:
        address = source.array.ctypes.data + source_offset
        self._copy(target.address + target_offset, address, nbytes, "cudaMemcpyHostToDevice")

    def copy_to_host(self, target, source, nbytes, target_offset=0, source_offset=0) -> None:
        address = target.array.ctypes.data + target_offset
        self._copy(address, source.address + source_offset, nbytes, "cudaMemcpyDeviceToHost")

    def copy_on_device(self, target, source_address: int, nbytes, target_offset=0) -> None:
        self._copy(target.address + target_offset, source_address, nbytes, "cudaMemcpyDeviceToDevice")

    def _copy(self, target: int, source: int, nbytes: int, kind: str) -> None:
        kind = getattr(runtime.cudaMemcpyKind, kind)
        _check(runtime.cudaMemcpyAsync(target, source, nbytes, kind, self._stream))

    def fill(self, target, value: int, nbytes: int, offset: int = 0) -> None:
        _check(runtime.cudaMemsetAsync(target.address + offset, value, nbytes, self._stream))

    def record(self) -> CudaEvent:
        event = CudaEvent()
        _check(runtime.cudaEventRecord(event.event, self._stream))
        return event

    def wait_for(self, event: CudaEvent) -> None:
        _check(runtime.cudaStreamWaitEvent(self._stream, event.event, 0))

    def synchronize(self) -> None:
        _check(runtime.cudaStreamSynchronize(self._stream))

    def capture(self, work: Callable[[], None]) -> CudaGraph:
        mode = runtime.cudaStreamCaptureMode.cudaStreamCaptureModeThreadLocal
        _check(runtime.cudaStreamBeginCapture(self._stream, mode))
        try:
            work()
        except BaseException:
            # A stream that stays in capture refuses everything else.
            status, graph = runtime.cudaStreamEndCapture(self._stream)
            if not int(status):
                runtime.cudaGraphDestroy(graph)
            raise
        graph = _check(runtime.cudaStreamEndCapture(self._stream))
        try:
            return CudaGraph(_check(runtime.cudaGraphInstantiate(graph, 0)))
        finally:
            runtime.cudaGraphDestroy(graph)

    def free(self) -> None:
        if self._stream is not None:
            stream, self._stream = self._stream, None
            _check(runtime.cudaStreamDestroy(stream))


class CudaEvent:
    """A mark in a stream, with its time."""

    def __init__(self) -> None:
        self.event = _check(runtime.cudaEventCreate())

    def synchronize(self) -> None:
        _check(runtime.cudaEventSynchronize(self.event))

    def milliseconds_since(self, earlier: CudaEvent) -> float:
        return float(_check(runtime.cudaEventElapsedTime(earlier.event, self.event)))

    def free(self) -> None:
        if self.event is not None:
            event, self.event = self.event, None
            _check(runtime.cudaEventDestroy(event))


class CudaGraph:
    """Recorded work, ready to launch."""

    def __init__(self, executable) -> None:
        self._executable = executable

    def launch(self, stream: CudaStream) -> None:
        _check(runtime.cudaGraphLaunch(self._executable, stream.handle))

    def free(self) -> None:
        if self._executable is not None:
            executable, self._executable = self._executable, None
            _check(runtime.cudaGraphExecDestroy(executable))


class CudaKernel:
    """A function of a loaded library; it lives as long as its device is open."""

    def __init__(self, kernel) -> None:
        self._function = _check(driver.cuKernelGetFunction(kernel))

    def launch(self, stream: CudaStream, grid, block, arguments: Sequence, shared: int = 0) -> None:
        if not math.prod(grid):
            return
        values = [np.array([value]) for value in kernel_values(arguments)]
        addresses = np.array([value.ctypes.data for value in values], np.uint64)
        _check(
            driver.cuLaunchKernel(
                self._function, *kernel_sizes(grid), *kernel_sizes(block), shared, stream.handle,
                addresses.ctypes.data, 0,
            )
        )  # fmt: skip
