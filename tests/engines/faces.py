"""Faces made by hand for the tests of the stages after the networks."""

import numpy as np

from engines.face import Face
from proto import tables


def make_face(track: int = 1, **weights: float) -> Face:
    """A neutral face that looks at the camera; `weights` sets blendshapes by name."""
    blendshapes = np.zeros(52, np.float32)
    for name, value in weights.items():
        blendshapes[tables.BLENDSHAPES.index(name)] = value
    points = np.random.default_rng(9).uniform((100, 100), (200, 220), (98, 2)).astype(np.float32)
    return Face(
        track=track, score=0.99, box_xyxy_px=np.array([100, 100, 200, 220], np.float32),
        landmarks_px=points, confidence_01=np.ones(98, np.float32),
        rotation_xyzw=np.array([0, 0, 0, 1], np.float32), translation_m=np.array([0, 0, -0.6], np.float32),
        gaze_rad=np.zeros((2, 2), np.float32), blendshapes_01=blendshapes,
        action_units_05=np.zeros(18, np.float32),
    )  # fmt: skip
