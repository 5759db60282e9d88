"""PyCUDA is an extra that is built from source: here mostly that its absence is told."""

import threading

import pytest

from engines.backends import device_pycuda as adapter
from engines.errors import BackendError


def test_its_absence_is_told():
    if adapter.cuda is not None:
        pytest.skip("pycuda is installed here: its absence cannot be tested")
    assert "pycuda is not installed, or there is no NVIDIA driver" in adapter.why_not()


class FailingCuda:
    """A fake of pycuda.driver whose calls fail as PyCUDA's do, to test how faults are told."""

    class Error(Exception):
        pass

    def mem_alloc(self, nbytes):
        raise self.Error("cuMemAlloc failed: out of memory")

    def init(self):
        raise self.Error("cuInit failed: no device")


def test_faults_are_backend_errors(monkeypatch):
    monkeypatch.setattr(adapter, "cuda", FailingCuda())
    with pytest.raises(BackendError, match="CUDA failed: cuMemAlloc failed: out of memory"):
        adapter.Buffer(1 << 40)
    assert adapter.why_not() == "no usable NVIDIA driver (cuInit failed: no device)"


class CountingCuda:
    """A fake of pycuda.driver that counts each thread's context stack: PyCUDA aborts if one is left."""

    Error = RuntimeError

    def __init__(self):
        self.stacks: dict[int, int] = {}
        fake = self

        class Context:
            @staticmethod
            def pop():
                fake.count(-1)

            def push(self):
                fake.count(1)

        class Device:
            @staticmethod
            def count():
                return 1

            def __init__(self, index):
                pass

            def name(self):
                return "fake"

            def compute_capability(self):
                return 9, 0

            def total_memory(self):
                return 1

            def retain_primary_context(self):
                return Context()

        self.Context, self.Device = Context, Device

    def count(self, step):
        thread = threading.get_ident()
        self.stacks[thread] = self.stacks.get(thread, 0) + step


def test_no_thread_ends_with_a_context_on_its_stack(monkeypatch):
    fake = CountingCuda()
    monkeypatch.setattr(adapter, "cuda", fake)
    first, second = adapter.open_device(), adapter.open_device()
    inside = []

    def work():
        for device in (first, second, first):
            device.activate()
        inside.append(dict(fake.stacks)[threading.get_ident()])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert inside == [2], "once for each device"
    first.close()
    first.close()
    second.close()
    assert set(fake.stacks.values()) == {0}


def test_a_gpu_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr(adapter, "cuda", CountingCuda())
    with pytest.raises(BackendError, match=r"expected a GPU of 0\.\.0, got 3"):
        adapter.open_device(3)
