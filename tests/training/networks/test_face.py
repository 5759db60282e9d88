"""The face network: two readings of one backbone, at every crop size, and both teach it."""

import pytest
import torch

from training.networks.face import AppearanceHead, FaceNetwork
from training.networks.hrnet import PROFILES


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("size", [128, 192, 256])
def test_gives_heat_maps_scores_and_shifts(profile, size):
    network = FaceNetwork(PROFILES[profile]).eval()
    with torch.no_grad():
        logits, scores, shifts = network(torch.zeros(2, 3, size, size))
    assert logits.shape == (2, 98, size // 4, size // 4)
    assert scores.shape == (2, 52) and shifts.shape == (2, 98, 2)


def test_heat_maps_are_those_of_the_landmark_network_alone():
    network = FaceNetwork(PROFILES["lite"]).eval()
    image = torch.randn(1, 3, 128, 128)
    with torch.no_grad():
        assert torch.equal(network(image)[0], network.landmarks(image))


def single_cells(places: list[tuple[int, int]], size: int) -> torch.Tensor:
    """Heat maps that are 1 in one cell each. Shapes: K x (x, y) -> (1, K, size * size)."""
    maps = torch.zeros(1, len(places), size, size)
    for index, (x, y) in enumerate(places):
        maps[0, index, y, x] = 1
    return maps.flatten(2)


def test_the_head_looks_only_where_the_points_are():
    torch.manual_seed(0)
    head = AppearanceHead(6, landmarks=2).eval()
    features = torch.rand(1, 6, 8, 8, requires_grad=True)
    head(features, single_cells([(2, 3), (6, 1)], 8)).scores.sum().backward()
    seen = features.grad.abs().sum(dim=1)[0].nonzero().tolist()
    assert seen == [[1, 6], [3, 2]]


def test_each_point_is_read_by_weights_of_its_own():
    torch.manual_seed(0)
    head = AppearanceHead(6, landmarks=2).eval()
    features = torch.rand(1, 6, 8, 8)
    one = head(features, single_cells([(2, 3), (6, 1)], 8)).shifts
    exchanged = head(features, single_cells([(6, 1), (2, 3)], 8)).shifts
    assert (one - exchanged).abs().max() > 1e-5


@pytest.mark.parametrize("output", [1, 2], ids=["scores", "shifts"])
def test_what_the_head_tells_teaches_the_backbone_but_not_the_heat_maps(output):
    network = FaceNetwork(PROFILES["lite"])
    network(torch.randn(2, 3, 128, 128))[output].sum().backward()
    assert network.landmarks.conv1.weight.grad.abs().sum() > 0
    assert network.landmarks.head[-1].weight.grad is None
