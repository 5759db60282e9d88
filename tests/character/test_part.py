import numpy as np
import pytest

from character.part import Material, Part, grid_triangles, join, linear, mirror, split, vertex_normals

MATERIAL = Material("clay", 0.5)
SQUARE = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0.0]])


def square(name: str = "a", **shapes) -> Part:
    return Part(name, MATERIAL, SQUARE.copy(), grid_triangles(2, 2), np.ones((4, 3)), shapes=shapes)


def test_grid_faces_the_viewer():
    assert np.allclose(vertex_normals(SQUARE, grid_triangles(2, 2)), [0, 0, 1])


def test_closed_grid_joins_last_column_to_first():
    assert len(grid_triangles(2, 5, closed=True)) == len(grid_triangles(2, 6))


def test_linear_matches_the_standard():
    assert linear("#ffffff") == pytest.approx(1.0)
    assert linear("#808080") == pytest.approx(0.2158605, abs=1e-6)
    assert linear("#050505") == pytest.approx(5 / 255 / 12.92)


def test_posed_adds_weighted_shapes():
    part = square(up=np.tile([0, 2.0, 0], (4, 1)))
    assert np.allclose(part.posed({"up": 0.5, "unknown": 1.0}), SQUARE + [0, 1, 0])
    assert np.allclose(part.vertices, SQUARE)


def test_mirror_flips_x_only():
    assert np.allclose(mirror(np.array([[1, 2, 3.0]])), [[-1, 2, 3]])


def test_join_keeps_shapes_of_both():
    both = join(square(up=np.ones((4, 3))), square("b", down=-np.ones((4, 3))))
    assert both.triangles.max() == 7
    assert both.shapes["up"][:4].all() and not both.shapes["up"][4:].any()
    assert not both.shapes["down"][:4].any() and both.shapes["down"][4:].all()


def test_split_divides_triangles_and_shapes():
    part = square(up=np.arange(12.0).reshape(4, 3))
    rest, chosen = split(part, np.array([True, False]), "chosen", MATERIAL)
    assert (len(rest.triangles), len(chosen.triangles)) == (1, 1)
    corner = chosen.triangles[0]
    assert np.allclose(chosen.vertices[corner], part.vertices[part.triangles[0]])
    assert np.allclose(chosen.shapes["up"][corner], part.shapes["up"][part.triangles[0]])
