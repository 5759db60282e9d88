"""An array on the device: its size, and rows of it, without touching memory."""

import numpy as np
import pytest

from engines.backends.device_array import DeviceArray


def test_rows_are_the_same_memory_further_on():
    array = DeviceArray(1000, (10, 4, 3), np.dtype(np.float32), None)
    part = array[2:5]
    assert (part.address, part.shape, part.nbytes, len(part)) == (1000 + 2 * 48, (3, 4, 3), 144, 3)
    assert array[8:99].shape == (2, 4, 3) and array[10:].nbytes == 0 and array[7:3].shape == (0, 4, 3)


def test_rows_apart_are_refused():
    with pytest.raises(IndexError, match="step of 2"):
        DeviceArray(0, (4, 2), np.dtype(np.uint8), None)[::2]
