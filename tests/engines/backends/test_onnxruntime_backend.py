"""ONNX Runtime sessions: any batch size, outputs by name, closing; and when a GPU counts as one."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engines.backends import onnxruntime_backend
from engines.backends.device_array import DeviceArray
from engines.errors import BackendError
from engines.models import model_path


def test_the_batch_size_may_change_and_outputs_come_in_the_asked_order():
    assert onnxruntime_backend.why_not() is None
    session = onnxruntime_backend.open_session(model_path("landmarks_lite"), 1)
    crops = np.random.default_rng(0).integers(0, 255, (3, 256, 256, 3), dtype=np.uint8)
    confidence, points = session.run({"image": crops}, ["confidence", "points"])
    assert confidence.shape == (3, 98) and points.shape == (3, 98, 2)
    (one,) = session.run({"image": crops[1:2]}, ["points"])
    assert np.allclose(one[0], points[1], atol=1e-2)
    session.close()


def test_nothing_is_reported_or_kept_about_the_user(tmp_path: Path):
    """Without its switch ONNX Runtime writes a telemetry database into the user's cache."""
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    code = "from engines.backends import open_session; from engines.models import model_path; "
    code += "open_session(model_path('onet'), 'onnxruntime', 1)"
    subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=Path(__file__).parents[3], env=environment, check=True
    )
    assert list(tmp_path.iterdir()) == []


def test_without_the_cuda_provider_the_reason_is_told_and_sessions_run_on_the_cpu():
    reason = onnxruntime_backend.why_not_accelerated()
    if reason is None:
        pytest.skip("the CUDA provider runs here")
    assert "CUDA" in reason
    assert onnxruntime_backend.open_session(model_path("pnet"), 1).provider == "CPUExecutionProvider"


def test_what_is_compared_with_runs_on_the_cpu_also_where_there_is_a_gpu(monkeypatch):
    monkeypatch.setattr(onnxruntime_backend, "_why_no_cuda", lambda: None)
    assert onnxruntime_backend.why_not_accelerated() is None
    with onnxruntime_backend.on_cpu():
        assert onnxruntime_backend.why_not_accelerated() == "it is held on the CPU"
        session = onnxruntime_backend.open_session(model_path("pnet"), 1)
    assert session.provider == onnxruntime_backend.CPU
    assert onnxruntime_backend.why_not_accelerated() is None


def test_a_provider_that_is_silently_replaced_is_an_error():
    """ONNX Runtime only warns when CUDA cannot be had; a session must not pass for one on a GPU."""
    if onnxruntime_backend.why_not_accelerated() is None:
        pytest.skip("the CUDA provider runs here")
    with (
        pytest.warns(UserWarning, match="CUDAExecutionProvider"),
        pytest.raises(BackendError, match="instead of"),
    ):
        onnxruntime_backend.OnnxRuntimeSession(model_path("pnet"), 1, onnxruntime_backend.CUDA)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("refused", "refused"),
        ("fails", "failed on a small network: no kernel"),
        ("nan", "no numbers"),
        (None, None),
    ],
)
def test_the_cuda_provider_counts_only_after_it_ran(monkeypatch, fault, reason):
    """The order of the proof, with a session that behaves as told in place of one on a GPU."""

    class FakeCudaSession:
        def __init__(self, path, threads, provider):
            assert provider == onnxruntime_backend.CUDA
            if fault == "refused":
                raise BackendError("refused")

        def run(self, inputs, outputs):
            if fault == "fails":
                raise RuntimeError("no kernel")
            return [np.full((1, 7, 7), np.nan if fault == "nan" else 0.5)]

        def close(self):
            closed.append(True)

    closed, loaded = [], []
    monkeypatch.setattr(onnxruntime_backend, "OnnxRuntimeSession", FakeCudaSession)
    monkeypatch.setattr(onnxruntime_backend, "_why_no_driver", lambda: None)
    monkeypatch.setattr(onnxruntime_backend.onnxruntime, "preload_dlls", lambda: loaded.append(True))
    providers = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime_backend.onnxruntime, "get_available_providers", lambda: providers)
    told = onnxruntime_backend._why_no_cuda.__wrapped__()
    assert told is None if reason is None else reason in told
    assert loaded == [True] and closed == ([] if fault == "refused" else [True])


def test_a_missing_driver_is_told_before_the_provider_is_tried(monkeypatch):
    """ONNX Runtime would print lines of its own about it, and name no reason in its error."""
    monkeypatch.setattr(onnxruntime_backend.onnxruntime, "preload_dlls", lambda: pytest.fail("was tried"))
    providers = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime_backend.onnxruntime, "get_available_providers", lambda: providers)
    monkeypatch.setattr(onnxruntime_backend, "DRIVER", "libno-such-driver.so.1")
    told = onnxruntime_backend._why_no_cuda.__wrapped__()
    assert told.startswith("no usable NVIDIA driver (libno-such-driver.so.1")


class FakeStream:
    """Stands for a stream whose work is done when it is waited for."""

    def __init__(self) -> None:
        self.waits = 0

    def synchronize(self) -> None:
        self.waits += 1


def test_an_input_on_the_device_is_bound_where_it_lies():
    """The calls of the GPU's way, with this machine's memory as the device."""
    session = onnxruntime_backend.OnnxRuntimeSession(model_path("landmarks_lite"), 1)
    crops = np.random.default_rng(3).integers(0, 255, (3, 256, 256, 3), dtype=np.uint8)
    stream = FakeStream()
    on_device = DeviceArray(crops.ctypes.data, crops.shape, crops.dtype, stream)
    confidence, points = session.run({"image": on_device[1:]}, ["confidence", "points"])
    expected = session.run({"image": crops[1:]}, ["confidence", "points"])
    assert np.array_equal(confidence, expected[0]) and np.array_equal(points, expected[1])
    assert stream.waits == 1
