"""Serving: what is exported decodes as the reference does, and its confidence means what it says."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from engines.stages.landmarks import decode_heatmaps
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES, soft_argmax
from training.networks.serving import GRID, ServingNetwork


@pytest.fixture(scope="module")
def serving():
    torch.manual_seed(0)
    return ServingNetwork(FaceNetwork(PROFILES["lite"])).eval()


def peaks(sigma, centres):
    """Logits of a Gaussian per map. Shapes: (K, 2) cells -> (1, K, 64, 64)."""
    grid = torch.arange(float(GRID))
    x, y = centres[:, 0, None, None], centres[:, 1, None, None]
    return -((grid - x) ** 2 + (grid[:, None] - y) ** 2)[None] / (2 * sigma**2)


def as_maps(logits):
    """Their softmax, as the network hands it on: (N, 98, 64, 64) -> same."""
    return logits.flatten(2).softmax(dim=-1).view_as(logits)


def mass_around_the_peak(logits):
    """The probability within one cell of the best cell, told from the whole map."""
    _, maps = soft_argmax(logits)
    return (F.avg_pool2d(maps, 3, 1, 1) * 9).flatten(2).amax(dim=-1)


def test_raw_pixels_in_results_out(serving):
    with torch.no_grad():
        points, confidence, appearance = serving(torch.randint(0, 255, (2, 256, 256, 3), dtype=torch.uint8))
    assert points.shape == (2, 98, 2) and confidence.shape == (2, 98) and appearance.shape == (2, 248)
    for values in (confidence, appearance[:, :52]):
        assert ((values >= 0) & (values <= 1)).all()


@pytest.mark.parametrize("size", [256, 192])
def test_points_are_those_of_the_plain_network_to_a_thousandth_of_a_pixel(serving, size):
    pixels = torch.randint(0, 255, (1, size, size, 3), dtype=torch.uint8)
    with torch.no_grad():
        points, _, _ = serving(pixels)
        logits, *_ = serving.network((pixels.permute(0, 3, 1, 2).float() - serving.mean) / serving.std)
    assert np.abs(points.numpy() - decode_heatmaps(logits.double().numpy())).max() < 1e-3


@pytest.mark.parametrize("sigma", [0.5, 1.2, 3.0, 8.0])
def test_confidence_is_the_mass_around_a_peak(serving, sigma):
    logits = peaks(sigma, torch.rand(98, 2) * 40 + 12)
    points, confidence = serving.decode(as_maps(logits))
    assert torch.allclose(confidence, mass_around_the_peak(logits), atol=1e-4)
    assert np.allclose(points, decode_heatmaps(logits.numpy()), atol=1e-3)


def test_confidence_of_two_peaks_is_lower_than_of_one(serving):
    centres = torch.rand(98, 2) * 20 + 10
    one, other = peaks(1.2, centres), peaks(1.2, centres + 25)
    _, sure = serving.decode(as_maps(one))
    _, torn = serving.decode(as_maps(torch.logaddexp(one, other)))
    assert (torn < 0.6 * sure).all()


def test_confidence_stays_within_bounds_on_wild_maps(serving):
    _, confidence = serving.decode(as_maps(torch.randn(3, 98, GRID, GRID) * 30))
    assert ((confidence >= 0) & (confidence <= 1)).all()
