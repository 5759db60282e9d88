"""A grown network computes what the narrow one computes, evaluating and training, and learns beyond it."""

import pytest
import torch

from tests.training.stirred import stirred
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES
from training.networks.widen import widen


@pytest.fixture
def grown():
    """A lite network as training leaves it, and the full one that grew from it."""
    narrow = stirred(FaceNetwork(PROFILES["lite"]))
    wide = FaceNetwork(PROFILES["full"])
    widen(narrow, wide)
    for network in (narrow, wide):
        network.appearance.dropout.p = 0.0
    return narrow, wide


@pytest.mark.parametrize("training", [False, True])
def test_begins_as_the_narrow_network(grown, training):
    narrow, wide = (network.train(training) for network in grown)
    x = torch.randn(2, 3, 128, 128)
    with torch.no_grad():
        expected, found = narrow(x), wide(x)
    for before, after in zip(expected, found, strict=True):
        assert before.std() > 1e-4  # a constant would prove nothing
        assert (before - after).abs().max() < 1e-4 * before.abs().max()


def test_what_is_new_learns_from_the_first_steps(grown):
    _, wide = grown
    optimizer = torch.optim.Adam(wide.parameters(), lr=1e-3)
    before = {name: value.clone() for name, value in wide.named_parameters()}
    x = torch.randn(2, 3, 128, 128)
    for _ in range(2):  # the first moves the slopes of zero, the second what lies behind them
        heat, scores, _ = wide(x)
        optimizer.zero_grad()
        (heat.square().mean() + scores.square().mean()).backward()
        optimizer.step()
    landmarks = {n: v for n, v in wide.named_parameters() if n.startswith("landmarks.")}
    still = [name for name, value in landmarks.items() if torch.equal(value, before[name])]
    assert not still


def test_does_not_shrink(grown):
    narrow, wide = grown
    with pytest.raises(ValueError, match="expected at least"):
        widen(wide, narrow)
