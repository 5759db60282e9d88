"""Memory that grows to the largest pass and is then kept: nothing is allocated from frame to frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.backends.device import Device, DeviceBuffer, Event, HostBuffer, Stream
from engines.backends.device_memory import lay_out


class GrowingBuffer:
    """Bytes on the device, enlarged by half when they do not suffice."""

    def __init__(self, device: Device, stream: Stream) -> None:
        self._device, self._stream = device, stream
        self._buffer: DeviceBuffer | None = None

    def require(self, nbytes: int) -> DeviceBuffer:
        """Return at least so many bytes; what lay in them before may be lost."""
        if self._buffer is None or self._buffer.nbytes < nbytes:
            self.free()
            self._buffer = self._device.allocate(nbytes + nbytes // 2)
        return self._buffer

    def free(self) -> None:
        """Give the memory back after everything queued is done with it."""
        if self._buffer is not None:
            self._stream.synchronize()
            self._buffer.free()
            self._buffer = None


class GrowingHost:
    """Page-locked bytes of the host, enlarged by half when they do not suffice."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._buffer: HostBuffer | None = None

    def require(self, nbytes: int) -> HostBuffer:
        """Return at least so many bytes; no copy may still use the last ones."""
        if self._buffer is None or self._buffer.nbytes < nbytes:
            self.free()
            self._buffer = self._device.allocate_host(nbytes + nbytes // 2)
        return self._buffer

    def free(self) -> None:
        """Give the memory back."""
        if self._buffer is not None:
            self._buffer.free()
            self._buffer = None


class Uploader:
    """Carries arrays to the device together: page-locked memory, one copy, one buffer there."""

    def __init__(self, device: Device, stream: Stream) -> None:
        self._stream = stream
        self._host, self._target = GrowingHost(device), GrowingBuffer(device, stream)
        self._copied: Event | None = None

    def upload(self, arrays: Sequence[np.ndarray]) -> list[int]:
        """Queue one copy of all arrays. Returns: the address of each; valid until the next call."""
        offsets = lay_out(array.nbytes for array in arrays)
        if not offsets[-1]:
            return [0] * len(arrays)
        self._await_last_copy()
        host = self._host.require(offsets[-1])
        for array, offset in zip(arrays, offsets, strict=False):
            if array.nbytes:
                host.view(array.dtype, array.shape, offset)[...] = array
        target = self._target.require(offsets[-1])
        self._stream.copy_to_device(target, host, offsets[-1])
        self._copied = self._stream.record()
        return [target.address + offset for offset in offsets[:-1]]

    def _await_last_copy(self) -> None:
        """It may still read the memory that is about to be written; as a rule it is long done."""
        if self._copied is not None:
            self._copied.synchronize()
            self._copied.free()
            self._copied = None

    def free(self) -> None:
        """Give all memory back."""
        self._await_last_copy()
        self._target.free()
        self._host.free()
