"""The network in PyTorch is the committed one: it reads as ONNX Runtime does."""

import numpy as np
import pytest

from benchmarks.gpu.candidates import has_appearance, open_reference


def test_pytorch_reads_as_onnx_runtime_does():
    pytest.importorskip("torch", reason="the training extra is not installed")
    from benchmarks.gpu.torch_runner import TorchRunner

    crops = np.random.default_rng(0).integers(0, 255, (1, 256, 256, 3), dtype=np.uint8)
    reference, runner = open_reference("lite", threads=1), TorchRunner("lite", "cpu")
    expected, found = reference.read(crops), runner.read(runner.place(crops))
    assert np.abs(found.points - expected.points).max() < 0.05
    if has_appearance("lite"):  # a file from before has another confidence, too
        assert np.abs(found.confidence - expected.confidence).max() < 0.01
        assert np.abs(found.appearance - expected.appearance).max() < 0.01
    else:
        assert found.appearance is None
    runner.close()
    reference.close()
