"""Detection metrics on cases that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from training.detection import metrics

TRUTH = np.array([[0, 0, 10, 10], [100, 100, 120, 120]], np.float32)


def test_is_found_needs_enough_overlap():
    boxes = np.array([[0, 0, 10, 5], [100, 100, 110, 109]], np.float32)  # IoU 0.5 and 0.225
    assert metrics.is_found(TRUTH, boxes).tolist() == [True, False]
    assert metrics.is_found(TRUTH, np.zeros((0, 4))).tolist() == [False, False]


def test_is_centred_needs_a_sane_size():
    boxes = np.array([[-4, -4, 14, 14], [80, 80, 140, 140]], np.float32)  # 1.8 and 3 times the side
    assert metrics.is_centred(TRUTH, boxes).tolist() == [True, False]
    beside = np.array([[6, 0, 16, 10]], np.float32)
    assert metrics.is_centred(TRUTH[:1], beside).tolist() == [False]


def test_average_precision_of_perfect_and_of_none():
    assert metrics.average_precision([TRUTH], [(TRUTH, np.array([0.9, 0.8]))]) == 1.0
    assert metrics.average_precision([TRUTH], [(TRUTH[:0], np.zeros(0))]) == 0.0


def test_average_precision_counts_false_and_double_boxes():
    far = np.array([[50, 50, 60, 60]], np.float32)
    # Best first: hit, false, double of the first, hit -> precision 1 at recall 1/2, 2/4 at recall 1.
    boxes = np.concatenate([TRUTH[:1], far, TRUTH[:1], TRUTH[1:]])
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    assert metrics.average_precision([TRUTH], [(boxes, scores)]) == pytest.approx(0.5 * 1 + 0.5 * 0.5)


def test_average_precision_ranks_over_all_images():
    false_first = [(TRUTH[1:], np.array([0.9])), (TRUTH[:1], np.array([0.5]))]
    assert metrics.average_precision([TRUTH[:0], TRUTH[:1]], false_first) == pytest.approx(0.5)
