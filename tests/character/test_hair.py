import numpy as np

from character.hair import LOCKS, make_cap, make_hair, make_lock
from character.part import vertex_normals
from character.sculpt import EYE_CENTRE, head_distance


def test_cap_lies_on_the_skull():
    height = head_distance(make_cap().vertices)
    assert height.min() > -0.5 and 0.5 < height.max() < 1.6


def test_cap_faces_outward():
    cap = make_cap()
    normals = vertex_normals(cap.vertices, cap.triangles)
    assert (np.einsum("ij,ij->i", normals, cap.vertices - [0, 4.5, 0]) > 0).mean() > 0.97


def test_locks_end_in_a_point():
    *controls, half_width, half_height, lift = LOCKS[0]
    lock = make_lock(tuple(controls), half_width, half_height, lift)
    first, middle, last = (np.ptp(lock.vertices[k * 10 : k * 10 + 10], axis=0).max() for k in (0, 7, 14))
    assert last < 0.35 * middle and first < middle


def test_hair_leaves_the_eyes_free():
    hair = make_hair().vertices
    for side in (1, -1):
        across = hair[:, :2] - (EYE_CENTRE * [side, 1, 1])[:2]
        before = hair[:, 2] > 4
        assert np.linalg.norm(across[before], axis=1).min() > 2.3
