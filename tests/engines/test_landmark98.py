"""The 98-point layout: mirror permutation, 68-point subset, five points."""

import numpy as np

from engines import landmark98


def test_flip_is_its_own_inverse_and_keeps_groups():
    flip = landmark98.FLIP
    assert sorted(flip) == list(range(98))
    assert (flip[flip] == np.arange(98)).all()
    assert set(flip[landmark98.RIGHT_EYE]) == set(range(68, 76))
    assert set(flip[landmark98.RIGHT_BROW]) == set(range(42, 51))
    assert flip[landmark98.RIGHT_PUPIL] == landmark98.LEFT_PUPIL
    assert flip[landmark98.RIGHT_MOUTH_CORNER] == landmark98.LEFT_MOUTH_CORNER
    assert flip[landmark98.RIGHT_EYE_OUTER] == landmark98.LEFT_EYE_OUTER


def test_subset_of_68_has_the_300w_groups():
    subset = landmark98.TO_68
    assert len(subset) == len(set(subset)) == 68
    assert list(subset[:17]) == list(range(0, 33, 2))  # contour
    assert [subset[i] for i in landmark98.OUTER_EYE_CORNERS_68] == [
        landmark98.RIGHT_EYE_OUTER,
        landmark98.LEFT_EYE_OUTER,
    ]
    assert len(subset[landmark98.INNER_51]) == 51
    assert subset[48] == landmark98.RIGHT_MOUTH_CORNER and subset[54] == landmark98.LEFT_MOUTH_CORNER


def test_five_points_are_centres_nose_and_corners():
    points = np.zeros((98, 2))
    points[landmark98.RIGHT_EYE] = (10, 20)
    points[landmark98.LEFT_EYE] = (30, 21)
    points[landmark98.NOSE_TIP] = (20, 30)
    points[landmark98.RIGHT_MOUTH_CORNER] = (12, 40)
    points[landmark98.LEFT_MOUTH_CORNER] = (28, 41)
    expected = [[10, 20], [30, 21], [20, 30], [12, 40], [28, 41]]
    assert np.allclose(landmark98.five_points(points), expected)
    assert landmark98.five_points(points[None]).shape == (1, 5, 2)
