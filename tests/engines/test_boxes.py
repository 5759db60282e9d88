"""Box maths against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engines import boxes as bx
from engines.errors import ShapeError


def test_face_boxes_adds_the_forehead_and_moves_to_pixel_edges():
    points = np.full((1, 98, 2), 50.0)
    points[0, 0], points[0, 1] = (0, 0), (100, 200)
    # Width 100, height 200; margins -1.4 % left and right, 33.8 % above, -2.3 % below; half a pixel.
    assert np.allclose(bx.face_boxes(points), [[1.9, -67.1, 99.1, 195.9]])


def test_expected_points_box_undoes_face_boxes():
    points = np.random.default_rng(0).uniform(10, 90, (1, 98, 2))
    low, high = bx.expected_points_box(bx.face_boxes(points)[0])
    assert np.allclose(low, points[0].min(axis=0)) and np.allclose(high, points[0].max(axis=0))


def test_face_boxes_of_nobody():
    assert bx.face_boxes(np.zeros((0, 98, 2))).shape == (0, 4)


def test_iou_of_a_shifted_a_nested_and_a_distant_box():
    one = np.array([[0, 0, 10, 10]], np.float32)
    others = np.array([[5, 0, 15, 10], [0, 0, 5, 5], [20, 20, 30, 30], [0, 0, 10, 10]], np.float32)
    assert np.allclose(bx.iou(one, others), [[50 / 150, 25 / 100, 0, 1]])


def test_square_boxes_keeps_the_centre_and_the_longer_side():
    squares = bx.square_boxes(np.array([[10, 20, 30, 60], [0, 0, 8, 4]]))
    assert np.array_equal(squares, [[0, 20, 40, 60], [0, -2, 8, 6]])


def test_square_boxes_of_none_and_of_a_wrong_shape():
    assert bx.square_boxes(np.zeros((0, 4))).shape == (0, 4)
    with pytest.raises(ShapeError, match=r"\(N, 4\).*\(2, 3\)"):
        bx.square_boxes(np.zeros((2, 3)))


def test_regress_boxes_moves_by_fractions_of_the_size():
    moved = bx.regress_boxes(np.array([[10.0, 10, 30, 50]]), np.array([[0.1, -0.1, 0.5, 0.25]]))
    assert np.allclose(moved, [[12, 6, 40, 60]])


def test_regression_targets_undo_regress_boxes():
    boxes, truth = np.array([[10.0, 10, 30, 50]]), np.array([[3.0, 9, 41, 44]])
    assert np.allclose(bx.regress_boxes(boxes, bx.regression_targets(boxes, truth)), truth)


BOXES = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [5, 0, 15, 10], [0, 0, 10, 10]], np.float32)
SCORES = np.array([0.8, 0.9, 0.7, 0.6], np.float32)


def test_nms_drops_what_overlaps_a_better_box():
    # Box 1 wins; 0 and 3 overlap it by 90/110, box 2 by 60/140.
    assert bx.nms(BOXES, SCORES, np.zeros(4), 0.5).tolist() == [1, 2]
    assert bx.nms(BOXES, SCORES, np.zeros(4), 0.4).tolist() == [1]


def test_nms_keeps_groups_apart():
    assert bx.nms(BOXES, SCORES, np.array([0, 0, 0, 1]), 0.5).tolist() == [1, 2, 3]


def test_nms_of_none():
    assert bx.nms(np.zeros((0, 4)), np.zeros(0), np.zeros(0), 0.5).tolist() == []


def test_nms_keeps_groups_apart_when_boxes_leave_the_image():
    boxes = np.array([[-50, -50, 50, 50], [-50, -50, 50, 50]], np.float32)
    assert bx.nms(boxes, np.array([0.9, 0.8]), np.array([0, 1]), 0.5).tolist() == [0, 1]


def test_drop_nested_drops_a_box_inside_a_better_one():
    boxes = np.array([[0, 0, 100, 100], [40, 40, 60, 60], [90, 0, 190, 100]], np.float32)
    assert bx.drop_nested(boxes, np.array([0.9, 0.8, 0.95]), 0.6).tolist() == [2, 0]
    assert bx.drop_nested(boxes[:0], np.zeros(0), 0.6).tolist() == []


def test_round_boxes_never_makes_an_empty_one():
    whole = bx.round_boxes(np.array([[0.4, 0.6, 0.45, 9.5], [2, 2, 2, 2]]))
    assert whole.tolist() == [[0, 1, 1, 10], [2, 2, 3, 3]]


def test_crop_boxes_is_black_outside_the_image():
    image = np.full((10, 10, 3), 200, np.uint8)
    crops = bx.crop_boxes(image, np.array([[-10, 0, 10, 20], [50, 50, 60, 60], [2, 2, 8, 8]]), 4)
    assert crops.shape == (3, 4, 4, 3)
    assert (crops[0, :2, 2:] == 200).all() and not crops[0, 2:].any() and not crops[0, :, :2].any()
    assert not crops[1].any() and (crops[2] == 200).all()


def test_crop_boxes_averages_when_it_shrinks():
    image = np.zeros((4, 4, 3), np.uint8)
    image[::2] = 100  # rows 100, 0, 100, 0: each 2x2 block averages to 50
    assert (bx.crop_boxes(image, np.array([[0, 0, 4, 4]]), 2) == 50).all()
