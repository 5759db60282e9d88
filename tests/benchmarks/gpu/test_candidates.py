"""What is tried: under its own name, with its reason where it cannot run, and nothing of the CPU on a GPU."""

import numpy as np
import pytest

from benchmarks.gpu import candidates
from engines.backends.device import why_no_device
from engines.backends.device_array import DeviceArray
from tests.engines.gpu.fake_device import FakeDevice, to_host


@pytest.mark.skipif(why_no_device() is None, reason="there is a GPU here")
def test_without_a_gpu_every_candidate_tells_why_it_cannot_run():
    found = candidates.list_candidates()
    names = [candidate.name for candidate in found]
    assert names[:3] == ["TensorRT, fp16", "TensorRT-RTX, fp16", "ONNX Runtime, CUDA provider, TF32"]
    assert names[3:] == ["PyTorch, CUDA, fp16, kernels in a CUDA graph", "PyTorch, CUDA, fp16"]
    assert all(candidate.reason for candidate in found)


@pytest.mark.parametrize(
    ("trial", "reason"),
    [("import os; os.abort()", "SIGABRT"), ("raise SystemExit('it cannot run here')", None), ("", None)],
)
def test_a_backend_that_takes_its_process_along_is_told_and_not_tried(monkeypatch, trial, reason):
    monkeypatch.setattr(candidates, "TRIAL", trial)
    told = candidates.why_it_crashes("tensorrt_rtx")
    assert (reason in told) if reason else told is None


def test_a_backend_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(candidates, "TRIAL", "import time; time.sleep(60)")
    monkeypatch.setattr(candidates, "TRIAL_S", 0.1)
    assert "took more than" in candidates.why_it_crashes("tensorrt")


def test_the_server_runs_on_the_first_backend_that_does():
    def candidate(backend, reason):
        return candidates.Candidate("", "", reason, candidates.open_reference, backend)

    torch = candidate(None, None)
    found = [candidate("tensorrt", "it crashed"), candidate("tensorrt_rtx", None), torch]
    assert candidates.served_by(found) == "tensorrt_rtx" and candidates.served_by([torch]) == "auto"


def test_candidates_of_the_cpu_are_named_so():
    found = candidates.list_candidates(cpu=True)
    assert [candidate.name.split(",")[1] for candidate in found] == [" CPU"] * 3
    assert found[1].reason is None and found[1].version in found[1].title


def test_a_backend_of_the_cpu_reads_as_the_reference():
    crops = np.random.default_rng(0).integers(0, 255, (1, 256, 256, 3), dtype=np.uint8)
    reference = candidates.open_reference("lite", threads=1)
    expected = reference.read(crops)
    openvino = candidates.list_candidates(cpu=True)[0]
    if openvino.reason:
        pytest.skip(openvino.reason)
    runner = openvino.load("lite")
    assert np.abs(runner.read(runner.place(crops)).points - expected.points).max() < 0.5
    runner.close()
    reference.close()


def test_crops_for_a_gpu_are_placed_there_before_the_clock_runs():
    class FakeSession:
        def run(self, inputs, outputs):
            assert isinstance(inputs["image"], DeviceArray)
            image = to_host(inputs["image"])
            return [np.full((len(image), 98, 2), image.mean()), np.ones((len(image), 98))]

        def close(self):
            pass

    device = FakeDevice(library=None)
    runner = candidates.SessionRunner(FakeSession(), False, device)
    crops = np.full((2, 256, 256, 3), 7, np.uint8)
    placed = runner.place(crops)
    assert runner.read(placed).points.max() == 7 and runner.read(placed).points.min() == 7
    assert device.counts["to device"] == 1
    runner.close()
