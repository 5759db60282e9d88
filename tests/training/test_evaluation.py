"""The paper's metrics against hand-computed values."""

import numpy as np
import pytest

from engines import landmark98
from training.evaluation import auc, failure_rate, nme


def faces() -> np.ndarray:
    truth = np.random.default_rng(0).uniform(0, 100, (2, 68, 2))
    truth[:, 36], truth[:, 45] = (0, 0), (50, 0)  # outer eye corners 50 pixels apart
    return truth


def test_nme_is_the_mean_distance_over_the_eye_corners():
    truth = faces()
    assert nme(truth + (3, 4), truth) == pytest.approx([0.1, 0.1])
    moved = truth.copy()
    moved[0, :17] += (3, 4)  # the contour alone
    assert nme(moved, truth)[0] == pytest.approx(0.1 * 17 / 68)
    assert nme(moved, truth, landmark98.INNER_51)[0] == 0


def test_failure_rate_and_auc():
    errors = np.array([0.0, 0.05, 0.2, 0.1])
    assert failure_rate(errors) == 0.25
    assert auc(errors) == pytest.approx((1 + 0.5 + 0 + 0) / 4)
    assert auc(np.zeros(3)) == pytest.approx(1)
