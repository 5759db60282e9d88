"""A fake of engines/backends/device.py, to test bookkeeping without a GPU. No evidence of any engine.

Its memory is numpy; what is queued runs at once. It counts what is allocated and refuses wrong sizes, reads
of freed memory, and copies outside a buffer, as CUDA may or may not.
"""

from __future__ import annotations

import threading

import numpy as np

from engines.backends.device_memory import PinnedView, kernel_sizes, kernel_values
from engines.errors import BackendError


class FakeDevice:
    adapter, index, name = "fake", 0, "fake device, not a GPU"
    compute_capability, total_memory, has_graphs = (0, 0), 1 << 30, True

    def __init__(self):
        self.buffers: dict[int, FakeBuffer] = {}
        self.pinned: set = set()
        self.streams: set = set()
        self.graphs: set = set()
        self.queued: list[tuple] = []  # (what, details), in order
        self._next_address = 1 << 20
        self.largest_pinned = 1 << 30
        self.opened_streams = 0
        self.threads = {threading.get_ident()}  # that made it current; opening does

    def activate(self):
        self.threads.add(threading.get_ident())

    def allocate(self, nbytes):
        assert threading.get_ident() in self.threads, "CUDA has no current device in this thread"
        buffer = FakeBuffer(self, self._next_address, nbytes)
        self._next_address += -(-nbytes // 512) * 512 + 4096  # CUDA's allocations are aligned
        self.buffers[buffer.address] = buffer
        return buffer

    def allocate_host(self, nbytes):
        assert threading.get_ident() in self.threads, "CUDA has no current device in this thread"
        if nbytes > self.largest_pinned:
            raise BackendError("CUDA failed: cudaErrorMemoryAllocation")
        return FakePinned(self, nbytes)

    def open_stream(self):
        return FakeStream(self)

    def load_kernels(self, source, names, options=()):
        return [FakeKernel(self, name) for name in names]

    def close(self):
        pass

    def memory_at(self, address: int, nbytes: int) -> np.ndarray:
        """The bytes at an address, as a kernel would see them; fails outside every live buffer."""
        for buffer in self.buffers.values():
            offset = address - buffer.address
            if offset >= 0 and offset + nbytes <= buffer.nbytes:
                return buffer.memory[offset : offset + nbytes]
        raise AssertionError(f"no live buffer holds {nbytes} bytes at {address}")

    def is_empty(self) -> bool:
        """Whether everything allocated was freed."""
        return not (self.buffers or self.pinned or self.streams or self.graphs)


class FakeBuffer:
    def __init__(self, device, address, nbytes):
        assert nbytes > 0
        self._device, self.address, self.nbytes = device, address, nbytes
        self.memory = np.full(nbytes, 0xCD, np.uint8)

    def free(self):
        self._device.buffers.pop(self.address, None)


class FakePinned(PinnedView):
    def __init__(self, device, nbytes):
        super().__init__(np.full(nbytes, 0xCD, np.uint8))
        self._device = device
        device.pinned.add(self)

    def free(self):
        self._device.pinned.discard(self)


class FakeEvent:
    def synchronize(self):
        pass

    def milliseconds_since(self, earlier):
        return 0.0

    def free(self):
        pass


class FakeStream:
    def __init__(self, device):
        device.opened_streams += 1
        self._device, self.handle, self._recording = device, 6 + device.opened_streams, None
        device.streams.add(self)

    def queue(self, what: str, work, **details):
        """Run work now, or record it while a capture is under way."""
        assert threading.get_ident() in self._device.threads, "CUDA has no current device in this thread"
        if self._recording is not None:
            self._recording.append((what, work, details))
            return
        self._device.queued.append((what, details))
        work()

    def copy_to_device(self, target, source, nbytes, target_offset=0, source_offset=0):
        def work():
            memory = self._device.memory_at(target.address + target_offset, nbytes)
            memory[:] = source.view(np.uint8, (nbytes,), source_offset)

        self.queue("copy to device", work, nbytes=nbytes)

    def copy_to_host(self, target, source, nbytes, target_offset=0, source_offset=0):
        def work():
            memory = self._device.memory_at(source.address + source_offset, nbytes)
            target.view(np.uint8, (nbytes,), target_offset)[:] = memory

        self.queue("copy to host", work, nbytes=nbytes)

    def copy_on_device(self, target, source_address, nbytes, target_offset=0):
        def work():
            memory = self._device.memory_at(source_address, nbytes)
            self._device.memory_at(target.address + target_offset, nbytes)[:] = memory

        self.queue("copy on device", work, nbytes=nbytes)

    def fill(self, target, value, nbytes, offset=0):
        self.queue(
            "fill", lambda: self._device.memory_at(target.address + offset, nbytes).fill(value), nbytes=nbytes
        )

    def record(self):
        return FakeEvent()

    def wait_for(self, event):
        pass

    def synchronize(self):
        assert self._recording is None, "a stream that is being captured cannot be waited for"
        self._device.queued.append(("synchronize", {}))

    def capture(self, work):
        self._recording = []
        try:
            work()
            return FakeGraph(self._device, self._recording)
        finally:
            self._recording = None

    def free(self):
        self._device.streams.discard(self)


class FakeGraph:
    def __init__(self, device, steps):
        self._device, self.steps = device, steps
        device.graphs.add(self)

    def launch(self, stream):
        self._device.queued.append(("graph", {"steps": len(self.steps)}))
        for _, work, _ in self.steps:
            work()

    def free(self):
        self._device.graphs.discard(self)


class FakeKernel:
    """Does nothing but check its arguments; a test may set `body(*values)`."""

    def __init__(self, device, name):
        self._device, self.name, self.body = device, name, None

    def launch(self, stream, grid, block, arguments, shared=0):
        values = kernel_values(arguments)
        details = {"grid": kernel_sizes(grid), "block": kernel_sizes(block), "values": values}
        stream.queue(self.name, lambda: self.body and self.body(*values), **details)
