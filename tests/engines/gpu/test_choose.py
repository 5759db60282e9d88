"""Where frames are put: a GPU only for backends that compute there, and the reason when it cannot be had."""

import pytest

from engines.backends import onnxruntime_backend
from engines.backends.device import why_no_device
from engines.errors import BackendError
from engines.gpu import choose
from engines.gpu.frames import GpuFrames
from engines.stages.frames import CpuFrames
from tests.engines.gpu.fake_device import FakeDevice


def test_backends_of_the_cpu_keep_their_frames_there(monkeypatch):
    monkeypatch.setattr(onnxruntime_backend, "why_not_accelerated", lambda: "no CUDA")
    for backend in ("onnxruntime", "openvino"):
        frames, reasons = choose.open_frames(backend)
        assert isinstance(frames, CpuFrames) and reasons == []


@pytest.mark.skipif(why_no_device() is None, reason="there is a GPU here")
def test_without_a_gpu_the_reason_is_told():
    frames, reasons = choose.open_frames("tensorrt")
    assert isinstance(frames, CpuFrames) and "no GPU can be used here" in reasons[0]


@pytest.mark.parametrize("backend", ["tensorrt", "tensorrt_rtx", "onnxruntime"])
def test_with_a_gpu_frames_go_there(monkeypatch, backend):
    monkeypatch.setattr(choose, "open_device", lambda: FakeDevice(library=None))
    monkeypatch.setattr(onnxruntime_backend, "why_not_accelerated", lambda: None)
    frames, reasons = choose.open_frames(backend)
    assert isinstance(frames, GpuFrames)
    assert len(reasons) == 1 and "JPEGs are decoded on the CPU" in reasons[0]
    frames.close()


def test_kernels_that_do_not_load_leave_frames_on_the_cpu(monkeypatch):
    class Broken(FakeDevice):
        def load_kernels(self, source, names, options=()):
            raise BackendError("no image for this device")

    monkeypatch.setattr(choose, "open_device", lambda: Broken(library=None))
    frames, reasons = choose.open_frames("tensorrt")
    assert isinstance(frames, CpuFrames) and "no image" in reasons[0]
