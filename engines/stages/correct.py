"""Correct: rules that hold for every face and that a regressor does not know.

Each works on one face's 52 weights in place. They come from what users of such systems report most:
closed lips that need an open jaw, wide eyes that are shut, and a far eye that flutters when the head
turns away.
"""

from __future__ import annotations

import numpy as np

from engines.face import Face
from proto import tables

INDEX = {name: index for index, name in enumerate(tables.BLENDSHAPES)}
# Between these head yaws the hidden eye's lid hands over to the visible one. Kalidokit trusts the
# visible eye from 0.5 rad on; the hand-over here is gradual, so that nothing jumps.
FAR_EYE_START_RAD, FAR_EYE_END_RAD = 0.40, 0.70
LIDS = ("eyeBlink", "eyeSquint", "eyeWide")
# Lids that are shut come out of the regression at 0.65-0.77 on clips of people it was not taught with, and
# a lid that stays a quarter open is what users of such systems see as broken. From BLINK_KNEE on the
# weight is stretched so that BLINK_SHUT is shut.
BLINK_KNEE, BLINK_SHUT = 0.35, 0.72


def correct_face(face: Face) -> None:
    """Apply every rule to a face."""
    weights = face.blendshapes_01
    shut_lids(weights)
    lend_near_eye(weights, head_yaw_rad(face.rotation_xyzw))
    limit_mouth_close(weights)
    limit_eye_wide(weights)


def head_yaw_rad(rotation_xyzw: np.ndarray) -> float:
    """Yaw of a head rotation in radians, positive when the nose turns to the subject's left."""
    x, y, z, w = (float(v) for v in rotation_xyzw)
    # The head's z axis in camera axes: how far the nose points aside and forward.
    return float(np.arctan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y)))


def shut_lids(weights: np.ndarray) -> None:
    """Stretch the upper part of eyeBlink, so that a shut lid is shut."""
    for side in ("Left", "Right"):
        index = INDEX[f"eyeBlink{side}"]
        over = max(float(weights[index]) - BLINK_KNEE, 0.0)
        stretched = BLINK_KNEE + over * (1 - BLINK_KNEE) / (BLINK_SHUT - BLINK_KNEE)
        weights[index] = min(stretched, 1.0) if over else weights[index]


def limit_mouth_close(weights: np.ndarray) -> None:
    """Keep mouthClose at most jawOpen: it closes lips that an open jaw has parted (Apple's definition)."""
    close, jaw = INDEX["mouthClose"], INDEX["jawOpen"]
    weights[close] = min(weights[close], weights[jaw])


def limit_eye_wide(weights: np.ndarray) -> None:
    """Fade eyeWide out as the same eye's lid closes: no lid does both."""
    for side in ("Left", "Right"):
        weights[INDEX[f"eyeWide{side}"]] *= 1 - weights[INDEX[f"eyeBlink{side}"]]


def lend_near_eye(weights: np.ndarray, yaw_rad: float) -> None:
    """Let the eye nearer to the camera speak for the one that a turned head hides."""
    share = (abs(yaw_rad) - FAR_EYE_START_RAD) / (FAR_EYE_END_RAD - FAR_EYE_START_RAD)
    share = float(np.clip(share, 0, 1))
    if share == 0:
        return
    # The nose to the subject's left hides the left eye.
    far, near = ("Left", "Right") if yaw_rad > 0 else ("Right", "Left")
    for lid in LIDS:
        far_index, near_index = INDEX[lid + far], INDEX[lid + near]
        weights[far_index] += share * (weights[near_index] - weights[far_index])
