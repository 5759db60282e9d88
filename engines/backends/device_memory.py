"""What both CUDA adapters share: views of pinned memory, a kernel's sizes and arguments."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engines.errors import BackendError


class PinnedView:
    """Page-locked host memory as arrays; the adapter allocates and frees it."""

    def __init__(self, array: np.ndarray) -> None:
        self.array, self.nbytes = array, array.nbytes

    def view(self, dtype: np.dtype, shape: Sequence[int], offset: int = 0) -> np.ndarray:
        """Show the bytes from `offset` as an array. Raises: BackendError if it does not fit."""
        nbytes = math.prod(shape) * np.dtype(dtype).itemsize
        if offset < 0 or offset + nbytes > self.nbytes:
            raise BackendError(
                f"expected at most {self.nbytes} bytes of pinned memory, got {offset} + {nbytes}"
            )
        return self.array[offset : offset + nbytes].view(dtype).reshape(shape)


def kernel_sizes(sizes: Sequence[int]) -> tuple[int, int, int]:
    """Fill a grid or block of one to three sizes up to three."""
    if not 1 <= len(sizes) <= 3:
        raise BackendError(f"expected one to three sizes of a grid or block, got {tuple(sizes)}")
    x, y, z = (*map(int, sizes), 1, 1)[:3]
    return x, y, z


def kernel_values(arguments: Sequence) -> list[np.generic]:
    """Write a kernel's arguments as numpy scalars: a buffer by its address, a scalar as it is.

    Raises: BackendError on a plain Python number, whose C type nobody can tell.
    """
    values = []
    for argument in arguments:
        if hasattr(argument, "address"):
            values.append(np.uint64(argument.address))
        elif isinstance(argument, np.generic):
            values.append(argument)
        else:
            kind = type(argument).__name__
            raise BackendError(f"expected buffers and numpy scalars as a kernel's arguments, got {kind}")
    return values
