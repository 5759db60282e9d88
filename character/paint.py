"""The skin's colours: tone, blush, lips, the inside of the mouth, and baked ambient occlusion."""

import numpy as np

from character.field import Field, brush, smooth
from character.part import linear
from character.sculpt import gradient, occlusion
from character.skin import Skin

SKIN_TONE = linear("#f2c09b")
BLUSH, LIPS, MOUTH, RIM = linear("#ec8f78"), linear("#d98274"), linear("#7d2f31"), linear("#b5705c")
SHADOW = np.array([0.62, 0.42, 0.36])  # light lost in folds of skin comes back reddish


def blend(colours: np.ndarray, paint: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Paint over colours with the given share."""
    return colours * (1 - share[:, None]) + paint * share[:, None]


def paint_skin(skin: Skin) -> np.ndarray:
    """Colour the skin's vertices.

    Shapes: -> (V, 3) linear RGB.
    """
    half = Field(
        np.abs(skin.vertices) * [1, 0, 0] + skin.vertices * [0, 1, 1], skin.lip, skin.side, skin.depth
    )
    colours = np.tile(SKIN_TONE, (len(skin.vertices), 1))
    colours = blend(colours, BLUSH, 0.38 * brush(half, (4.5, -0.2), (1.5, 1.2)))
    colours = blend(colours, BLUSH, 0.30 * brush(half, (0.3, 0.9), (1.1, 0.8)))
    openness = occlusion(half.points, gradient(half.points))
    colours = colours * (SHADOW + (1 - SHADOW) * openness[:, None])
    on_lips = smooth(-skin.lip, -1.06, -0.94) * (skin.depth == 0)
    colours = blend(colours, LIPS, on_lips * np.where(skin.side < 0, 0.85, 0.95))
    colours = np.where((skin.lip < 0.1)[:, None], colours * 0.62, colours)
    colours = blend(colours, RIM, np.clip(skin.rim, 0, 1) ** 2)
    inner = blend(np.tile(LIPS * 0.6, (len(colours), 1)), MOUTH, smooth(skin.depth, 0.1, 0.4))
    colours = np.where((skin.depth > 0)[:, None], inner * (1 - 0.8 * skin.depth[:, None]), colours)
    return np.clip(colours, 0, 1)
