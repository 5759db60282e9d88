"""An array that lies on the GPU: what the crop kernels write and what a GPU session reads without a copy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engines.backends.device import Stream


@dataclass(frozen=True)
class DeviceArray:
    """A contiguous array on the GPU.

    It is complete for whatever is queued on `stream` after it was made. A session that is given one queues
    its work on that stream, or waits for the stream first.
    """

    address: int
    shape: tuple[int, ...]
    dtype: np.dtype
    stream: Stream

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> DeviceArray:
        """Take whole rows of the first axis, such as one batch; it is the same memory."""
        start, stop, step = rows.indices(self.shape[0])
        if step != 1:
            raise IndexError(f"expected rows that lie together, got a step of {step}")
        row_bytes = math.prod(self.shape[1:]) * self.dtype.itemsize
        shape = (max(stop - start, 0), *self.shape[1:])
        return DeviceArray(self.address + start * row_bytes, shape, self.dtype, self.stream)
