"""Losses by hand, mirroring, and that fitting learns."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

from training.detection.fit import FitSettings, fit, losses, mirror_half
from training.detection.samples import NEGATIVE, PART, POSITIVE, Samples
from training.networks.mtcnn import ONet, RNet


def test_losses_use_each_sample_for_what_it_teaches():
    kinds = torch.tensor([POSITIVE, NEGATIVE, PART])
    logits = torch.tensor([[0.0], [math.log(3.0)], [50.0]])
    offsets = torch.tensor([[0.1, 0, 0, 0], [9.0, 9, 9, 9], [0, 0.2, 0, 0]])
    points = torch.full((3, 10), 0.1)
    points[1] = 9
    settings = FitSettings(1, hard_share=1.0, box_weight=0.5, points_weight=2.0)
    parts = losses((logits, offsets, points), kinds, torch.zeros(3, 4), torch.zeros(3, 5, 2), settings)
    # -log 0.5 for the positive, -log(1 - 0.75) for the negative; the part has no class.
    assert parts["class"].item() == pytest.approx((math.log(2) + math.log(4)) / 2)
    assert parts["box"].item() == pytest.approx(0.5 * (0.01 + 0.04) / 2)
    assert parts["points"].item() == pytest.approx(2.0 * (0.1 + 0.1) / 2)


def test_losses_mine_the_hardest():
    kinds = torch.full((10,), NEGATIVE)
    logits = torch.full((10, 1), -20.0)
    logits[:2] = 0.0
    parts = losses((logits, torch.zeros(10, 4)), kinds, torch.zeros(10, 4), torch.zeros(10, 5, 2),
                   FitSettings(1, hard_share=0.2))  # fmt: skip
    assert parts["class"].item() == pytest.approx(math.log(2), abs=1e-5)
    assert parts["box"].item() == 0


def test_losses_reward_a_sure_right_negative():
    """The misprinted equation 1 would not: it falls as a negative's probability rises."""
    kinds = torch.tensor([NEGATIVE])
    values = [
        losses((torch.tensor([[logit]]), torch.zeros(1, 4)), kinds, torch.zeros(1, 4), torch.zeros(1, 5, 2),
               FitSettings(1))["class"].item()
        for logit in (-4.0, 0.0, 4.0)
    ]  # fmt: skip
    assert values[0] < values[1] < values[2]


def test_mirror_half_mirrors_images_and_targets_together():
    count = 64
    images = torch.arange(4.0).repeat(count, 1, 1, 1)
    offsets = torch.tensor([[0.1, 0.2, 0.3, 0.4]]).repeat(count, 1)
    points = torch.arange(10.0).view(1, 5, 2).repeat(count, 1, 1) / 10
    images, offsets, points = mirror_half(images, offsets, points, torch.Generator().manual_seed(0))
    turned = images[:, 0, 0, 0] == 3
    assert 10 < turned.sum() < 54
    assert torch.allclose(offsets[turned][0], torch.tensor([-0.3, 0.2, -0.1, 0.4]))
    assert torch.allclose(points[turned][0, 0], torch.tensor([1 - 0.2, 0.3]))  # was the second eye
    assert torch.allclose(points[~turned][0, 0], torch.tensor([0.0, 0.1]))


def bright_and_dark(size: int, count: int = 96) -> Samples:
    """Positives are bright on the left, negatives are not: easy, but not for a mirrored batch alone."""
    rng = np.random.default_rng(0)
    crops = rng.integers(0, 60, (count, size, size, 3)).astype(np.uint8)
    kinds = (np.arange(count) % 2).astype(np.int8)
    crops[kinds == POSITIVE, size // 4 : -size // 4, size // 4 : -size // 4] += 150
    return Samples(crops, kinds, np.zeros((count, 4), np.float32), np.full((count, 5, 2), 0.5, np.float32))


@pytest.mark.parametrize("network_class", [RNet, ONet])
def test_fit_learns_and_logs(network_class, tmp_path):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = network_class()
    log = tmp_path / "log.jsonl"
    fit(network, bright_and_dark(network.SIZE), FitSettings(4, batch=32, warm_up=1), log)
    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert [record["epoch"] for record in records] == [0, 1, 2, 3]
    assert records[-1]["class"] < 0.8 * records[0]["class"]
    assert not network.training
