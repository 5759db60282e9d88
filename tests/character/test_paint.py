import numpy as np

from character.paint import SKIN_TONE, blend, paint_skin
from character.skin import Skin


def test_blend_mixes_by_share():
    mixed = blend(np.zeros((2, 3)), np.ones(3), np.array([0.25, 1.0]))
    assert np.allclose(mixed, [[0.25] * 3, [1.0] * 3])


def test_colours_are_symmetric_and_in_range(skin: Skin):
    colours = paint_skin(skin)
    assert np.allclose(colours, colours[skin.twin])
    assert colours.min() >= 0 and colours.max() <= 1


def test_lips_are_redder_than_skin_and_the_throat_is_dark(skin: Skin):
    colours = paint_skin(skin)
    lips = colours[(skin.lip > 0.3) & (skin.lip < 0.8)]
    assert (lips[:, 0] / lips[:, 1]).mean() > 1.4 * SKIN_TONE[0] / SKIN_TONE[1]
    assert colours[skin.depth == 1].max() < 0.1
