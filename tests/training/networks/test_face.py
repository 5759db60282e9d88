"""The face network: two readings of one backbone, at every crop size, and both teach it."""

import pytest
import torch

from training.networks.face import AppearanceHead, FaceNetwork
from training.networks.hrnet import PROFILES


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("size", [128, 192, 256])
def test_gives_heat_maps_and_scores(profile, size):
    network = FaceNetwork(PROFILES[profile]).eval()
    with torch.no_grad():
        logits, scores = network(torch.zeros(2, 3, size, size))
    assert logits.shape == (2, 98, size // 4, size // 4) and scores.shape == (2, 52)


def test_heat_maps_are_those_of_the_landmark_network_alone():
    network = FaceNetwork(PROFILES["lite"]).eval()
    image = torch.randn(1, 3, 128, 128)
    with torch.no_grad():
        assert torch.equal(network(image)[0], network.landmarks(image))


def test_every_stream_reaches_the_scores():
    channels = PROFILES["lite"].channels
    head = AppearanceHead(channels).eval()
    streams = [torch.rand(1, c, 64 >> i, 64 >> i, requires_grad=True) for i, c in enumerate(channels)]
    head(streams).sum().backward()
    assert all(stream.grad.abs().sum() > 0 for stream in streams)


def test_scores_teach_the_backbone():
    network = FaceNetwork(PROFILES["lite"])
    network(torch.randn(2, 3, 128, 128))[1].sum().backward()
    assert network.landmarks.conv1.weight.grad.abs().sum() > 0
