"""Detection metrics on cases that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve

from training.detection import metrics
from training.detection.metrics import FALSE, HIT, IGNORED

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


def test_match_boxes_gives_each_true_box_to_the_best_score():
    far = np.array([[50, 50, 60, 60]], np.float32)
    boxes = np.concatenate([TRUTH[:1], far, TRUTH[:1], TRUTH[1:]])
    scores = np.array([0.7, 0.8, 0.9, 0.6])
    assert metrics.match_boxes(TRUTH, boxes, scores).tolist() == [FALSE, FALSE, HIT, HIT]
    assert metrics.match_boxes(TRUTH[:0], boxes, scores).tolist() == [FALSE] * 4
    assert metrics.match_boxes(TRUTH, boxes[:0], scores[:0]).tolist() == []


def test_match_boxes_takes_the_next_true_box_when_the_best_is_taken():
    truth = np.array([[0, 0, 10, 10], [2, 0, 12, 10]], np.float32)  # IoU 2/3 with each other
    assert metrics.match_boxes(truth, truth[[0, 0]], np.array([0.9, 0.8])).tolist() == [HIT, HIT]


def test_match_boxes_excuses_a_box_on_an_ignored_face_only():
    ignored = np.array([[50, 50, 60, 60]], np.float32)
    boxes = np.array([[50, 50, 60, 60], [50, 51, 60, 61], [80, 80, 90, 90], [0, 0, 10, 10]], np.float32)
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    assert metrics.match_boxes(TRUTH, boxes, scores, ignored).tolist() == [IGNORED, IGNORED, FALSE, HIT]
    both = metrics.match_boxes(TRUTH, TRUTH[:1], scores[:1], TRUTH[:1])
    assert both.tolist() == [HIT]  # a true box counts even where an ignored one lies on it


def test_average_precision_of_perfect_and_of_none():
    assert metrics.average_precision(np.array([0.9, 0.8]), np.array([HIT, HIT]), 2) == 1.0
    assert metrics.average_precision(np.zeros(0), np.zeros(0), 2) == 0.0
    assert metrics.average_precision(np.array([0.9]), np.array([FALSE]), 0) == 0.0


def test_average_precision_by_hand():
    """Best first: hit, false, false, hit: precision 1 at recall 1/2, 2/4 at recall 1."""
    scores = np.array([0.6, 0.9, 0.8, 0.7])
    matched = np.array([HIT, HIT, FALSE, FALSE])
    assert metrics.average_precision(scores, matched, 2) == pytest.approx(0.5 * 1 + 0.5 * 0.5)
    assert metrics.average_precision(scores, matched == HIT, 4) == pytest.approx(0.25 * 1 + 0.25 * 0.5)


def test_average_precision_lifts_a_dip_as_voc_does():
    """Hit, false, hit, hit: the precision 2/3 at recall 2/3 is lifted to the 3/4 behind it."""
    matched = np.array([HIT, FALSE, HIT, HIT])
    ap = metrics.average_precision(np.array([0.9, 0.8, 0.7, 0.6]), matched, 3)
    assert ap == pytest.approx((1 + 0.75 + 0.75) / 3)


def test_ignored_boxes_leave_the_ranking():
    scores = np.array([0.95, 0.9, 0.8, 0.7])
    with_ignored = np.array([IGNORED, HIT, IGNORED, HIT])
    assert metrics.average_precision(scores, with_ignored, 2) == 1.0
    assert metrics.average_precision(scores, np.maximum(with_ignored, FALSE), 2) == pytest.approx(0.5)


def test_equal_scores_count_together_in_any_order():
    matched = np.array([HIT, FALSE])
    for order in ([0, 1], [1, 0]):
        assert metrics.average_precision(np.array([0.5, 0.5]), matched[order], 1) == pytest.approx(0.5)


def test_more_hits_than_true_boxes_is_refused():
    with pytest.raises(ValueError, match="expected at most 1 hits"):
        metrics.average_precision(np.array([0.9, 0.8]), np.array([HIT, HIT]), 1)


@pytest.mark.parametrize("seed", range(5))
def test_curve_and_average_precision_agree_with_scikit_learn(seed):
    """scikit-learn's curve of what was detected, its recall scaled by what was not, its dips lifted."""
    rng = np.random.default_rng(seed)
    scores = rng.random(60).round((1, 2, 9)[seed % 3])  # the first two with ties
    hit = rng.random(60) < 0.3 + 0.6 * scores
    positives = int(hit.sum()) + 7
    precision, recall, thresholds = precision_recall_curve(hit, scores)
    precision, recall = precision[:-1][::-1], recall[:-1][::-1] * hit.sum() / positives
    curve = metrics.recall_curve(scores, hit, positives)
    rows = np.searchsorted(-curve.scores, -thresholds[::-1])
    assert np.allclose(curve.precision[rows], precision) and np.allclose(curve.recall[rows], recall)
    lifted = np.maximum.accumulate(precision[::-1])[::-1]
    expected = (np.diff(recall, prepend=0) * lifted).sum()
    assert metrics.average_precision(scores, hit, positives) == pytest.approx(expected)
    if len(set(scores)) == len(scores):
        unlifted = (np.diff(curve.recall, prepend=0) * curve.precision).sum() * positives / hit.sum()
        assert unlifted == pytest.approx(average_precision_score(hit, scores))


def test_recall_at_so_many_false_boxes():
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    curve = metrics.recall_curve(scores, np.array([FALSE, HIT, HIT, FALSE, HIT]), 4)
    assert [curve.recall_at(count) for count in (0, 1, 2)] == [0, 0.5, 0.75]
    assert curve.scores.tolist() == scores.tolist()
