"""Crops: hand-computed transforms, round trips, and pixels that land where they should."""

import cv2
import numpy as np
import pytest

from engines import landmark98
from engines.stages import align


def face_points(roll_rad: float = 0.0) -> np.ndarray:
    """98 points in a 200 x 100 box around (400, 300), the eyes level, then turned by a roll."""
    rng = np.random.default_rng(3)
    points = rng.uniform((-100, -50), (100, 50), (98, 2))
    points[0], points[32] = (-100, 0), (100, 0)
    points[16], points[33] = (0, 50), (0, -50)
    points[landmark98.RIGHT_EYE] = (-40, -10)
    points[landmark98.LEFT_EYE] = (40, -10)
    cos, sin = np.cos(roll_rad), np.sin(roll_rad)
    return points @ np.array([[cos, sin], [-sin, cos]]) + (400, 300)


def test_crop_matrix_by_hand():
    matrix = align.crop_matrix(np.array([100.0, 50.0]), 64.0, 0.0, size=256)
    assert np.allclose(matrix[:, :2], np.eye(2) * 4)
    assert np.allclose(align.to_crop(np.array([[100.0, 50.0]]), matrix), 127.5)


@pytest.mark.parametrize("roll", [0.0, 0.6, -1.2, 3.0])
def test_crop_is_upright_and_bounds_the_points(roll):
    points = face_points(roll)
    matrix = align.crop_from_points(points)
    inside = align.to_crop(points, matrix)
    right, left = inside[landmark98.RIGHT_EYE][0], inside[landmark98.LEFT_EYE][0]
    assert right[1] == pytest.approx(left[1], abs=1e-6) and left[0] > right[0]
    # The longer side, 200 of 250 pixels with the margin, fills 256 / 1.25 of the crop.
    assert np.ptp(inside[:, 0]) == pytest.approx(256 / align.CROP_MARGIN, rel=1e-6)
    assert (inside.min(0) + inside.max(0)) / 2 == pytest.approx([127.5, 127.5], abs=1e-6)


def test_crops_of_many_faces_are_those_of_each():
    faces = np.stack([face_points(roll) * scale for roll, scale in ((0.0, 1), (0.6, 2), (-2.0, 0.3))])
    together = align.crop_from_points(faces)
    assert together.shape == (3, 2, 3)
    np.testing.assert_allclose(together, [align.crop_from_points(face) for face in faces], rtol=1e-12)
    assert align.crop_from_points(faces[:0]).shape == (0, 2, 3)


def test_points_come_back_from_the_crop():
    points = face_points(0.4)
    matrices = np.stack([align.crop_from_points(points), align.crop_from_points(points + 7)])
    both = np.stack([points, points])
    assert np.allclose(align.to_image(align.to_crop(both, matrices), matrices), both)


def test_roll_is_positive_when_the_left_eye_is_lower_in_the_picture():
    assert align.roll_of_eyes(np.array([0.0, 0.0]), np.array([10.0, 10.0])) == pytest.approx(np.pi / 4)


@pytest.mark.parametrize("side", [40.0, 300.0, 900.0])
def test_warp_puts_a_dot_where_the_matrix_says(side):
    image = np.zeros((1000, 1200, 3), np.uint8)
    y, x = np.mgrid[:1000, :1200]
    image[np.hypot(x - 700, y - 420) < side / 12] = 255
    matrix = align.crop_matrix(np.array([690.0, 400.0]), side, 0.3)
    crop = align.warp(image, matrix)
    rows, columns = np.nonzero(crop[..., 0] > 127)
    expected = align.to_crop(np.array([[700.0, 420.0]]), matrix)[0]
    assert np.allclose([columns.mean(), rows.mean()], expected, atol=0.6)


def test_warp_outside_the_image_is_black():
    crop = align.warp(np.full((50, 50, 3), 200, np.uint8), align.crop_matrix(np.array([-500.0, 0]), 100, 0))
    assert crop.shape == (256, 256, 3) and not crop.any()


def test_a_halved_image_of_odd_size_does_not_shift():
    """A bright spot at the far corner stays where the matrix says, though a row and a column are odd."""
    image = np.zeros((1001, 1501, 3), np.uint8)
    image[940:984, 1420:1464] = 255
    matrix = align.crop_matrix(np.array([1400.0, 940.0]), 1100.0, 0.0)
    crop = align.warp(image, matrix)[..., 0].astype(float)
    y, x = np.mgrid[:256, :256]
    found = np.array([(x * crop).sum(), (y * crop).sum()]) / crop.sum()
    assert np.allclose(found, align.to_crop(np.array([[1441.5, 961.5]]), matrix)[0], atol=0.05)


@pytest.mark.parametrize("size_hw", [(301, 403), (1080, 1920), (5, 700), (40, 3)])
def test_a_crop_is_that_of_the_whole_image_wherever_it_lies(size_hw):
    """Only the part that a crop samples is worked on; here the whole image is, as OpenCV has it."""
    rng = np.random.default_rng(5)
    image = cv2.GaussianBlur(rng.integers(0, 256, (*size_hw, 3), dtype=np.uint8), (0, 0), 2)
    for _ in range(30):
        centre = rng.uniform(-0.3, 1.3, 2) * size_hw[::-1]
        matrix = align.crop_matrix(centre, np.exp(rng.uniform(3, 7.5)), rng.uniform(-4, 4))
        whole, turned = image, matrix
        for _ in range(align.count_halvings(matrix, size_hw)):
            height, width = whole.shape[0] // 2, whole.shape[1] // 2
            whole = cv2.resize(
                whole[: height * 2, : width * 2], (width, height), interpolation=cv2.INTER_AREA
            )
            turned = np.column_stack([turned[:, :2] * 2, turned[:, 2] + turned[:, :2].sum(1) / 2])
        expected = cv2.warpAffine(whole, turned, (256, 256), flags=cv2.INTER_LINEAR)
        assert np.abs(align.warp(image, matrix).astype(int) - expected).max() <= 1


def test_the_part_that_a_crop_samples_is_small_and_even():
    matrix = align.crop_matrix(np.array([500.3, 300.3]), 100.0, 0.0)
    assert align.seen_part(matrix, 256, (1080, 1920), 1) == (448, 248, 553, 353)
    left, top, right, bottom = align.seen_part(matrix, 256, (1080, 1920), 4)
    assert (left % 4, top % 4, right % 4, bottom % 4) == (0, 0, 0, 0) and left < 448 and bottom > 353
    assert align.seen_part(align.crop_matrix(np.array([-900.0, 0]), 100, 0), 256, (9, 9), 1) == (0, 0, 2, 9)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_crop_placed_nowhere_does_no_harm(bad):
    with np.errstate(invalid="ignore"):
        crop = align.warp(np.full((50, 60, 3), 200, np.uint8), np.full((2, 3), bad))
    assert crop.shape == (256, 256, 3)


def test_a_resized_crop_shows_the_same_from_edge_to_edge():
    matrix = align.crop_matrix(np.array([120.0, 90]), 150.0, 0.3)
    smaller = align.resize_crops(matrix[None], 192)[0]
    edges = np.array([[-0.5, -0.5], [255.5, 255.5], [127.5, 127.5]])
    assert np.allclose(align.to_crop(align.to_image(edges, matrix), smaller), (edges + 0.5) * 0.75 - 0.5)
