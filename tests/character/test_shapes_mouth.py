import numpy as np
import pytest

from character import shapes_mouth
from character.field import CORNER, Field
from character.skin import Skin


@pytest.fixture(scope="module")
def field(skin: Skin) -> Field:
    return Field.of_skin(skin)


def corner_of(skin: Skin) -> int:
    on_edge = (skin.lip == 0) & (skin.depth == 0)
    return int(np.argmax(np.where(on_edge, skin.vertices[:, 0], -9)))


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [("mouthSmileLeft", 0.4, 0.7), ("mouthFrownLeft", 0, -0.7), ("mouthStretchLeft", 0.6, -0.2),
     ("mouthDimpleLeft", 0.3, 0.1), ("mouthLeft", 0.6, 0.1)],
)  # fmt: skip
def test_corner_moves_the_named_way(skin: Skin, field: Field, name: str, x: float, y: float):
    move = shapes_mouth.LEFT[name](field)[corner_of(skin)]
    assert abs(move[0]) >= abs(x) and move[0] * x >= 0
    assert move[1] * np.sign(y) >= abs(y)


def test_smile_leaves_the_other_corner_alone(skin: Skin, field: Field):
    move = shapes_mouth.mouth_smile(field)
    assert np.abs(move[skin.vertices[:, 0] < -0.5]).max() < 0.02


def test_pucker_narrows_and_pushes_forward(skin: Skin, field: Field):
    move = shapes_mouth.mouth_pucker(field)
    corner = corner_of(skin)
    assert move[corner, 0] < -0.4 * CORNER[0]
    assert move[(skin.lip < 1) & (skin.depth == 0), 2].min() > 0.4


def test_funnel_parts_the_lips(skin: Skin, field: Field):
    middle = (skin.vertices[:, 0] == 0) & (skin.lip == 0) & (skin.depth == 0)
    move = shapes_mouth.mouth_funnel(field)
    assert move[middle & (skin.side > 0), 1].max() - move[middle & (skin.side < 0), 1].min() > 1.0


@pytest.mark.parametrize(("name", "side"), [("mouthRollLower", -1), ("mouthRollUpper", 1)])
def test_rolled_lip_is_hidden(skin: Skin, field: Field, name: str, side: int):
    border = (skin.lip == 1) & (skin.side == side) & (np.abs(skin.vertices[:, 0]) < 1)
    posed = skin.vertices + shapes_mouth.CENTRE[name](field)
    before, after = (np.abs(p[border, 1] - Field.of_skin(skin).mirrored().y[border] + field.above[border])
                     for p in (skin.vertices, posed))  # fmt: skip
    assert after.mean() < 0.3 * before.mean()
    edge = (skin.lip == 0) & (skin.depth == 0) & (skin.side == side) & (np.abs(skin.vertices[:, 0]) < 1)
    assert (posed - skin.vertices)[edge, 2].max() < -0.3


@pytest.mark.parametrize(
    ("name", "side", "way"), [("mouthLowerDownLeft", -1, -1), ("mouthUpperUpLeft", 1, 1)]
)
def test_one_lip_uncovers_the_teeth(skin: Skin, field: Field, name: str, side: int, way: int):
    move = shapes_mouth.LEFT[name](field)
    edge = (skin.lip == 0) & (skin.depth == 0)
    assert (way * move[edge & (skin.side == side), 1]).max() > 0.6
    assert np.abs(move[edge & (skin.side == -side), 1]).max() < 0.02


def test_cheeks_puff_out(field: Field):
    at = Field.of_points(np.array([[3.9, -1.6, 7.4], [-3.9, -1.6, 7.4]]))
    move = shapes_mouth.cheek_puff(at)
    assert (np.sign(move[:, 0]) == [1, -1]).all() and np.linalg.norm(move, axis=1).min() > 0.8


def test_sneer_lifts_the_wing_of_the_nose():
    wing = Field.of_points(np.array([[1.3, 0.6, 9.3], [-1.3, 0.6, 9.3]]))
    move = shapes_mouth.nose_sneer(wing)
    assert move[0, 1] > 0.5 and np.abs(move[1]).max() < 0.05


def test_tongue_and_press_and_shrugs_touch_the_lips(skin: Skin, field: Field):
    edge = (skin.lip < 1) & (skin.depth == 0)
    for shape in (shapes_mouth.tongue_gap, shapes_mouth.mouth_press, shapes_mouth.mouth_shrug_lower,
                  shapes_mouth.mouth_shrug_upper, shapes_mouth.cheek_squint):  # fmt: skip
        reach = np.linalg.norm(shape(field), axis=1)
        expected = shape is not shapes_mouth.cheek_squint
        assert (reach[edge].max() > 0.15) == expected
