"""The direct road learns a simple rule, and its loss is what it says."""

import dataclasses

import numpy as np
import pytest
import torch

from engines.stages.expression import FEATURES, mirror_blendshapes, mirror_features
from proto.tables import BLENDSHAPES
from training.expression.dataset import Examples
from training.expression.regression import (
    Drawer,
    Regression,
    even_counts,
    predict,
    scale_features,
    strong_counts,
    train_members,
    train_regressor,
    views,
    weight_loss,
)

JAW = BLENDSHAPES.index("jawOpen")


def simple_examples(count: int, seed: int) -> Examples:
    """An open jaw is the chin's height, feature 98 + 16; everything else rests."""
    rng = np.random.default_rng(seed)
    features = rng.normal(0, 0.1, (count, FEATURES)).astype(np.float32)
    targets = np.zeros((count, 52), np.float32)
    targets[:, JAW] = rng.uniform(0, 1, count)
    features[:, 98 + 16] = -targets[:, JAW]
    return Examples(features, targets, np.ones((count, 52), np.float32))


def test_learns_the_jaw():
    setting = Regression(width=32, hidden=16, steps=300, batch=128, learning_rate=1e-2, average=0.95)
    network = train_regressor(simple_examples(2000, 1), simple_examples(500, 2), setting, seed=1)
    check = simple_examples(300, 3)
    found, unheld = predict(network, check.features)
    np.testing.assert_array_equal(found, unheld.clip(0, 1))
    seen = views(network, check.features)
    assert seen["hidden"].shape == (300, 16) and seen["weights"].shape == (300, 52)
    assert np.corrcoef(found[:, JAW], check.targets[:, JAW])[0, 1] > 0.95
    assert np.delete(found, JAW, axis=1).mean() < 0.05


def test_loss_of_untaught_targets_is_nothing():
    output, target = torch.full((1, 52), 0.7), torch.zeros(1, 52)
    taught = torch.zeros(1, 52)
    taught[0, 0] = 1
    setting = Regression(linear_from=0.1)
    expected = torch.tensor(0.5**0.5 - 0.1)  # sqrt(0.7^2 + 0.1^2) - 0.1
    assert torch.isclose(weight_loss(output, target, taught, setting), expected)
    target[0, 1:] = 1  # not taught: changes nothing
    assert torch.isclose(weight_loss(output, target, taught, setting), expected)


def test_loss_is_square_near_and_linear_far():
    def loss(error: float) -> float:
        output, one = torch.full((1, 52), error), torch.ones(1, 52)
        return float(weight_loss(output, torch.zeros(1, 52), one, Regression(linear_from=0.1)))

    assert np.isclose(loss(0.02) / loss(0.01), 4, atol=0.1)
    assert np.isclose((loss(0.9) - loss(0.8)) / 0.1, 1, atol=0.02)


def test_loss_beyond_the_range_still_leads_back():
    output = torch.full((1, 52), 1.2, requires_grad=True)
    weight_loss(output, torch.ones(1, 52), torch.ones(1, 52), Regression()).backward()
    assert (output.grad > 0).all()


def test_strong_weights_count_by_group():
    counts = strong_counts(Regression(strong=3.0, strong_groups={"jaw left/right": 20.0, "smile": 5.0}))
    told = {
        name: counts[BLENDSHAPES.index(name)]
        for name in ("jawLeft", "jawRight", "mouthSmileRight", "jawOpen")
    }
    assert told == {"jawLeft": 20, "jawRight": 20, "mouthSmileRight": 5, "jawOpen": 3}
    assert strong_counts(Regression())[JAW] > 3
    with pytest.raises(KeyError, match="elbow"):
        strong_counts(Regression(strong_groups={"elbow": 1.0}))


def test_both_kinds_decide_the_scale_alike():
    head, photographs = simple_examples(900, 4), simple_examples(100, 5)
    head.features[:, 5], photographs.features[:, 5] = 1, 3
    mean, spread = scale_features(head, photographs)
    assert np.isclose(mean[5], 2) and np.isclose(spread[5], 1)
    head.features[:, 6] = photographs.features[:, 6] = 7
    assert np.isclose(scale_features(head, photographs)[1][6], 0.02)


def test_batches_hold_both_kinds_and_mirror_together():
    head, photographs = simple_examples(50, 4), simple_examples(50, 5)
    head.targets[:, BLENDSHAPES.index("eyeBlinkLeft")] = 1
    photographs.taught[:] = 0
    setting = Regression(batch=200, photograph_share=0.25, head_noise=0.0, photograph_noise=0.0)
    features, targets, counts = Drawer(head, photographs, setting, seed=1).draw()
    assert features.shape == (200, FEATURES)
    assert int((counts.sum(1) == 0).sum()) == 50
    strong = torch.from_numpy(strong_counts(setting))
    torch.testing.assert_close(counts[:150], 1 + strong * targets[:150])
    left, right = (targets[:150, BLENDSHAPES.index(f"eyeBlink{side}")] for side in ("Left", "Right"))
    assert ((left + right) == 1).all() and 40 < int(right.sum()) < 110


def test_rare_movements_count_more_on_photographs():
    photographs = simple_examples(500, 9)
    photographs.targets[:, 3] = np.linspace(0, 0.1, 500)
    counts = even_counts(photographs)
    assert np.isclose(counts[JAW], 0.5, atol=0.05) and np.isclose(counts[3], 2.5, atol=0.2) and counts[4] == 3


def test_prediction_is_symmetric():
    network = train_regressor(
        simple_examples(100, 6), simple_examples(100, 7), Regression(width=8, hidden=8, steps=5, batch=16), 1
    )
    features = simple_examples(20, 8).features
    order, sign = mirror_features()
    straight, _ = predict(network, features)
    mirrored, _ = predict(network, features[:, order] * sign)
    np.testing.assert_allclose(mirrored, straight[:, mirror_blendshapes()], atol=1e-6)


def test_members_are_kept_for_a_run_that_goes_on(tmp_path):
    setting = Regression(width=16, hidden=8, steps=5, batch=32)
    settings = (setting, dataclasses.replace(setting, pose_free=True, hidden=4))
    asked = []

    def draw() -> Examples:
        asked.append(1)
        return simple_examples(100, 1)

    first = train_members(draw, simple_examples(50, 2), settings, 1, tmp_path)
    again = train_members(draw, simple_examples(50, 2), settings, 1, tmp_path)
    assert asked == [1] and len(first.members) == 2
    features = simple_examples(10, 3).features
    np.testing.assert_array_equal(predict(first, features)[1], predict(again, features)[1])
