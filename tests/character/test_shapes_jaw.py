import numpy as np

from character.field import Field
from character.shapes_jaw import jaw_forward, jaw_left, jaw_open, jaw_share, mouth_close, opening
from character.skin import Skin


def free_edges(skin: Skin) -> tuple[np.ndarray, np.ndarray]:
    """Give the vertices of the lips' free edges, upper and lower, from right to left."""
    edge = (skin.lip == 0) & (skin.depth == 0)
    sides = [np.flatnonzero(edge & (skin.side == s)) for s in (1, -1)]
    return tuple(s[np.argsort(skin.vertices[s, 0])] for s in sides)


def test_share_is_1_on_the_chin_and_0_under_the_nose():
    chin, lip, forehead = (0, -6.0, 8.2), (0, -0.6, 8.6), (0, 9.0, 8.0)
    assert np.allclose(jaw_share(Field.of_points(np.array([chin, lip, forehead]))), [1, 0, 0], atol=1e-6)


def test_opening_lowers_the_chin_and_keeps_the_hinge():
    move = opening(np.array([[0, -6.0, 8.0], [6.0, 0.6, 0.2]]))
    assert move[0, 1] < -2 and move[0, 2] < 0
    assert np.allclose(move[1], 0)


def test_jaw_opens_the_mouth(skin: Skin):
    upper, lower = free_edges(skin)
    move = jaw_open(Field.of_skin(skin))
    gap = (skin.vertices + move)[upper, 1] - (skin.vertices + move)[lower, 1]
    assert gap.max() > 2 and (gap > 0.2).all()


def test_close_brings_open_lips_together_again(skin: Skin):
    upper, lower = free_edges(skin)
    field = Field.of_skin(skin)
    shut = skin.vertices + jaw_open(field) + mouth_close(field)
    assert np.linalg.norm(shut[upper] - shut[lower], axis=1).max() < 1e-6
    chin = np.argmin(skin.vertices[:, 1] + 100 * (skin.vertices[:, 2] < 7))
    assert (shut - skin.vertices)[chin, 1] < -1.5, "the jaw stays open"


def test_jaw_moves_forward_and_to_the_left(skin: Skin):
    field = Field.of_skin(skin)
    assert jaw_forward(field)[:, 2].max() > 0.8
    left = jaw_left(field)
    assert left[:, 0].max() > 0.9 and left[:, 0].min() >= 0
