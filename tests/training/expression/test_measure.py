"""Figures of merit against hand-computed values."""

import numpy as np

from proto.tables import BLENDSHAPES
from training.expression.measure import (
    GROUPS,
    correlations,
    group_columns,
    group_errors,
    icc31,
    pearson,
    tremor,
)


def test_pearson():
    x = np.array([1.0, 2, 3, 4])
    assert np.isclose(pearson(x, 2 * x + 1), 1) and np.isclose(pearson(x, -x), -1)
    assert pearson(x, np.ones(4)) == 0


def test_icc31_by_hand():
    # Means 1.5, 2, 3.5 around 7/3: BMS = 13/6. Differences -1, 0, -1: EMS = 1/6.
    assert np.isclose(icc31(np.array([1.0, 2, 3]), np.array([2.0, 2, 4])), (13 - 1) / (13 + 1))


def test_icc31_ignores_an_offset_but_not_a_scale():
    x = np.array([0.0, 1, 2, 3, 5])
    assert np.isclose(icc31(x, x), 1) and np.isclose(icc31(x, x + 2), 1)
    assert np.isclose(icc31(x, 0.5 * x), 0.8)  # 2 s / (1 + s^2)


def test_groups_cover_coefficients_and_count_strong_ones_only():
    assert [BLENDSHAPES[i] for i in group_columns(GROUPS["eye close"])] == ["eyeBlinkLeft", "eyeBlinkRight"]
    assert len(group_columns(GROUPS["kiss"])) == 2 and len(group_columns(GROUPS["brow raise"])) == 3
    truth, found = np.full((3, 52), 0.5), np.full((3, 52), 0.4)
    truth[0], found[0] = 0.2, 0.9  # too weak to count
    assert all(np.isclose(error, 0.1) for error in group_errors(truth, found).values())


def test_tremor_is_the_noise_and_not_the_movement():
    rng = np.random.default_rng(1)
    even = np.linspace(0, 1, 4000)[:, None] * np.ones(52)
    every = np.ones(52, bool)
    assert np.isclose(tremor(even, every), 0, atol=1e-12)
    assert np.isclose(tremor(even + rng.normal(0, 0.03, even.shape), every), 0.03, rtol=0.03)
    assert tremor(even[:2], every) == 0 and tremor(even, ~every) == 0


def test_correlations_skip_what_does_not_move():
    rng = np.random.default_rng(1)
    truth = np.zeros((50, 52))
    truth[:, 3] = rng.uniform(0, 1, 50)
    found = correlations(truth, truth, np.ones(52, bool))
    assert list(found) == [BLENDSHAPES[3]] and np.isclose(found[BLENDSHAPES[3]], 1)
    assert correlations(truth, truth, np.zeros(52, bool)) == {}
