"""HRNet: the published sizes, shapes at every stage, and the layout of the streams."""

import pytest
import torch

from engines.stages.landmarks import decode_heatmaps
from training.networks.hrnet import PROFILES, FuseModule, HRNet, soft_argmax


def parameters(network: torch.nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def test_parameters_are_those_of_the_published_network():
    # The authors' face alignment HRNetV2-W18 has 9.66 M parameters.
    assert parameters(HRNet(PROFILES["full"])) == 9_662_528
    assert parameters(HRNet(PROFILES["lite"])) == 1_559_858


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("size", [128, 256])
def test_heat_maps_are_a_quarter_of_the_input(profile, size):
    network = HRNet(PROFILES[profile]).eval()
    with torch.no_grad():
        features = network.features(torch.zeros(1, 3, size, size))
        logits = network(torch.zeros(1, 3, size, size))
    assert features.shape == (1, sum(PROFILES[profile].channels), size // 4, size // 4)
    assert logits.shape == (1, 98, size // 4, size // 4)


def test_stages_repeat_as_published():
    network = HRNet(PROFILES["full"])
    assert [len(network.get_submodule(f"stage{n}")) for n in (2, 3, 4)] == [1, 4, 3]
    assert len(network.layer1) == 4
    assert [len(branch) for branch in network.stage4[0].branches] == [4, 4, 4, 4]


def test_every_stream_reaches_every_other():
    module = FuseModule((4, 8, 16), 1).eval()
    sizes = (16, 8, 4)
    for source in range(3):
        streams = [torch.zeros(1, c, s, s) for c, s in zip((4, 8, 16), sizes, strict=True)]
        with torch.no_grad():
            before = module([s.clone() for s in streams])
            streams[source] += torch.rand_like(streams[source])
            after = module(streams)
        for target in range(3):
            assert not torch.allclose(before[target], after[target]), (source, target)


def test_soft_argmax_equals_the_serving_reference():
    logits = torch.randn(2, 98, 16, 16) * 3
    cells, probability = soft_argmax(logits)
    assert torch.allclose(probability.sum((2, 3)), torch.ones(2, 98), atol=1e-5)
    reference = decode_heatmaps(logits.numpy())
    assert torch.allclose(cells * 4 + 1.5, torch.from_numpy(reference).float(), atol=1e-3)
