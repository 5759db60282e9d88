"""What is shared around GPU memory: layouts of buffers, pinned views, a kernel's sizes and arguments."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from engines.errors import BackendError

# Bytes. TensorRT wants tensors at such addresses (IExecutionContext.set_tensor_address); CUDA's own
# allocations start there (CUDA C++ Programming Guide, "Device Memory Accesses").
ALIGNMENT = 256


def lay_out(sizes: Iterable[int]) -> list[int]:
    """Place blocks of so many bytes one behind the other, each aligned.

    Returns: the offset of each, then the bytes that all take.
    """
    offsets = [0]
    for nbytes in sizes:
        offsets.append(offsets[-1] + -(-nbytes // ALIGNMENT) * ALIGNMENT)
    return offsets


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
