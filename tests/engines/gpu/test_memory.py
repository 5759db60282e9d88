"""Memory of a pass: it grows and stays, and arrays arrive whole, with a fake in place of the driver."""

import numpy as np
import pytest

from engines.backends.device_memory import ALIGNMENT
from engines.gpu.memory import GrowingBuffer, GrowingHost, Uploader
from tests.engines.gpu.fake_device import FakeDevice, memory_at


@pytest.fixture
def device():
    return FakeDevice(library=None)


def test_memory_grows_and_is_kept(device):
    stream = device.open_stream()
    for growing in (GrowingBuffer(device, stream), GrowingHost(device)):
        first = growing.require(100)
        assert growing.require(120) is first  # half more than asked for
        larger = growing.require(500)
        assert larger is not first and larger.nbytes >= 500
        growing.free()
        growing.free()


def test_arrays_of_any_kind_arrive_in_one_copy(device):
    stream = device.open_stream()
    uploader = Uploader(device, stream)
    arrays = [np.arange(7, dtype=np.float32), np.zeros(0, np.uint8), np.arange(24).reshape(4, 6).T]
    addresses = uploader.upload(arrays)
    stream.synchronize()
    assert device.counts["to device"] == 1
    assert all((address - addresses[0]) % ALIGNMENT == 0 for address in addresses)
    for array, address in zip(arrays, addresses, strict=True):
        found = memory_at(address, array.nbytes).view(array.dtype).reshape(array.shape)
        assert np.array_equal(found, array)
    assert uploader.upload([]) == [] and uploader.upload([arrays[1]]) == [0]
    uploader.free()


def test_an_upload_waits_until_the_last_one_was_read(device):
    stream = device.open_stream()
    uploader = Uploader(device, stream)
    other = device.allocate(4)
    (address,) = uploader.upload([np.full(4, 1, np.uint8)])
    stream.queue("copy", lambda: memory_at(other.address, 4).__setitem__(slice(None), memory_at(address, 4)))
    uploader.upload([np.full(4, 2, np.uint8)])
    stream.synchronize()
    assert memory_at(other.address, 4).tolist() == [1] * 4
    uploader.free()
