"""Shapes of the lips, cheeks and nose."""

import numpy as np

from character.field import (
    CORNER,
    Field,
    brush,
    glide,
    left_share,
    lip_sign,
    lips,
    push,
    smooth,
    taper,
    vector,
)  # fmt: skip
from character.skin import MOUTH_HALF_WIDTH


def corner(field: Field, wide: float = 1.5, high: float = 1.5) -> np.ndarray:
    """Weigh the surroundings of the left corner of the mouth; the pocket behind follows."""
    face = brush(field, tuple(CORNER), (wide, high))
    pocket = np.exp(-(((field.x - CORNER[0]) / wide) ** 2)) * smooth(-field.depth, -0.8, -0.1)
    return np.where(field.depth > 0, pocket, face) * smooth(field.x, 0.0, 2.6)


def parted(field: Field, sign: float) -> np.ndarray:
    """Weigh one lip, highest along its free edge, and the skin next to it."""
    own = (lip_sign(field) * sign > 0) * smooth(np.abs(field.above), -0.1, 0.05)
    return own * lips(field, 1.7) * taper(field, 2.4) ** 0.6


def mouth_funnel(field: Field) -> np.ndarray:
    m = lips(field)
    up = lip_sign(field) * taper(field, 2.2) ** 0.55 * np.where(lip_sign(field) > 0, 0.62, 0.68)
    return vector(-0.46 * field.x * m, up * m, 0.75 * m * (0.6 + 0.4 * taper(field)), field)


def mouth_pucker(field: Field) -> np.ndarray:
    m = lips(field, 2.0)
    return vector(
        -0.52 * field.x * m,
        0.22 * field.above * m * (field.lip > 0.1),
        0.95 * m * (0.55 + 0.45 * taper(field)),
        field,
    )


def mouth_left(field: Field) -> np.ndarray:
    return glide(field, lips(field, 2.0), (0.95, 0.05)) + glide(field, corner(field), (0.12, 0.22))


def mouth_smile(field: Field) -> np.ndarray:
    cheek = brush(field, (4.3, -0.3), (1.5, 1.4))
    up = glide(field, corner(field, 1.55, 1.6), (0.72, 1.0)) + glide(field, cheek, (0.1, 0.35))
    fold = brush(field, (3.75, -1.55), (0.55, 0.8))
    return up + push(field, (0.42 * cheek - 0.18 * fold) * (field.depth == 0))


def mouth_frown(field: Field) -> np.ndarray:
    chin = brush(field, (1.2, -4.7), (1.2, 0.7)) * left_share(field)
    return glide(field, corner(field), (0.2, -1.0)) + push(field, 0.14 * chin)


def mouth_dimple(field: Field) -> np.ndarray:
    pit = brush(field, (CORNER[0] + 0.75, CORNER[1] + 0.1), (0.55, 0.7))
    cheek = brush(field, (4.4, -1.9), (0.9, 1.2))
    return glide(field, corner(field, 1.1, 1.2), (0.62, 0.22)) + push(field, 0.25 * cheek - 0.5 * pit)


def mouth_stretch(field: Field) -> np.ndarray:
    thin = lips(field) * left_share(field) * taper(field, 4) * (field.depth == 0)
    return glide(field, corner(field, 1.6, 1.7), (1.0, -0.42)) + vector(
        0, -0.28 * field.above * thin, 0, field
    )


def roll(field: Field, sign: float) -> np.ndarray:
    """Turn one lip inward over the teeth until its border closes the mouth."""
    own = (lip_sign(field) * sign > 0) & (field.depth < 0.5)
    reach = smooth(-field.lip, -1.3, -1.0) * own
    skin = own * lips(field, 1.7) * (field.lip > 1.1)
    near = taper(field, 3) ** 0.5
    height = np.abs(field.above)
    toward = np.where(field.lip <= 1.1, 0.85 * height * reach + 0.10 * reach * (1.1 - field.lip), 0.6 * skin)
    back = reach * (0.16 + 0.52 * np.clip(1 - field.lip, 0, 1)) + 0.10 * skin
    return vector(0, -sign * toward * near, -back * near, field)


def mouth_roll_lower(field: Field) -> np.ndarray:
    return roll(field, -1.0) + push(field, 0.12 * brush(field, (0.0, -4.5), (1.3, 0.6)))


def mouth_roll_upper(field: Field) -> np.ndarray:
    return roll(field, 1.0)


