"""The paper's metrics against hand-computed values."""

import numpy as np
import pytest

from engines import landmark98
from training.evaluation import auc, cumulative_distribution, failure_rate, nme, summarise


def faces(count: int = 68) -> np.ndarray:
    truth = np.random.default_rng(0).uniform(0, 100, (2, count, 2))
    corners = (36, 45) if count == 68 else (60, 72)
    truth[:, corners[0]], truth[:, corners[1]] = (0, 0), (50, 0)  # outer eye corners 50 pixels apart
    return truth


@pytest.mark.parametrize("count", [68, 98])
def test_nme_is_the_mean_distance_over_the_eye_corners(count):
    truth = faces(count)
    assert nme(truth + (3, 4), truth) == pytest.approx([0.1, 0.1])


def test_nme_of_some_points():
    truth = faces()
    moved = truth.copy()
    moved[0, :17] += (3, 4)  # the contour alone
    assert nme(moved, truth)[0] == pytest.approx(0.1 * 17 / 68)
    assert nme(moved, truth, landmark98.INNER_51)[0] == 0


def test_the_norm_is_that_of_the_truth():
    truth = faces()
    wrong = truth.copy()
    wrong[:, 45] += (50, 0)  # the found eye corner is far off: its error counts, the norm stays
    assert nme(wrong, truth) == pytest.approx([1 / 68, 1 / 68])


def test_failure_rate_and_auc():
    errors = np.array([0.0, 0.05, 0.2, 0.1])
    assert failure_rate(errors) == 0.25
    assert auc(errors) == pytest.approx((1 + 0.5 + 0 + 0) / 4)
    assert auc(np.zeros(3)) == pytest.approx(1)


def test_the_area_is_that_under_the_drawn_curve():
    errors = np.random.default_rng(0).uniform(0, 0.2, 300)
    ordered, share = cumulative_distribution(errors)
    edges = np.concatenate([[0], ordered[ordered < 0.1], [0.1]])
    heights = np.concatenate([[0], share[ordered < 0.1]])
    assert auc(errors) == pytest.approx((np.diff(edges) * heights).sum() / 0.1)


def test_a_summary_is_in_per_cent_and_of_nobody_empty():
    assert summarise(np.array([0.02, 0.04, 0.3, 0.04])) == {
        "faces": 4, "nme_percent": 10.0, "failure_rate_percent": 25.0, "auc": 0.5,
    }  # fmt: skip
    assert summarise(np.zeros(0)) == {"faces": 0}
