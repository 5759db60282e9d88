"""Expression: 52 blendshape weights and 18 action units from the landmarks, freed of the head's pose.

The points are turned into the frontal view with the mean face's depth, so that the network sees what
the face does and not where it looks. What the landmark network's image branch saw of the same face is
read by a regressor of its own and mixed in, per coefficient by as much as it helps on people that neither
learned from; a landmark network without that branch leaves the points alone to speak.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from engines import landmark98
from engines.backends import Session
from engines.errors import ShapeError
from engines.models import model_path
from proto.tables import ACTION_UNITS, BLENDSHAPES

# Points that expressions hardly move: they fix the face's size and place. Eye corners, nose.
ANCHORS = np.array([60, 64, 68, 72, 51, 52, 53, 55, 57, 59])
# Turning to the front divides by the cosine of the yaw; this keeps a profile from exploding.
TURN_RIDGE = 0.03
UNIT_M = 0.065  # features are in distances between the eye centres of the mean face
POSE_FREE_FEATURES = 2 * landmark98.COUNT + 2  # those that come first: offsets and turn
FEATURES = POSE_FREE_FEATURES + 2 * landmark98.COUNT
# What an image branch tells of a face: a score per blendshape, 0..1, and how far MediaPipe's mesh lies from
# each point, 98 times x and y in crop pixels.
SCORES = len(BLENDSHAPES)
APPEARANCE = SCORES + 2 * landmark98.COUNT
UNSEEN = -1.0  # stands for all of that where no image branch has looked at a face


@cache
def mean_face_m() -> np.ndarray:
    """Load the mean face, exactly symmetric. Shapes: -> (98, 3). Raises: WeightsError."""
    with np.load(model_path("face98")) as archive:
        shape = archive["points_m"].astype(np.float64)
    return (shape + shape[landmark98.FLIP] * (-1, 1, 1)) / 2


def expression_features(points_px: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Describe faces free of pose: frontal offsets from the mean face, the head's turn, and plain points.

    The offsets trust the estimated turn; the points, only made upright and of one size, do not, and tell
    the network what that estimate got wrong.

    Shapes: (N, 98, 2), (N, 3, 3) -> (N, 394) float32: offsets (98 x, 98 y), sine of yaw, sine of pitch,
    points (98 x, 98 y).
    Units: mean eye distances, x to the subject's left, y up.
    Raises: ShapeError if the points are not (N, 98, 2).
    """
    if points_px.ndim != 3 or points_px.shape[1:] != (landmark98.COUNT, 2):
        raise ShapeError(f"expected points of shape (N, 98, 2), got {points_px.shape}")
    shape = mean_face_m()
    image = points_px.astype(np.float64) * (1, -1)
    model = shape @ rotation.transpose(0, 2, 1)[:, :, :2]  # (N, 98, 2) as the camera sees it
    image_middle = image[:, ANCHORS].mean(axis=1, keepdims=True)
    model_middle = model[:, ANCHORS].mean(axis=1, keepdims=True)
    image_anchors, model_anchors = image[:, ANCHORS] - image_middle, model[:, ANCHORS] - model_middle
    scale = (image_anchors * model_anchors).sum((1, 2)) / (model_anchors**2).sum((1, 2)).clip(1e-12)
    offset = (image - image_middle) / scale.clip(1e-6)[:, None, None] + model_middle - model
    # offset = turn @ (x, y of the head), solved by least squares with a ridge.
    turn = rotation[:, :2, :2]
    normal = turn.transpose(0, 2, 1) @ turn + TURN_RIDGE * np.eye(2)
    frontal = np.linalg.solve(normal, turn.transpose(0, 2, 1) @ offset.transpose(0, 2, 1))  # (N, 2, 98)
    angles = rotation[:, :2, 2]  # the nose's direction: sines of yaw and pitch
    frontal = frontal.reshape(len(image), 2 * landmark98.COUNT) / UNIT_M
    plain = upright_points(image - image_middle)
    return np.concatenate([frontal, angles, plain], axis=1).astype(np.float32)


