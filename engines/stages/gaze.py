"""Gaze: where each eye looks relative to the head, from its pupil between the corners of the eye.

The eye is a ball whose centre sits at a fixed place behind the corners, and the pupil a point on it.
"""

from __future__ import annotations

import numpy as np

from engines import landmark98

# In widths of an eye, corner to corner, in head axes; means over ICT identities (their spread: 0.03
# upward, 0.06 in depth).
EYEBALL_RADIUS = 0.50
EYEBALL_UP = 0.10  # the ball's centre above the middle of the corners
EYEBALL_BACK = 0.33  # and behind it
# The outer corner sits this far back of the inner one, the rest of the width is sideways.
CORNER_DEPTH = 0.22
OFF_CENTRE_LIMIT = 0.9  # of the radius: a pupil that leaves the ball looks 64 degrees aside
# A lid gap over the eye's width: from shut, where the pupil is a guess, to an eye at ease.
SHUT, EASE = 0.08, 0.20
LEAST_TRUST = 0.02  # keeps the mean of two shut eyes defined
# Both eyes nearly always look the same way, so half of their difference is taken for noise. Against
# MediaPipe on photographs this lifts the correlation of yaw from 0.93 to 0.95.
OWN_SHARE = 0.5

# Outer corner, inner corner, pupil, two upper and two lower lid points, and the side (+1 the left).
LEFT = (72, 68, landmark98.LEFT_PUPIL, (69, 71), (75, 73), 1.0)
RIGHT = (60, 64, landmark98.RIGHT_PUPIL, (61, 63), (67, 65), -1.0)


def estimate_gaze(points_px: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Measure the direction of both eyes.

    Shapes: (N, 98, 2), (N, 3, 3) -> (N, 2, 2) [left, right] x [yaw, pitch]; N may be 0.
    Units: radians relative to the head; yaw to the subject's left, pitch up.
    """
    points = points_px.astype(np.float64)
    width_px = _eye_width(points, rotation)
    each = np.stack([_direction(points, rotation, width_px, eye) for eye in (LEFT, RIGHT)], axis=1)
    trust = np.stack([_openness(points, width_px, eye) for eye in (LEFT, RIGHT)], axis=1)[..., None]
    both = (each * (trust + LEAST_TRUST)).sum(axis=1, keepdims=True)
    both /= (trust + LEAST_TRUST).sum(axis=1, keepdims=True)
    return both + OWN_SHARE * trust * (each - both)


def _eye_width(points: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Measure the width of an eye in pixels as if seen from the front, from both eyes. -> (N,)"""
    above, below = 0.0, 0.0
    for outer, inner, _, _, _, side in (LEFT, RIGHT):
        across = np.array([-side * np.sqrt(1 - CORNER_DEPTH**2), 0, CORNER_DEPTH])  # outer to inner
        model = (rotation @ across)[:, :2] * (1, -1)
        above = above + ((points[:, inner] - points[:, outer]) * model).sum(axis=1)
        below = below + (model**2).sum(axis=1)
    return (above / below).clip(1e-6)


def _direction(points: np.ndarray, rotation: np.ndarray, width_px: np.ndarray, eye: tuple) -> np.ndarray:
    """Measure one eye's yaw and pitch. -> (N, 2)"""
    outer, inner, pupil, *_ = eye
    offset = points[:, pupil] - (points[:, outer] + points[:, inner]) / 2
    offset = offset * (1, -1) / width_px[:, None]  # camera axes, eye widths
    ball = rotation @ np.array([0, EYEBALL_UP, -EYEBALL_BACK])
    aside = (offset - ball[:, :2]) / EYEBALL_RADIUS
    length = np.linalg.norm(aside, axis=1, keepdims=True)
    aside = aside * np.minimum(1, OFF_CENTRE_LIMIT / np.maximum(length, 1e-9))
    toward = np.sqrt(1 - (aside**2).sum(axis=1, keepdims=True))
    look = np.concatenate([aside, toward], axis=1)[:, None] @ rotation  # camera -> head
    x, y, z = look[:, 0].T
    return np.stack([np.arctan2(x, z), np.arcsin(y.clip(-1, 1))], axis=1)


def _openness(points: np.ndarray, width_px: np.ndarray, eye: tuple) -> np.ndarray:
    """Tell how open an eye is: 0 shut, 1 at ease. -> (N,)"""
    _, _, _, upper, lower, _ = eye
    gap = points[:, upper].mean(axis=1) - points[:, lower].mean(axis=1)
    return ((np.linalg.norm(gap, axis=1) / width_px - SHUT) / (EASE - SHUT)).clip(0, 1)
