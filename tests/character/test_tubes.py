import numpy as np

from character.tubes import bezier, outward, tangents, tube

PATH = np.stack([np.zeros(6), np.zeros(6), np.linspace(0, 5, 6)], 1)
UP = np.tile([0, 1.0, 0], (6, 1))


def test_bezier_runs_from_first_to_last_control():
    curve = bezier(np.array([[0, 0], [1, 2], [3, 2], [4, 0.0]]), 9)
    assert np.allclose(curve[[0, -1]], [[0, 0], [4, 0]])
    assert np.allclose(curve[4], [2, 1.5])


def test_tangents_are_unit_vectors():
    assert np.allclose(tangents(PATH), [0, 0, 1])


def test_tube_is_closed_and_faces_outward():
    vertices, triangles = tube(PATH, UP, np.full(6, 2.0), np.full(6, 1.0), 8)
    triangles = outward(vertices, triangles)
    edges = np.sort(
        np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1
    )
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()
    corner = vertices[triangles]
    volume = np.einsum("ij,ij->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])) / 6
    assert 0.8 * np.pi * 2 * 5 < volume < np.pi * 2 * 6.2


def test_tube_has_the_asked_width_and_height():
    vertices, _ = tube(PATH, UP, np.full(6, 2.0), np.full(6, 1.0), 8)
    assert np.isclose(np.ptp(vertices[:, 0]), 4) and np.isclose(np.ptp(vertices[:, 1]), 2)
