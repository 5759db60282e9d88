"""Pinned views and kernel arguments: shared by the adapters, so tested without them."""

import numpy as np
import pytest

from engines.backends.device_memory import ALIGNMENT, PinnedView, kernel_sizes, kernel_values, lay_out
from engines.errors import BackendError


def test_blocks_lie_one_behind_the_other_where_tensorrt_may_read():
    assert ALIGNMENT == 256 and lay_out([]) == [0]
    assert lay_out([1, 256, 0, 257]) == [0, 256, 512, 512, 1024]


class Somewhere:
    """A buffer as far as a kernel's arguments go."""

    address = 0x7F00_0000_1000


def test_a_view_is_the_same_memory():
    buffer = PinnedView(np.zeros(64, np.uint8))
    buffer.view(np.float32, (2, 3), offset=8)[1, 2] = 1.0
    assert buffer.array[8 + 20 : 8 + 24].view(np.float32)[0] == 1.0 and buffer.nbytes == 64


@pytest.mark.parametrize(("shape", "offset"), [((17,), 0), ((16,), 4), ((1,), -4)])
def test_a_view_that_does_not_fit_is_refused(shape, offset):
    with pytest.raises(BackendError, match="at most 64 bytes"):
        PinnedView(np.zeros(64, np.uint8)).view(np.float32, shape, offset)


def test_sizes_are_filled_up_to_three():
    assert kernel_sizes((5,)) == (5, 1, 1) and kernel_sizes([np.int64(2), 3, 4]) == (2, 3, 4)
    for wrong in ((), (1, 1, 1, 1)):
        with pytest.raises(BackendError, match="one to three sizes"):
            kernel_sizes(wrong)


def test_a_buffer_is_passed_by_address_and_scalars_as_they_are():
    values = kernel_values([Somewhere(), np.int32(3), np.float32(0.5)])
    assert [value.dtype for value in values] == [np.uint64, np.int32, np.float32]
    assert values[0] == Somewhere.address and values[2] == 0.5


@pytest.mark.parametrize("argument", [3, 0.5, "x", None])
def test_a_value_without_a_c_type_is_refused(argument):
    with pytest.raises(BackendError, match=type(argument).__name__):
        kernel_values([argument])
