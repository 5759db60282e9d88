"""Exported networks give what the torch ones give, for raw pixels and any batch."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
import torch

from engines.backends import open_session
from training.detection.export import ServingNetwork, export_network
from training.networks.mtcnn import ONet, PNet, RNet

OUTPUTS = ["score", "offsets", "points"]


@pytest.mark.parametrize("network_class", [PNet, RNet, ONet])
def test_export_agrees_with_torch(network_class, tmp_path):
    torch.manual_seed(1)
    network = network_class()
    network(torch.randn(8, 3, network.SIZE, network.SIZE))  # gives the normalisations a history
    file = tmp_path / "net.onnx"
    export_network(network.eval(), file)
    names = OUTPUTS[: 3 if network_class is ONet else 2]
    session = open_session(file, threads=1)
    rng = np.random.default_rng(0)
    sizes = (
        [(1, 12, 12), (3, 31, 50)]
        if network_class is PNet
        else [(1, *[network.SIZE] * 2), (5, *[network.SIZE] * 2)]
    )
    for size in sizes:
        image = rng.integers(0, 256, (*size, 3)).astype(np.uint8)
        with torch.no_grad():
            expected = ServingNetwork(network)(torch.from_numpy(image))
        actual = session.run({"image": image}, names)
        for one, other in zip(actual, expected, strict=True):
            assert one.shape == tuple(other.shape) and np.allclose(one, other.numpy(), atol=1e-4)


def test_export_of_pnet_holds_the_merged_convolution(tmp_path):
    export_network(PNet().eval(), tmp_path / "pnet.onnx")
    kernels = [
        tuple(a.ints)
        for node in onnx.load(tmp_path / "pnet.onnx").graph.node if node.op_type == "Conv"
        for a in node.attribute if a.name == "kernel_shape"
    ]  # fmt: skip
    assert kernels == [(4, 4), (3, 1), (1, 3), (3, 1), (1, 3), (1, 1)]
