"""Shapes of the lids and the brows."""

from collections.abc import Callable

import numpy as np

from character import lids
from character.field import Field, brush, glide, push, smooth, vector
from character.sculpt import LID_RADIUS

UPPER_FOLD_DEG, LOWER_FOLD_DEG = 32.0, 26.0  # a lid's movement ends so far from its margin
LOOK_DEG = {"Up": (0, 20), "Down": (0, -23), "In": (-26, 0), "Out": (28, 0)}  # yaw (outward +), pitch (up +)


def opening_share(azimuth: np.ndarray) -> np.ndarray:
    """Fall from 1 in the middle of the eye's opening to 0 at its corners."""
    x = np.clip((azimuth - lids.MIDDLE_DEG) / lids.HALF_WIDTH_DEG, -1, 1)
    return np.maximum(1 - x**2, 0) ** 0.7


def move_lids(
    points: np.ndarray, upper_by: np.ndarray, lower_by: np.ndarray, lash: bool = False
) -> np.ndarray:
    """Turn the left lids around the eyeball by angles (deg) that fade out toward brow and cheek.

    Shapes: (N, 3), (N,), (N,) -> (N, 3).
    """
    azimuth, elevation, radius = lids.to_ball(points)
    upper, lower = lids.margins(azimuth)
    is_upper = elevation > (upper + lower) / 2
    s_up = np.clip((elevation - upper) / UPPER_FOLD_DEG, 0, 1)
    s_low = np.clip((lower - elevation) / LOWER_FOLD_DEG, 0, 1)
    weight = np.where(is_upper, (1 - s_up) ** 1.35, (1 - s_low) ** 1.5)
    if lash:
        is_upper, weight = np.ones_like(is_upper), np.ones_like(weight)
    weight = weight * (np.abs(azimuth) < 90) * smooth(-radius, -LID_RADIUS - 1.5, -LID_RADIUS - 0.35)
    weight = weight * smooth(points[:, 0], 1.0, 1.5)  # the bridge of the nose stays
    turn = np.where(is_upper, upper_by, lower_by) * weight
    closing = np.clip(np.abs(turn) / 20, 0, 1) * weight
    target = np.where(radius > LID_RADIUS, radius + closing * (LID_RADIUS - radius), radius)
    opening = np.clip(np.where(is_upper, turn, -turn) / 6, 0, 1)
    target = target + 0.26 * opening * (
        radius > LID_RADIUS - 0.01
    )  # bulges, so that opening plus closing stays outside
    if lash:
        target = radius + 0.12 * np.clip(np.abs(turn) / 20, 0, 1)
    moved = lids.from_ball(azimuth, elevation + turn, target)
    return np.where((np.abs(turn) > 1e-6)[:, None], moved - points, 0.0)


def blink_angles(azimuth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the turns of upper and lower lid that close the eye; the upper one overlaps a little."""
    upper, lower = lids.margins(azimuth)
    meet = lids.meeting_line(azimuth)
    return meet - upper - 1.5 * opening_share(azimuth), meet - lower + 1.0 * opening_share(azimuth)


def lid_angles(name: str) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return the turns of both lids, over azimuth, in the named shape of the left eye."""
    degrees = {
        "eyeWideLeft": (9.0, -3.5), "eyeSquintLeft": (-7.0, 8.5), "cheekSquintLeft": (0.0, 9.0),
        "eyeLookUpLeft": (6.5, 2.0), "eyeLookDownLeft": (-15.0, -4.0),
        "eyeLookInLeft": (-1.0, 0.6), "eyeLookOutLeft": (-1.0, 0.6),
    }  # fmt: skip
    if name == "eyeBlinkLeft":
        return blink_angles
    up, down = degrees[name]
    return lambda azimuth: (up * opening_share(azimuth), down * opening_share(azimuth))


LID_SHAPES = (
    "eyeBlinkLeft", "eyeWideLeft", "eyeSquintLeft", "cheekSquintLeft", "eyeLookUpLeft", "eyeLookDownLeft",
    "eyeLookInLeft", "eyeLookOutLeft",
)  # fmt: skip


def lid_shape(name: str, points: np.ndarray, lash: bool = False) -> np.ndarray:
    """Evaluate a lid shape of the left eye."""
    azimuth, _, _ = lids.to_ball(points)
    move = move_lids(points, *lid_angles(name)(azimuth), lash)
    if name == "eyeSquintLeft" and lash:
        move[:, 2] += 0.16  # the lash stays in front of the raised lower lid, also when the eye is shut
    elif name == "eyeSquintLeft":
        move += push(Field.of_points(points), 0.16 * brush(Field.of_points(points), (3.6, 1.2), (1.35, 0.55)))
    return move


def off_the_lids(field: Field) -> np.ndarray:
    """Weigh 0 at the lid margins and 1 from the fold outward, so that brows never drag the lids along."""
    azimuth, elevation, _ = lids.to_ball(field.points)
    upper, _ = lids.margins(azimuth)
    return smooth(elevation - upper, 4.0, 30.0)


def brow_down(field: Field) -> np.ndarray:
    w = brush(field, (2.7, 7.0), (2.4, 1.7)) * off_the_lids(field)
    inner = brush(field, (1.2, 6.6), (1.0, 1.1)) * smooth(field.x, -0.3, 0.7)
    return glide(field, w * smooth(field.x, -0.6, 1.2), (-0.34, -1.1)) + push(field, 0.2 * inner)


def brow_inner_up(field: Field) -> np.ndarray:
    w = (brush(field, (1.5, 7.0), (1.7, 1.9)) + brush(field, (-1.5, 7.0), (1.7, 1.9))) * off_the_lids(field)
    mirrored = off_the_lids(field.mirrored())
    w = np.where(field.x < 0, w / np.maximum(off_the_lids(field), 1e-9) * mirrored, w)
    return glide(field, np.minimum(w, 1.0), (0.0, 1.05))


def brow_outer_up(field: Field) -> np.ndarray:
    w = brush(field, (4.9, 7.3), (1.9, 1.9)) * off_the_lids(field)
    return glide(field, w, (0.1, 1.05))


def brow_sneer(field: Field) -> np.ndarray:
    return vector(-0.15, -0.4, 0, field) * brush(field, (1.3, 6.7), (1.1, 0.9))[:, None]


BROW_CENTRE = {"browInnerUp": brow_inner_up}
BROW_LEFT = {"browDownLeft": brow_down, "browOuterUpLeft": brow_outer_up}
