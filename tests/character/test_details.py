import numpy as np

from character.details import make_brow, make_collar, make_ear
from character.part import vertex_normals
from character.sculpt import head_distance

TONE = np.array([0.8, 0.6, 0.5])


def test_brows_lie_half_in_the_skin():
    height = head_distance(make_brow(1).vertices)
    assert height.min() < 0 < height.max() < 0.6


def test_brows_and_ears_are_mirror_images():
    for make in (make_brow, lambda side: make_ear(side, TONE)):
        left, right = make(1), make(-1)
        assert np.array_equal(left.vertices * [-1, 1, 1], right.vertices)
        assert np.allclose(
            vertex_normals(left.vertices, left.triangles) * [-1, 1, 1],
            vertex_normals(right.vertices, right.triangles),
        )


def test_ear_starts_in_the_head_and_stands_off_it():
    height = head_distance(make_ear(1, TONE).vertices)
    assert height.min() < -0.3 and 0.8 < height.max() < 2.5


def test_collar_closes_round_the_neck():
    collar = make_collar().vertices
    top = collar[collar[:, 1] > -11.5]
    assert top[:, 0].max() > 4.5 > np.abs(top[:, 0]).min()
    assert head_distance(collar[-56:]).max() < 0, "the inner edge ends inside the neck"