def upright_points(centred: np.ndarray) -> np.ndarray:
    """Turn points so that the eyes are level, and give the anchors' spread the size of one.

    Shapes: (N, 98, 2) around the anchors' middle, y up -> (N, 196): 98 x, 98 y.
    """
    eyes = centred[:, landmark98.LEFT_EYE].mean(axis=1) - centred[:, landmark98.RIGHT_EYE].mean(axis=1)
    length = np.linalg.norm(eyes, axis=1).clip(1e-9)
    cos, sin = eyes[:, 0] / length, eyes[:, 1] / length
    turn = np.stack([np.stack([cos, -sin], 1), np.stack([sin, cos], 1)], axis=1)  # (N, 2, 2)
    spread = np.sqrt((centred[:, ANCHORS] ** 2).sum(axis=2).mean(axis=1)).clip(1e-9)
    upright = centred @ turn / spread[:, None, None]
    return upright.transpose(0, 2, 1).reshape(len(centred), 2 * landmark98.COUNT)


def mirror_features() -> tuple[np.ndarray, np.ndarray]:
    """Tell how a mirrored face's features follow: taken from `order`, times `sign`. -> (394,), (394,)"""
    count = landmark98.COUNT
    points = np.r_[landmark98.FLIP, landmark98.FLIP + count]
    signs = np.r_[np.full(count, -1.0), np.ones(count)]
    order = np.r_[points, 2 * count, 2 * count + 1, points + 2 * count + 2]
    sign = np.r_[signs, -1.0, 1.0, signs].astype(np.float32)
    return order, sign


def mirror_name(name: str) -> str:
    """Name the same coefficient of the other side: eyeBlinkLeft -> eyeBlinkRight, jawOpen -> jawOpen."""
    if name.endswith("Left"):
        return name[:-4] + "Right"
    if name.endswith("Right"):
        return name[:-5] + "Left"
    return name


def mirror_blendshapes() -> np.ndarray:
    """Index of each coefficient's mirror twin. Shapes: -> (52,)"""
    return np.array([BLENDSHAPES.index(mirror_name(name)) for name in BLENDSHAPES])


def mirror_appearance() -> tuple[np.ndarray, np.ndarray]:
    """Tell how a mirrored face's appearance follows: taken from `order`, times `sign`. -> (248,), (248,)"""
    shifts = SCORES + 2 * np.asarray(landmark98.FLIP)[:, None] + (0, 1)
    order = np.r_[mirror_blendshapes(), shifts.ravel()]
    sign = np.r_[np.ones(SCORES), np.tile([-1.0, 1.0], landmark98.COUNT)].astype(np.float32)
    return order, sign


class Expression:
    """The regressors: features in, weights and intensities out."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def estimate(
        self, points_px: np.ndarray, rotation: np.ndarray, appearance: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Estimate the weights of each face; `appearance` is the image branch's, None where there is none.

        Shapes: (N, 98, 2), (N, 3, 3), (N, 248) -> blendshapes (N, 52), action units (N, 18), float32; N may
        be 0.
        Units: 0..1 in the order of proto.tables.BLENDSHAPES; 0..5 in that of ACTION_UNITS. `appearance` as
        told at APPEARANCE, a row of UNSEEN where nothing has looked.
        Raises: ShapeError if the points are not (N, 98, 2).
        """
        features = expression_features(points_px, rotation)
        if not len(features):
            return np.zeros((0, len(BLENDSHAPES)), np.float32), np.zeros((0, len(ACTION_UNITS)), np.float32)
        if appearance is None:
            appearance = gather_appearance([None] * len(features))
        weights, intensities = self._session.run(
            {"features": features, "appearance": appearance}, ["blendshapes", "action_units"]
        )
        return weights, intensities


def gather_appearance(rows: Sequence[np.ndarray | None]) -> np.ndarray:
    """Stack what the image branch saw; a face without it gets UNSEEN. Shapes: N x (248,) -> (N, 248)."""
    gathered = np.full((len(rows), APPEARANCE), UNSEEN, np.float32)
    for index, row in enumerate(rows):
        if row is not None:
            gathered[index] = row
    return gathered
