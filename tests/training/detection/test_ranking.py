"""Ranking: pooling over pictures, and whom both detectors see without a label."""

from __future__ import annotations

import numpy as np
import pytest

from engines.stages.detect import Detections
from training.detection import ranking
from training.detection.metrics import FALSE, HIT, IGNORED

FACE, STRANGER, WALL = [0, 0, 10, 10], [50, 0, 60, 10], [0, 80, 10, 90]
SERVED = {"ours": 0.7, "theirs": 0.6}


def seen(*boxes_scores) -> Detections:
    boxes = np.array([box for box, _ in boxes_scores], np.float32).reshape(-1, 4)
    return Detections(
        boxes, np.array([s for _, s in boxes_scores], np.float32), np.zeros((len(boxes), 5, 2), np.float32)
    )


@pytest.fixture()
def pictures() -> ranking.Pictures:
    """A face with a stranger behind it, and an empty picture where both see the same thing."""
    truth = [np.array([FACE], np.float32), np.zeros((0, 4), np.float32)]
    pair = ranking.Pictures([np.zeros((100, 100, 3), np.uint8)] * 2, truth)
    pair.found["ours"] = [seen((STRANGER, 0.95), (FACE, 0.9), (WALL, 0.3)), seen((WALL, 0.8))]
    pair.found["theirs"] = [seen((FACE, 0.9), (STRANGER, 0.8), (WALL, 0.9)), seen((WALL, 0.7))]
    return pair


def test_a_stranger_is_whom_all_see_and_no_label_explains(pictures):
    first, second = pictures.unlabelled(SERVED)
    assert first.tolist() == [STRANGER]  # the wall is too unsure for ours
    assert second.tolist() == []  # nobody is in an empty picture, whatever both say


def test_one_detector_alone_excuses_nothing(pictures):
    assert [len(people) for people in pictures.unlabelled({"ours": 0.7})] == [0, 0]


def test_judge_pools_all_pictures(pictures):
    scores, judged = pictures.judge("ours", pictures.unlabelled(SERVED))
    assert scores.tolist() == pytest.approx([0.95, 0.9, 0.3, 0.8])
    assert judged.tolist() == [IGNORED, HIT, FALSE, FALSE]


def test_rank_tells_both_figures(pictures, tmp_path):
    report, curves = ranking.rank(pictures, SERVED)
    ours = report["ours"]
    assert ours["faces"] == 1 and ours["unlabelled_people"] == 1
    assert ours["average_precision"] == pytest.approx(0.5)  # the stranger ranks before the face
    assert ours["average_precision_unlabelled_ignored"] == 1.0
    assert ours["recall_at_false_boxes"]["0"] == 1.0
    assert ours["highest_score_of_a_false_box"] == pytest.approx(0.8)
    assert ours["lowest_score_of_a_face"] == pytest.approx(0.9)
    assert report["theirs"]["recall_at_false_boxes"] == {"0": 0.0, "1": 1.0, "2": 1.0, "5": 1.0, "10": 1.0}
    ranking.plot_curves(curves, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").stat().st_size > 1000


def test_pictures_are_the_labelled_ones_and_the_empty_half_that_never_trained(data_pack):
    pictures = ranking.load_pictures(data_pack)
    assert len(pictures.images) == 16 + 2 and [len(t) for t in pictures.truths] == [1] * 16 + [0] * 2

    class Blind:
        def detect(self, images):
            return [seen() for _ in images]

    pictures.detect({"blind": Blind()})
    report, _ = ranking.rank(pictures, {"blind": 0.5})
    assert report["blind"]["average_precision"] == 0
