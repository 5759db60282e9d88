"""Shapes of the jaw; what belongs to the lower jaw turns about a hinge in front of the ears."""

import numpy as np

from character.field import Field, lips, smooth, taper, vector
from character.skin import MOUTH_HALF_WIDTH

HINGE_Y, HINGE_Z = 0.6, 0.2
OPEN_DEG = 18.0


def jaw_share(field: Field) -> np.ndarray:
    """Weigh how far points follow the jaw: 0 the upper lip, 1 the lower lip and chin, 1/2 the corners."""
    beyond = np.maximum(np.abs(field.x) - MOUTH_HALF_WIDTH, 0)
    width = 1.1 + 1.0 * beyond + 0.1 * beyond**2
    round_gap = taper(field, 2.4) ** 0.7
    away = smooth(np.abs(field.above) / width, 0.0, 1.0)
    share = 0.5 - 0.5 * np.sign(field.above) * (round_gap + (1 - round_gap) * away)
    share = np.where((field.side == 0) & (field.lip < 0.01), 0.5, share)
    skin = share * smooth(field.z, 0.0, 5.0) * smooth(field.y, -11.5, -7.6) * smooth(-field.y, -2.8, 0.5)
    back = smooth(field.depth, 0.3, 1.0)
    return np.where(field.depth > 0, share * (1 - back) + 0.4 * back, skin)


def opening(points: np.ndarray) -> np.ndarray:
    """Give the displacement of points that follow the jaw fully."""
    a = np.deg2rad(OPEN_DEG)
    y, z = points[:, 1] - HINGE_Y, points[:, 2] - HINGE_Z
    return np.stack(
        [np.zeros_like(y), y * np.cos(a) - z * np.sin(a) - y, y * np.sin(a) + z * np.cos(a) - z], 1
    )


def jaw_open(field: Field) -> np.ndarray:
    narrow = lips(field) * smooth(np.abs(field.x), 0.8, MOUTH_HALF_WIDTH) * np.sign(field.x)
    return jaw_share(field)[:, None] * opening(field.points) + vector(-0.22 * narrow, 0, 0, field)


def mouth_close(field: Field) -> np.ndarray:
    """Bring the lips together half-way between the jaws; meant for use with an open jaw, as in ARKit."""
    share = jaw_share(field)
    return ((0.5 - share) * lips(field, 2.2))[:, None] * opening(field.points)


def jaw_forward(field: Field) -> np.ndarray:
    share = 0.65 * jaw_share(field) + 0.35 * lips(field, 2.2) * smooth(-field.above, -1.8, -0.3)
    return vector(0, 0.1 * share, 0.95 * share, field)


def jaw_left(field: Field) -> np.ndarray:
    near = lips(field)
    share = jaw_share(field) * (1 - near) + 0.66 * near
    return vector(0.95 * share, 0.03 * field.x * share, 0, field)


CENTRE = {"jawOpen": jaw_open, "mouthClose": mouth_close, "jawForward": jaw_forward}
LEFT = {"jawLeft": jaw_left}
