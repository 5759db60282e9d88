"""The cascade's networks: shapes, the numbers of their docstrings, and octave convolution by hand."""

from __future__ import annotations

import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from training.detection.reference import OriginalONet, OriginalPNet, OriginalRNet
from training.networks.mtcnn import MultiScaleConv, OctaveConv, ONet, PNet, RNet

PAIRS = [(PNet, OriginalPNet), (RNet, OriginalRNet), (ONet, OriginalONet)]


def count_parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def count_macs(network: nn.Module, size: int) -> int:
    """Multiplications of the convolutions and dense layers on one window."""
    total = 0

    def add(module: nn.Module, _, output: torch.Tensor) -> None:
        nonlocal total
        total += output[0].numel() * module.weight[0].numel()

    hooks = [m.register_forward_hook(add) for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    return total


@pytest.mark.parametrize(("network_class", "original_class"), PAIRS)
def test_docstring_tells_the_true_parameters_and_macs(network_class, original_class):
    for prefix, cls in (("total", network_class), ("original", original_class)):
        line = re.search(rf"^ +{prefix} .*?([\d,]+) +([\d,]+)$", network_class.__doc__, re.MULTILINE)
        told = [int(number.replace(",", "")) for number in line.groups()]
        network = cls()
        assert told == [count_parameters(network), count_macs(network, network_class.SIZE)]


def test_pnet_costs_less_per_pixel_than_the_original():
    told = re.search(r"([\d,]+) MACs a pixel beside the\s+original's ([\d,]+)", PNet.__doc__).groups()
    side = 600
    for number, network in zip(told, (PNet(), OriginalPNet()), strict=True):
        counted = count_macs(network, side) / side**2
        assert counted == pytest.approx(int(number.replace(",", "")), rel=0.03)  # the borders have no windows


def test_pnet_gives_one_cell_for_one_window_and_a_map_for_an_image():
    network = PNet().eval()
    for size, cells in ((12, 1), (13, 1), (14, 2), (40, 15)):
        logits, offsets = network(torch.zeros(2, 3, size, size + 2))
        assert logits.shape == (2, 1, cells, cells + 1) and offsets.shape == (2, 4, cells, cells + 1)


def test_pnet_cell_sees_its_window_and_nothing_else():
    network = PNet().eval()
    image = torch.randn(1, 3, 30, 34)
    logits, offsets = network(image)
    alone = network(image[:, :, 8:20, 10:22])
    assert torch.allclose(alone[0][0, :, 0, 0], logits[0, :, 4, 5], atol=1e-5)
    assert torch.allclose(alone[1][0, :, 0, 0], offsets[0, :, 4, 5], atol=1e-5)


def test_merged_pnet_is_the_same_function():
    network = PNet().eval()
    image = torch.randn(1, 3, 30, 34)
    merged = network.merged()
    assert count_parameters(merged) > count_parameters(network)  # the small kernel is padded
    for one, other in zip(network(image), merged(image), strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_multi_scale_branches_share_their_centres():
    layer = MultiScaleConv(1, 1, 1)
    nn.init.ones_(layer.wide.weight)
    nn.init.ones_(layer.narrow.weight)
    image = torch.zeros(1, 1, 6, 6)
    image[0, 0, 1, 1] = 1  # the middle of the first window, outside the second's small kernel
    wide, narrow = layer(image)[0]
    assert wide.tolist() == [[1, 0], [0, 0]] and narrow.tolist() == [[1, 0], [0, 0]]


def test_octave_conv_follows_equations_4_and_5():
    """One channel a side, 1x1 kernels 2, 3, 5, 7: every sum can be done by hand."""
    layer = OctaveConv((1, 1), (1, 1), kernel=1).eval()
    paths = (layer.high_to_high, layer.low_to_high, layer.low_to_low, layer.high_to_low)
    for path, value in zip(paths, (2.0, 3.0, 5.0, 7.0), strict=True):
        nn.init.constant_(path.weight, value)
    for norm in (layer.norm_high, layer.norm_low):
        norm.eps = 0.0  # a fresh normalisation is then the identity
    high = torch.tensor([[[[1.0, 2.0], [3.0, 6.0]]]])
    low = torch.tensor([[[[10.0]]]])
    y_high, y_low = layer(high, low)
    assert y_high[0, 0].tolist() == [[32.0, 34.0], [36.0, 42.0]]  # 2 x + 3 * 10
    assert y_low[0, 0].tolist() == [[71.0]]  # 5 * 10 + 7 * mean 3


def test_octave_conv_of_one_frequency_is_an_ordinary_convolution():
    layer = OctaveConv((3, 0), (4, 0)).eval()
    layer.norm_high.eps = 0.0
    image = torch.randn(2, 3, 8, 8)
    y_high, y_low = layer(image, None)
    assert y_low is None and layer.high_to_low is None and layer.low_to_low is None
    assert torch.allclose(y_high, F.relu(F.conv2d(image, layer.high_to_high.weight, padding=1)), atol=1e-6)


def test_rnet_and_onet_shapes():
    logits, offsets = RNet().eval()(torch.zeros(3, 3, 24, 24))
    assert logits.shape == (3, 1) and offsets.shape == (3, 4)
    logits, offsets, points = ONet().eval()(torch.zeros(3, 3, 48, 48))
    assert logits.shape == (3, 1) and offsets.shape == (3, 4) and points.shape == (3, 10)


@pytest.mark.parametrize("network_class", [PNet, RNet, ONet])
def test_every_parameter_gets_a_gradient(network_class):
    network = network_class().train()
    outputs = network(torch.randn(4, 3, network_class.SIZE, network_class.SIZE))
    sum(output.square().sum() for output in outputs).backward()
    idle = [name for name, p in network.named_parameters() if p.grad is None or not p.grad.abs().sum()]
    assert not idle
