"""The sample rules, and the targets that go with each crop."""

from __future__ import annotations

import numpy as np

from engines import boxes as bx
from engines import landmark98
from training.detection import samples as smp
from training.detection.scenes import Scene

TRUTH = np.array([[0, 0, 100, 100]], np.float32)


def shifted(iou: float) -> list[float]:
    """A box of the truth's size, moved right until the overlap is as asked."""
    shift = 100 * (1 - iou) / (1 + iou)
    return [shift, 0, 100 + shift, 100]


def test_classify_follows_the_rules_of_the_paper():
    overlaps = [0.9, 0.66, 0.64, 0.41, 0.39, 0.31, 0.29, 0.0]
    kinds, best = smp.classify(np.array([shifted(o) for o in overlaps]), TRUTH, np.zeros((0, 4)))
    assert kinds.tolist() == [1, 1, 2, 2, -1, -1, 0, 0] and not best.any()


def test_classify_spares_unlabelled_faces():
    ignored = np.array([[200, 200, 240, 240]], np.float32)
    boxes = np.array([[205, 205, 235, 235], [190, 190, 400, 400], [300, 300, 340, 340]], np.float32)
    assert smp.classify(boxes, TRUTH, ignored)[0].tolist() == [-1, -1, 0]
    assert smp.classify(boxes, TRUTH[:0], ignored)[0].tolist() == [-1, -1, 0]


def scene_with_face() -> Scene:
    rng = np.random.default_rng(0)
    points = rng.uniform(60, 140, (1, 98, 2)).astype(np.float32)
    return Scene(rng.integers(0, 255, (200, 200, 3)).astype(np.uint8), points)


def test_targets_lead_from_the_crop_back_to_the_truth():
    scene = scene_with_face()
    box = np.round(bx.square_boxes(scene.truth) + 3)
    found = smp.cut_samples(scene, box, 24, {smp.POSITIVE: 5}, np.random.default_rng(0))
    assert len(found) == 1 and found.kinds.tolist() == [smp.POSITIVE]
    assert np.allclose(bx.regress_boxes(box, found.offsets), scene.truth, atol=1e-3)
    side = box[0, 2] - box[0, 0]
    points = found.points[0] * side + box[0, :2] + bx.EDGE_TO_CENTRE
    assert np.allclose(points, landmark98.five_points(scene.points[0]), atol=1e-3)
    assert np.array_equal(found.crops, bx.crop_boxes(scene.image, box.astype(int), 24))


def test_cut_samples_keeps_to_its_limits():
    scene = scene_with_face()
    found = smp.first_samples(scene, 12, np.random.default_rng(1))
    counts = [(found.kinds == kind).sum() for kind in (smp.NEGATIVE, smp.POSITIVE, smp.PART)]
    assert 0 < counts[0] <= 24 and 0 < counts[1] <= 6 and 0 < counts[2] <= 6
    assert not (found.kinds == smp.UNUSED).any()
    negative = found.kinds == smp.NEGATIVE
    assert not found.offsets[negative].any() and not found.points[negative].any()


def test_first_samples_of_a_faceless_picture_are_negatives():
    scene = Scene(np.zeros((40, 50, 3), np.uint8))
    found = smp.first_samples(scene, 12, np.random.default_rng(0))
    assert len(found) == 24 and not found.kinds.any()


def test_mined_samples_take_what_the_stage_before_proposes():
    scene = scene_with_face()
    false = np.array([[0, 0, 30, 30]], np.float32)
    found = smp.mined_samples(lambda image: false, 4, 2)(scene, 24, np.random.default_rng(0))
    crops = found.crops[found.kinds == smp.NEGATIVE]
    assert any(np.array_equal(c, bx.crop_boxes(scene.image, false.astype(int), 24)[0]) for c in crops)


def test_anywhere_stays_inside():
    boxes = smp.anywhere((60, 90), 200, np.random.default_rng(0))
    assert (boxes[:, :2] >= 0).all() and (boxes[:, 2] <= 90.01).all() and (boxes[:, 3] <= 60.01).all()


def test_join_keeps_rows_lined_up():
    parts = [smp.first_samples(scene_with_face(), 12, np.random.default_rng(s)) for s in (0, 1)]
    joined = smp.Samples.join(parts)
    assert len(joined) == len(parts[0]) + len(parts[1])
    assert np.array_equal(joined.offsets[len(parts[0]) :], parts[1].offsets)
