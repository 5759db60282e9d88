"""The ICT-FaceKit head: identities and the 52 weights to vertices, and the 98 landmarks on them.

Source: Li et al. 2020, "Learning Formation of Physically-Based Face Attributes" (ICT-FaceKit, MIT).
A posed head is equation 13 of MTHR-Face: neutral + sum of weight * (shape - neutral). Axes: x to the
subject's left, y up, z out of the face, as in engines/stages/pose.py; the unit is a centimetre.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines import landmark98
from proto.tables import BLENDSHAPES
from training.faces import DataError

METRES_PER_UNIT = 0.01
# WFLW's contour, from the subject's right ear over the chin to the left ear.
CONTOUR = (
    1278, 1275, 1272, 1248, 12, 820, 1834, 1902, 243, 844, 781, 1673, 2199, 801, 1447, 800, 966,
    3041, 3661, 3042, 4390, 3880, 3022, 3085, 2484, 4102, 4036, 3061, 2253, 3466, 3490, 3493, 3496,
)  # fmt: skip
# The brows as photographs label them. The model's own 68 points sit up to half a centimetre higher
# (the head has no hair there), so these are the vertices nearest to the mean labelled brow of 371
# frontal faces at rest. 33..37 upper edge from the outer end, 38..41 lower edge back from the inner end.
RIGHT_BROW = (249, 287, 1031, 2040, 2003, 1999, 1412, 1973, 81)
# The lid's edge, 60..67: the outer corner, over the upper lid to the inner corner, and back below.
RIGHT_EYE = (1507, 1542, 1539, 1537, 1528, 1518, 1514, 1511)
NOSE_68, LIPS_68 = slice(27, 36), slice(48, 68)  # places in the model's own 68 points
EYEBALL_CENTRE = {"Right": (-3.13587, 3.60731, 8.01807), "Left": (3.13587, 3.60731, 8.01807)}
EYEBALL_VERTICES = {"Right": slice(23021, 24591), "Left": slice(21451, 23021)}
PUPIL_RADIUS = 1.35  # from the eyeball's centre to the iris plane
# Eye rotation at a full weight, in radians: the slope of Live Link Face's eye angles over these
# weights in the data pack's takes (correlation 0.8-0.9).
LOOK_RAD = {"In": 0.62, "Out": 0.575, "Up": 0.456, "Down": 0.611}
SHELLS = ("M_EyeBlend", "M_EyeOcclusion", "M_LacrimalFluid")  # transparent layers over the eyes


@dataclass
class Head:
    """The morphable head, reduced to the 52 coefficients of ARKit.

    Shapes: neutral (V, 3); identity (100, V, 3); expression (52, V, 3), tongueOut all zero;
    triangles (T, 3); material (T,); landmarks (98,) vertices, the pupils' being their eyeballs' front.
    """

    neutral: np.ndarray
    identity: np.ndarray
    expression: np.ndarray
    triangles: np.ndarray
    material: np.ndarray
    material_names: list[str]
    landmarks: np.ndarray

    def landmark_basis(self) -> LandmarkBasis:
        """Keep only the 98 landmarks' vertices: all that training needs."""
        rows = self.landmarks[: landmark98.RIGHT_PUPIL]
        eyes = {
            side: self.identity[:, EYEBALL_VERTICES[side]].mean(axis=1) for side in EYEBALL_VERTICES
        }
        return LandmarkBasis(
            self.neutral[rows], self.identity[:, rows], self.expression[:, rows], eyes["Right"], eyes["Left"]
        )

    def pose(self, weights_01: np.ndarray, identity: np.ndarray | None = None) -> np.ndarray:
        """Make the vertices of one face. Shapes: (52,), (<=100,) -> (V, 3)."""
        vertices = self.neutral + np.tensordot(weights_01, self.expression, axes=1)
        if identity is not None:
            vertices = vertices + np.tensordot(identity, self.identity[: len(identity)], axes=1)
        for side, rows in EYEBALL_VERTICES.items():
            turn = look_rotation(weights_01[None], side)[0]
            centre = np.array(EYEBALL_CENTRE[side])
            if identity is not None:
                centre = centre + np.tensordot(identity, self.identity[: len(identity), rows].mean(1), axes=1)
            vertices[rows] = (vertices[rows] - centre) @ turn.T + centre
        return vertices


