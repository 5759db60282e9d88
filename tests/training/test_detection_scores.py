"""Recall and average precision: by hand, and of the real cascade on a real face in WIDER FACE's format."""

import numpy as np
import pytest

from engines import boxes as bx
from engines.stages.detect import Detections
from tests.training.datasets.drawn import write_wider
from tests.training.photographs import found_points, jpeg_of
from training.datasets.wider import load_wider
from training.detection_scores import Labelled, curve_of, labels_of, measure_wider, score_boxes


def boxes(*rows) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 4)


def found(*rows) -> Detections:
    """Detections as (x, score) of boxes of side 10 at y = 0."""
    placed = boxes(*((x, 0, x + 10, 10) for x, _ in rows))
    return Detections(placed, np.array([s for _, s in rows], np.float32), np.zeros((len(rows), 5, 2)))


FACES = boxes((0, 0, 10, 10), (50, 0, 60, 10))


def test_recall_is_at_the_served_score_and_precision_over_all():
    labelled = [Labelled(FACES), Labelled(boxes())]
    seen = [found((0, 0.9), (50, 0.3)), found((20, 0.8), (70, 0.1))]
    result = score_boxes(labelled, seen, served=0.5)
    assert (result["pictures"], result["faces"]) == (2, 2)
    assert result["recall"] == 0.5 and result["false_boxes"] == 1
    # In order: right (1/1), wrong, right (2/3), wrong.
    assert result["average_precision"] == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    recall, precision = curve_of(labelled, seen)
    assert recall.tolist() == [0.5, 0.5, 1, 1] and precision == pytest.approx([1, 0.5, 2 / 3, 0.5])


def test_ignored_faces_are_neither_found_nor_missed():
    labelled = [Labelled(FACES[:1], FACES[1:])]
    result = score_boxes(labelled, [found((0, 0.9), (50, 0.95))], served=0.5)
    assert result["recall"] == 1 and result["false_boxes"] == 0 and result["average_precision"] == 1
    result = score_boxes(labelled, [found((0, 0.9))], served=0.5)
    assert result["recall"] == 1 and result["faces"] == 1


def test_pictures_of_nobody_have_false_boxes_alone():
    result = score_boxes([Labelled(boxes())], [found((0, 0.9))], served=0.5)
    assert result["recall"] is None and result["average_precision"] is None and result["false_boxes"] == 1


def test_invalid_and_small_faces_are_not_judged(wider):
    two, none, invalid = load_wider(wider, "val")
    assert len(labels_of(two, 0).truth) == 2 and len(labels_of(two, 50).truth) == 1
    assert len(labels_of(two, 50).ignored) == 1 and len(labels_of(none, 0).truth) == 0
    assert len(labels_of(invalid, 0).truth) == 1 and len(labels_of(invalid, 0).ignored) == 2


def test_a_real_face_in_the_published_format_is_found(astronaut, tmp_path):
    folder = write_wider(tmp_path)
    x0, y0, x1, y1 = bx.face_boxes(found_points(astronaut)[None])[0].tolist()
    (folder / "WIDER_val/images/0--Parade/two.jpg").write_bytes(jpeg_of(astronaut))
    (folder / "wider_face_split/wider_face_val_bbx_gt.txt").write_text(
        f"0--Parade/two.jpg\n1\n{x0:.0f} {y0:.0f} {x1 - x0:.0f} {y1 - y0:.0f} 0 0 0 0 0 0 \n"
    )
    results, curves = measure_wider(folder)
    assert results["WIDER FACE val, all faces"]["recall"] == 1
    assert results["WIDER FACE val, faces of 50 px and more"]["average_precision"] == 1
    assert set(curves) == set(results)
