"""PyCUDA is an extra that is built from source: here mostly that its absence is told."""

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
