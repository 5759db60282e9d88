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

# Of the left eye and the right one: outer corner, inner corner, pupil, two upper and two lower lid points.
OUTER, INNER = np.array([72, 60]), np.array([68, 64])
PUPIL = np.array([landmark98.LEFT_PUPIL, landmark98.RIGHT_PUPIL])
UPPER, LOWER = np.array([[69, 71], [61, 63]]), np.array([[75, 73], [67, 65]])
# From the outer corner to the inner one, of width one, in head axes.
ACROSS = np.array([[-side * np.sqrt(1 - CORNER_DEPTH**2), 0, CORNER_DEPTH] for side in (1, -1)])
BALL = np.array([0, EYEBALL_UP, -EYEBALL_BACK])
UPWARD = np.array([1.0, -1.0])  # image rows count downward, the camera's y upward


def estimate_gaze(points_px: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Measure the direction of both eyes.

    Shapes: (N, 98, 2), (N, 3, 3) -> (N, 2, 2) [left, right] x [yaw, pitch]; N may be 0.
    Units: radians relative to the head; yaw to the subject's left, pitch up.
    """
    points = points_px.astype(np.float64)
    width_px = _eye_width(points, rotation)
    each, trust = _directions(points, rotation, width_px), _openness(points, width_px)[..., None]
    share = trust + LEAST_TRUST
    both = (each * share).sum(axis=1, keepdims=True) / share.sum(axis=1, keepdims=True)
    return both + OWN_SHARE * trust * (each - both)


def _eye_width(points: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Measure the width of an eye in pixels as if seen from the front, from both eyes. -> (N,)"""
    model = (ACROSS @ rotation.transpose(0, 2, 1))[..., :2] * UPWARD  # (N, 2, 2)
    seen = points[:, INNER] - points[:, OUTER]
    return ((seen * model).sum(axis=(1, 2)) / (model**2).sum(axis=(1, 2))).clip(1e-6)


def _directions(points: np.ndarray, rotation: np.ndarray, width_px: np.ndarray) -> np.ndarray:
    """Measure each eye's yaw and pitch. -> (N, 2, 2)"""
    offset = points[:, PUPIL] - (points[:, OUTER] + points[:, INNER]) / 2
    offset = offset * (UPWARD / width_px[:, None, None])  # camera axes, eye widths
    aside = (offset - (rotation[:, :2] @ BALL)[:, None]) / EYEBALL_RADIUS
    length = np.sqrt((aside**2).sum(axis=2, keepdims=True))
    aside = aside * np.minimum(1, OFF_CENTRE_LIMIT / np.maximum(length, 1e-9))
    toward = np.sqrt(1 - (aside**2).sum(axis=2, keepdims=True))
    look = np.concatenate([aside, toward], axis=2) @ rotation  # camera -> head
    x, y, z = look[..., 0], look[..., 1], look[..., 2]
    return np.stack([np.arctan2(x, z), np.arcsin(y.clip(-1, 1))], axis=2)


def _openness(points: np.ndarray, width_px: np.ndarray) -> np.ndarray:
    """Tell how open each eye is: 0 shut, 1 at ease. -> (N, 2)"""
    gap = points[:, UPPER].mean(axis=2) - points[:, LOWER].mean(axis=2)  # (N, 2, 2)
    height = np.sqrt((gap**2).sum(axis=2)) / width_px[:, None]
    return ((height - SHUT) / (EASE - SHUT)).clip(0, 1)
