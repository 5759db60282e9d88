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


def test_no_normalisation_is_left_beside_the_convolutions():
    torch = pytest.importorskip("torch", reason="the training extra is not installed")
    from benchmarks.gpu.torch_runner import fold_normalisation
    from training.networks.face import FaceNetwork
    from training.networks.hrnet import PROFILES
    from training.networks.serving import ServingNetwork

    torch.manual_seed(0)
    network = ServingNetwork(FaceNetwork(PROFILES["lite"])).eval()
    for norm in (m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)):
        norm.running_mean.uniform_(-0.1, 0.1)
        norm.running_var.uniform_(0.5, 2)
    crops = torch.randint(0, 256, (1, 256, 256, 3), dtype=torch.uint8)
    with torch.no_grad():
        expected = network(crops)
        fold_normalisation(network)
        found = network(crops)
    assert not [m for m in network.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    for a, b in zip(expected, found, strict=True):
        assert torch.allclose(a, b, atol=1e-3)


def test_a_batch_size_is_recorded_once_and_reads_what_lies_in_its_memory(monkeypatch):
    """Stands in for CUDA: what is recorded runs again on whatever was copied to the recorded input."""
    pytest.importorskip("torch", reason="the training extra is not installed")
    from benchmarks.gpu import torch_runner

    runner = torch_runner.TorchRunner("lite", "cpu", recorded=True)
    recordings = []

    class Graph:
        def replay(self):
            for output, new in zip(self.entry.outputs, runner._compute(self.entry.image), strict=True):
                output.copy_(new)

    def record(image):
        graph = Graph()
        graph.entry = torch_runner.Recorded(image.clone(), graph, runner._compute(image))
        recordings.append(len(image))
        return graph.entry

    monkeypatch.setattr(runner, "_record", record)
    rng = np.random.default_rng(1)
    first, second = (rng.integers(0, 255, (1, 256, 256, 3), dtype=np.uint8) for _ in range(2))
    plain = torch_runner.TorchRunner("lite", "cpu")
    for crops in (first, second, first):
        assert np.allclose(runner.read(crops).points, plain.read(crops).points, atol=1e-3)
    assert recordings == [1]
    runner.close()
    plain.close()
