"""A fake GPU for the bookkeeping around the kernels: host memory stands for the device's.

It is no evidence about any GPU. What it does check: copies and launches run late, only when something waits
for them, so a missing wait or a buffer written too early gives wrong pixels; freed memory is overwritten; and
the kernels are the real ones, compiled as C++.
"""

from __future__ import annotations

import ctypes

import numpy as np

from engines.backends.device_array import DeviceArray
from engines.backends.device_memory import PinnedView, kernel_values
from tests.engines.gpu.on_cpu import launch


def memory_at(address: int, nbytes: int) -> np.ndarray:
    """Show bytes at an address. Shapes: -> (nbytes,) uint8."""
    return np.frombuffer((ctypes.c_uint8 * nbytes).from_address(address), np.uint8)


class FakeBuffer:
    def __init__(self, nbytes: int) -> None:
        self._bytes = np.full(nbytes, 170, np.uint8)
        self.nbytes, self.address = nbytes, self._bytes.ctypes.data

    def free(self) -> None:
        self._bytes[:] = 221


class FakeHostBuffer(PinnedView):
    def __init__(self, nbytes: int) -> None:
        super().__init__(np.full(nbytes, 187, np.uint8))

    def free(self) -> None:
        self.array[:] = 204


class FakeEvent:
    def __init__(self, stream: FakeStream) -> None:
        self._stream = stream

    def synchronize(self) -> None:
        self._stream.run_queue()

    def free(self) -> None:
        pass


class FakeStream:
    handle = 1

    def __init__(self, device: FakeDevice) -> None:
        self._device, self._queue = device, []

    def run_queue(self) -> None:
        queue, self._queue = self._queue, []
        for work in queue:
            work()

    def queue(self, kind: str, work) -> None:
        self._device.counts[kind] = self._device.counts.get(kind, 0) + 1
        self._queue.append(work)

    def copy_to_device(self, target, source, nbytes, target_offset=0, source_offset=0) -> None:
        def work():
            part = source.array[source_offset : source_offset + nbytes]
            memory_at(target.address + target_offset, nbytes)[:] = part

        self.queue("to device", work)

    def copy_to_host(self, target, source, nbytes, target_offset=0, source_offset=0) -> None:
        def work():
            part = memory_at(source.address + source_offset, nbytes)
            target.array[target_offset : target_offset + nbytes] = part

        self.queue("to host", work)

    def record(self) -> FakeEvent:
        return FakeEvent(self)

    def synchronize(self) -> None:
        self._device.counts["synchronize"] = self._device.counts.get("synchronize", 0) + 1
        self.run_queue()

    def free(self) -> None:
        assert not self._queue, "a stream was freed with work in it"


class FakeKernel:
    def __init__(self, device: FakeDevice, name: str) -> None:
        self._device, self._name = device, name

    def launch(self, stream, grid, block, arguments, shared=0) -> None:
        values = [value.item() for value in kernel_values(arguments)]
        library = self._device.library
        stream.queue(
            "launch", lambda: launch(library, self._name, tuple(grid), block[0], values[:3], values[3:])
        )


class FakeDevice:
    """Stands for one GPU; `counts` tells how often each kind of work was queued."""

    adapter, index, name = "fake", 0, "fake"
    compute_capability, total_memory, has_graphs = (9, 0), 2**30, False

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library
        self.counts: dict[str, int] = {}

    def activate(self) -> None:
        pass

    def allocate(self, nbytes: int) -> FakeBuffer:
        return FakeBuffer(nbytes)

    def allocate_host(self, nbytes: int) -> FakeHostBuffer:
        return FakeHostBuffer(nbytes)

    def open_stream(self) -> FakeStream:
        return FakeStream(self)

    def load_kernels(self, source, names, options=()) -> list[FakeKernel]:
        return [FakeKernel(self, name) for name in names]

    def close(self) -> None:
        pass


def to_host(array: DeviceArray) -> np.ndarray:
    """Wait for an array of the fake device and copy it."""
    array.stream.synchronize()
    return memory_at(array.address, array.nbytes).view(array.dtype).reshape(array.shape).copy()


class FakeDeviceSession:
    """A real CPU session that takes arrays of the fake device, as a session on a GPU takes real ones."""

    def __init__(self, session) -> None:
        self._session = session

    def run(self, inputs, outputs):
        on_host = {n: to_host(v) if isinstance(v, DeviceArray) else v for n, v in inputs.items()}
        return self._session.run(on_host, outputs)
