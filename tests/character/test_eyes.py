import numpy as np
import pytest

from character.eyes import make_eye, make_lash, turned
from character.part import vertex_normals
from character.sculpt import EYE_CENTRE, EYE_RADIUS, LID_RADIUS


@pytest.mark.parametrize("side", [1, -1])
def test_eyeball_stands_on_its_side_and_faces_outward(side: int):
    eye = make_eye(side)
    assert np.allclose(eye.pivot, EYE_CENTRE * [side, 1, 1])
    arm = eye.vertices - eye.pivot
    assert (np.einsum("ij,ij->i", vertex_normals(eye.vertices, eye.triangles), arm) > 0).all()


def test_eyeball_stays_under_the_lids():
    eye = make_eye(1)
    assert np.linalg.norm(eye.vertices - eye.pivot, axis=1).max() < LID_RADIUS - 0.1


def test_turning_moves_the_pupil_as_told():
    eye = make_eye(1)
    pupil = eye.vertices[0] - eye.pivot
    outward = pupil + turned(eye, 30, 0)[0]
    upward = pupil + turned(eye, 0, 20)[0]
    reach = np.linalg.norm(pupil)
    assert np.allclose(outward, reach * np.array([0.5, 0, np.sqrt(0.75)]))
    assert upward[1] == pytest.approx(reach * np.sin(np.deg2rad(20)))


def test_lashes_are_mirror_images_in_front_of_the_ball():
    left, right = make_lash(1), make_lash(-1)
    assert np.array_equal(left.vertices * [-1, 1, 1], right.vertices)
    assert np.linalg.norm(left.vertices - EYE_CENTRE, axis=1).min() > EYE_RADIUS
