"""Strips: which frames are chosen, and the picture beside the head."""

import numpy as np

from character.part import Material, Part
from engines.stages.expression import mean_face_m
from proto.tables import BLENDSHAPES
from tests.training.expression.test_render import toy_head
from training.expression.strips import SHOWN, TILE, draw_column, strongest_frames


def test_the_strongest_and_the_calmest_frames_are_chosen():
    weights = np.full((5, 52), 0.1)
    for row, name in enumerate(("jawOpen", "eyeBlinkLeft", "mouthSmileRight")):
        weights[row, BLENDSHAPES.index(name)] = 0.9
    weights[4] = 0
    chosen = strongest_frames(weights)
    assert set(chosen) == {*SHOWN, "at rest"}
    assert chosen["open jaw"] == 0 and chosen["left wink"] == 1 and chosen["right smile"] == 2
    assert chosen["at rest"] == 4


def test_a_column_has_the_picture_above_both_heads():
    image = np.full((300, 300, 3), 200, np.uint8)
    points = mean_face_m()[:, :2] * (1, -1) * 1200 + 150
    corners = np.array([(-0.1, -0.1, 0.1), (0.1, -0.1, 0.1), (0.0, 0.1, 0.1)])
    part = Part("skin", Material("skin", 0.5), corners, np.array([(0, 1, 2)]), np.full((3, 3), 0.02))
    column = draw_column(image, points, (toy_head(), [part]), np.zeros(52), np.eye(3), "at rest")
    assert column.shape == (3 * TILE, TILE, 3)
    assert (column[:TILE] == 200).mean() > 0.5  # the picture
    assert (column[TILE : 2 * TILE] == 90).mean() > 0.3  # the head's background
    assert (column[TILE : TILE + 14, :60] > 200).any()  # the label
    assert column[2 * TILE + TILE // 2, TILE // 2].max() < 120  # our own head, dark here
    assert column[2 * TILE + 5, 5].min() > 200  # on light paper