@dataclass
class LandmarkBasis:
    """The head at its 96 surface landmarks, and how identity moves the two eyeballs."""

    neutral: np.ndarray  # (96, 3)
    identity: np.ndarray  # (100, 96, 3)
    expression: np.ndarray  # (52, 96, 3)
    right_eyeball: np.ndarray  # (100, 3)
    left_eyeball: np.ndarray  # (100, 3)

    def points(self, weights_01: np.ndarray, identity: np.ndarray) -> np.ndarray:
        """Make 98 points of many faces. Shapes: (N, 52), (N, <=100) -> (N, 98, 3)."""
        used = identity.shape[1]
        points = self.neutral + np.tensordot(weights_01, self.expression, axes=1)
        points = points + np.tensordot(identity, self.identity[:used], axes=1)
        pupils = []
        for side, moves in (("Right", self.right_eyeball), ("Left", self.left_eyeball)):
            front = look_rotation(weights_01, side)[:, :, 2] * PUPIL_RADIUS
            pupils.append(np.array(EYEBALL_CENTRE[side]) + identity @ moves[:used] + front)
        return np.concatenate([points, np.stack(pupils, axis=1)], axis=1)


def look_rotation(weights_01: np.ndarray, side: str) -> np.ndarray:
    """Turn an eye's four look weights into its rotation. Shapes: (N, 52) -> (N, 3, 3)."""
    look = {way: weights_01[:, BLENDSHAPES.index(f"eyeLook{way}{side}")] for way in LOOK_RAD}
    # The right eye looks in toward +x, the left eye toward -x.
    inward = look["In"] * LOOK_RAD["In"] - look["Out"] * LOOK_RAD["Out"]
    yaw = inward if side == "Right" else -inward
    pitch = look["Up"] * LOOK_RAD["Up"] - look["Down"] * LOOK_RAD["Down"]
    return gaze_rotation(yaw, pitch)


def gaze_rotation(yaw_rad: np.ndarray, pitch_rad: np.ndarray) -> np.ndarray:
    """Rotate by yaw to the subject's left after pitch up. Shapes: (N,), (N,) -> (N, 3, 3)."""
    (cy, sy), (cp, sp) = (np.cos(yaw_rad), np.sin(yaw_rad)), (np.cos(pitch_rad), np.sin(pitch_rad))
    zero = np.zeros_like(cy)
    rows = [cy, -sy * sp, sy * cp, zero, cp, sp, -sy, -cy * sp, cy * cp]
    return np.stack(rows, axis=-1).reshape(-1, 3, 3)


def load_head(folder: Path) -> Head:
    """Read the head from the data pack. Raises: DataError if it is missing or damaged."""
    path = folder / "ict_face_model.npz"
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: expected the ICT head: {error}") from error
    neutral = arrays["neutral"].astype(np.float32)
    names = [str(name) for name in arrays["expression_names"]]
    shapes = arrays["expression"].astype(np.float32)
    expression = np.zeros((len(BLENDSHAPES), *neutral.shape), np.float32)
    for index, name in enumerate(BLENDSHAPES):
        for source in ict_names(name):
            expression[index] += shapes[names.index(source)]
    return Head(
        neutral, arrays["identity"].astype(np.float32), expression, arrays["triangles"],
        arrays["triangle_material"], [str(name) for name in arrays["material_names"]],
        landmark_vertices(neutral, arrays["landmarks68"]),
    )


def ict_names(name: str) -> list[str]:
    """Name the model's shapes that make one ARKit coefficient; none for tongueOut."""
    if name == "tongueOut":
        return []
    if name in ("browInnerUp", "cheekPuff"):
        return [f"{name}_L", f"{name}_R"]
    for side in ("Left", "Right"):
        if name.endswith(side) and name not in ("jawLeft", "jawRight", "mouthLeft", "mouthRight"):
            return [f"{name[: -len(side)]}_{side[0]}"]
    return [name]


def landmark_vertices(neutral: np.ndarray, landmarks68: np.ndarray) -> np.ndarray:
    """Choose the vertex of each of the 98 landmarks; the left side mirrors the right one."""
    vertices = np.full(landmark98.COUNT, -1)
    vertices[landmark98.CONTOUR] = CONTOUR
    vertices[landmark98.RIGHT_BROW] = RIGHT_BROW
    vertices[landmark98.NOSE] = landmarks68[NOSE_68]
    vertices[landmark98.RIGHT_EYE] = RIGHT_EYE
    vertices[76:96] = landmarks68[LIPS_68]
    for side, pupil in (("Right", landmark98.RIGHT_PUPIL), ("Left", landmark98.LEFT_PUPIL)):
        rows = EYEBALL_VERTICES[side]
        vertices[pupil] = rows.start + neutral[rows, 2].argmax()
    face = neutral[:6706]  # the narrow face
    for index in np.flatnonzero(vertices < 0):
        mirrored = neutral[vertices[landmark98.FLIP[index]]] * np.array([-1, 1, 1])
        vertices[index] = np.linalg.norm(face - mirrored, axis=1).argmin()
    return vertices
