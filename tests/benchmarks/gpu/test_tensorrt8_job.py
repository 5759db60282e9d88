"""TensorRT in another Python: here this one, whose TensorRT-RTX really parses and builds but cannot run."""

import sys

import numpy as np
import pytest

from benchmarks.gpu import tensorrt8_job
from engines.backends.device import why_no_device
from engines.errors import BackendError


def test_a_python_without_tensorrt_tells_so():
    candidate = tensorrt8_job.candidate(sys.executable, "no_such_module")
    assert "no_such_module" in candidate.reason and candidate.version == ""
    assert "does not start" in tensorrt8_job.candidate("/no/such/python").reason


@pytest.mark.timeout(600)
@pytest.mark.skipif(why_no_device() is None, reason="there is a GPU here")
def test_the_network_is_built_there_and_the_missing_driver_is_told():
    pytest.importorskip("tensorrt_rtx", reason="tensorrt-rtx is not installed")
    candidate = tensorrt8_job.candidate(sys.executable, "tensorrt_rtx")
    assert candidate.reason is None and candidate.version
    runner = tensorrt8_job.Tensorrt8Runner(sys.executable, "lite", "tensorrt_rtx")
    assert runner.answer["build_s"] > 0 and runner._plan.stat().st_size > 1_000_000
    with pytest.raises(BackendError, match=r"libcuda|cuInit"):
        runner.read(np.zeros((2, 256, 256, 3), np.uint8))
    runner.close()
    assert not runner._plan.exists()


def test_times_come_from_the_other_side(monkeypatch, tmp_path):
    line = {"batch": 4, "from_host": {"median_ms": 3.0}, "on_device": {"median_ms": 2.0}}
    runner = tensorrt8_job.Tensorrt8Runner.__new__(tensorrt8_job.Tensorrt8Runner)
    runner._crops = tmp_path / "crops"
    monkeypatch.setattr(runner, "_run", lambda **job: {"lines": [line]} if job["timed"] == [4] else None)
    assert runner.time_batches(np.zeros((1, 2, 2, 3), np.uint8), [4], 0.1) == [
        {**line, "faces_per_s": 2000.0}
    ]