def mouth_shrug_lower(field: Field) -> np.ndarray:
    w = np.where(field.depth > 0, lips(field) * taper(field, 1.5), brush(field, (0, -3.5), (2.0, 1.6)))
    lower = lips(field, 1.0) * (lip_sign(field) < 0) * taper(field, 1.6)
    dimpled = brush(field, (0, -5.0), (1.3, 0.8))
    droop = brush(field, (CORNER[0], CORNER[1]), (0.8, 0.8)) + brush(
        field, (-CORNER[0], CORNER[1]), (0.8, 0.8)
    )
    return vector(0, 0.72 * w - 0.22 * droop, 0.38 * lower, field) + push(field, 0.22 * dimpled)


def mouth_shrug_upper(field: Field) -> np.ndarray:
    w = np.where(field.depth > 0, lips(field) * taper(field, 1.5), brush(field, (0, -2.0), (1.7, 1.15)))
    upper = lips(field, 1.0) * (lip_sign(field) > 0) * taper(field, 1.6)
    return vector(0, 0.58 * w, 0.36 * upper, field)


def mouth_press(field: Field) -> np.ndarray:
    m = lips(field, 0.8) * left_share(field) * taper(field, 6) * (field.depth == 0)
    bulge = brush(field, (CORNER[0] + 0.5, CORNER[1] - 0.1), (0.6, 0.7))
    return vector(0, -0.62 * field.above * m, -0.22 * m, field) + push(field, 0.3 * bulge)


def mouth_lower_down(field: Field) -> np.ndarray:
    w = parted(field, -1.0) * left_share(field, 1.4)
    return vector(0.10 * w, -0.92 * w, 0.12 * w, field)


def mouth_upper_up(field: Field) -> np.ndarray:
    w = parted(field, 1.0) * left_share(field, 1.4)
    fold = brush(field, (2.4, -0.7), (0.8, 0.8))
    return vector(0.06 * w, 0.80 * w + 0.2 * fold, 0.15 * w, field) + push(field, 0.14 * fold)


def cheek_puff(field: Field) -> np.ndarray:
    both = brush(field, (3.9, -1.6), (1.7, 1.7)) + brush(field, (-3.9, -1.6), (1.7, 1.7))
    pout = lips(field, 1.0) * (field.depth == 0)
    return push(field, 1.15 * both * (1 - 0.8 * pout)) + vector(-0.08 * field.x * pout, 0, 0.18 * pout, field)


def cheek_squint(field: Field) -> np.ndarray:
    cheek = brush(field, (4.4, 0.6), (1.6, 1.05))
    return glide(field, cheek, (0.0, 0.8)) + push(field, 0.7 * cheek)


def nose_sneer(field: Field) -> np.ndarray:
    wing = brush(field, (1.25, 0.55), (0.85, 0.9))
    bridge = brush(field, (0.95, 3.0), (0.5, 0.9))
    lip = brush(field, (1.5, -1.6), (0.9, 0.55)) * (lip_sign(field) > 0) * np.clip(field.lip, 0, 1)
    move = vector(0.15 * wing, 0.75 * wing + 0.3 * lip, -0.05 * wing, field)
    return (move + push(field, 0.22 * bridge + 0.2 * wing)) * left_share(field, 0.5)[:, None]


def tongue_gap(field: Field) -> np.ndarray:
    """Part the lips just enough for the tongue."""
    across = np.exp(-((field.x / (0.85 * MOUTH_HALF_WIDTH)) ** 6))
    low, high = parted(field, -1.0) * across, parted(field, 1.0) * across
    return vector(0, 0.22 * high - 0.85 * low, 0.10 * low, field)


CENTRE = {
    "mouthFunnel": mouth_funnel, "mouthPucker": mouth_pucker, "mouthRollLower": mouth_roll_lower,
    "mouthRollUpper": mouth_roll_upper, "mouthShrugLower": mouth_shrug_lower,
    "mouthShrugUpper": mouth_shrug_upper, "cheekPuff": cheek_puff, "tongueOut": tongue_gap,
}  # fmt: skip
LEFT = {
    "mouthLeft": mouth_left, "mouthSmileLeft": mouth_smile, "mouthFrownLeft": mouth_frown,
    "mouthDimpleLeft": mouth_dimple, "mouthStretchLeft": mouth_stretch, "mouthPressLeft": mouth_press,
    "mouthLowerDownLeft": mouth_lower_down, "mouthUpperUpLeft": mouth_upper_up,
    "cheekSquintLeft": cheek_squint, "noseSneerLeft": nose_sneer,
}  # fmt: skip
