import numpy as np
import pytest

from character import sculpt


def test_smooth_union_equals_minimum_far_from_the_fillet():
    a, b = np.array([0.0, 3.0]), np.array([5.0, 1.0])
    assert np.allclose(sculpt.smooth_union(a, b, 0.5), [0, 1])
    assert sculpt.smooth_union(np.array(0.0), np.array(0.0), 1.0) < 0


def test_carve_removes_what_is_inside_the_other():
    assert sculpt.carve(np.array(-1.0), np.array(-2.0), 0.1) == pytest.approx(2.0)


def test_capsule_measures_to_its_round_ends():
    p = np.array([[0, 0, -3.0], [2, 0, 0.5]])
    assert np.allclose(sculpt.capsule(p, (0, 0, 0), (0, 0, 1), 1.0, 1.0), [2.0, 1.0])


def test_head_is_symmetric():
    p = np.random.default_rng(1).uniform(-12, 12, (200, 3))
    assert np.array_equal(sculpt.head_distance(p), sculpt.head_distance(p * [-1, 1, 1]))


def test_cast_lands_on_the_surface():
    direction = np.random.default_rng(2).normal(size=(60, 3)) * [1, 0.5, 1]
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    points = sculpt.cast(np.tile([0, 4.0, 0], (60, 1)), direction)
    assert np.abs(sculpt.head_distance(points)).max() < 1e-3


def test_slide_keeps_the_height_above_the_skin():
    p = np.array([[2.5, 7.2, 8.4], [4.0, -0.5, 7.6]])
    before = sculpt.head_distance(p)
    after = sculpt.head_distance(p + sculpt.slide(p, np.array([[0, 1.0, 0], [0.5, 0.5, 0]])))
    assert np.abs(after - before).max() < 0.02


def test_occlusion_darkens_the_corner_under_the_nose():
    p = sculpt.cast(np.array([[0, -0.55, 0], [0, 10.0, 0]]), np.tile([0, 0, 1.0], (2, 1)))
    under_nose, forehead = sculpt.occlusion(p, sculpt.gradient(p))
    assert under_nose < 0.85 * forehead
