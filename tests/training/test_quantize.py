"""Quantise: scales and rounding by hand, and a real face network that stays close to itself."""

import numpy as np
import onnx
import pytest
import torch

from engines.backends import open_session
from training import export, quantize
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES
from training.networks.serving import ServingNetwork


def test_scale_keeps_the_range_of_even_values_and_clips_a_lone_outlier():
    even = np.linspace(0, 1, 5000)
    assert quantize.activation_scale(even) == pytest.approx(1 / 255, rel=0.02)
    with_outlier = np.r_[np.linspace(0, 1, 500_000), 3.0]
    assert quantize.activation_scale(with_outlier) < 2 / 255


def test_weights_are_rounded_per_output_channel():
    weights = np.array([[[[1.0, -0.5]]], [[[0.01, 0.0]]], [[[0.0, 0.0]]]], np.float32)
    levels, scale = quantize.round_weights(weights)
    assert levels.dtype == np.int8 and levels[:, 0, 0].tolist() == [[127, -64], [127, 0], [0, 0]]
    assert np.allclose(levels * scale[:, None, None, None], weights, atol=0.005)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A lite network as exported, and its int8 form."""
    folder = tmp_path_factory.mktemp("quantize")
    torch.manual_seed(0)
    network = FaceNetwork(PROFILES["lite"]).eval()
    export.export_network(network, folder / "plain.onnx")
    crops = np.random.default_rng(0).integers(0, 255, (4, 256, 256, 3), dtype=np.uint8)
    onnx.save(quantize.quantise(onnx.load(folder / "plain.onnx"), crops), folder / "int8.onnx")
    return folder / "plain.onnx", folder / "int8.onnx"


def test_all_convolutions_but_the_one_that_sees_pixels_read_integers(pair):
    graph = onnx.load(pair[1]).graph
    makers = {output: node for node in graph.node for output in node.output}
    plain = [
        node for node in graph.node
        if node.op_type == "Conv" and makers[node.input[1]].op_type != "DequantizeLinear"
    ]  # fmt: skip
    assert len(plain) == 1
    for node in graph.node:
        if node.op_type == "Conv" and node is not plain[0]:
            assert makers[node.input[0]].op_type == "DequantizeLinear", node.name


def test_the_int8_form_is_smaller_and_computes_nearly_the_same(pair):
    plain, rounded = pair
    # The appearance head's own matrices, a quarter of the parameters, stay in 16 bits.
    assert rounded.stat().st_size < 0.7 * plain.stat().st_size
    crops = np.random.default_rng(1).integers(0, 255, (2, 256, 256, 3), dtype=np.uint8)
    outputs = ServingNetwork.OUTPUTS
    exact, close = (open_session(path, threads=1).run({"image": crops}, outputs) for path in pair)
    assert 0 < np.abs(exact[0] - close[0]).mean() < 1.0
    assert np.abs(exact[1] - close[1]).mean() < 0.05
    assert np.abs(exact[2] - close[2]).mean() < 0.02
