import numpy as np

from character.raster import look_at, rasterise, shade

FACING = np.array([[2.0, 2, 0], [2, 12, 0], [12, 12, 0]])  # counter-clockwise on a screen whose y runs down


def test_triangle_covers_its_half_of_the_square():
    found, share = rasterise(FACING, np.array([[0, 1, 2]]), 16)
    inside = (found >= 0).reshape(16, 16)
    assert inside[10, 4] and not inside[4, 10] and 45 <= inside.sum() <= 55
    at = share.reshape(16, 16, 3)[10, 4] @ FACING
    assert np.allclose(at[:2], [4.5, 10.5])


def test_nearer_triangle_wins_whatever_the_order():
    points = np.concatenate([FACING, FACING + [0, 0, 1]])
    for triangles in ([[0, 1, 2], [3, 4, 5]], [[3, 4, 5], [0, 1, 2]]):
        found, _ = rasterise(points, np.array(triangles), 16)
        assert triangles[found.reshape(16, 16)[10, 4]] == [3, 4, 5]


def test_back_faces_and_what_is_off_screen_are_not_drawn():
    for points in (FACING[::-1], FACING + [100, 0, 0]):
        found, _ = rasterise(points, np.array([[0, 1, 2]]), 16)
        assert (found < 0).all()


def test_yaw_goes_to_the_subjects_left():
    seen = look_at(90, 0) @ [1.0, 0, 0]
    assert np.allclose(seen, [0, 0, 1]), "from the subject's left, the left ear is nearest"
    assert (look_at(0, 30) @ [0, 1.0, 0])[2] > 0, "from above, the crown comes nearer"


def test_light_comes_from_above_and_before():
    normals = np.array([[0, 0.6, 0.8], [0, -0.6, 0.8]])
    bright, dim = shade(normals, np.full((2, 3), 0.5), np.full(2, 0.5)).sum(1)
    assert bright > 1.2 * dim
