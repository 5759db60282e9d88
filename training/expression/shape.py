"""Make the mean 3-D face of the 98 landmarks: `python -m training.expression.shape --data DIR`.

The ICT head's 98 vertices, moved to where photographs label them: across by the mean of frontal faces
at rest, in depth by how the labels move as heads turn. Beside it the modes in which identities and
expressions differ most, and how far each label is to be trusted.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from engines import landmark98
from proto.tables import BLENDSHAPES
from training.expression.ict import METRES_PER_UNIT, LandmarkBasis, load_head
from training.expression.sampling import load_takes
from training.faces import training_rows

# Frontal: MediaPipe's yaw and pitch within this; at rest: its strongest mover below this.
FRONTAL_DEG, REST_01 = 6.0, 0.3
MOVERS = ("mouthSmileLeft", "mouthSmileRight", "jawOpen", "browInnerUp", "browDownLeft", "browDownRight")
MODES = 10  # 10 and 25 modes agree with MediaPipe's rotations equally; none is far worse
IDENTITIES = 60  # principal components that are drawn
# A label's own error: 1.9 % of the distance between the eyes' centres. The contour is a silhouette
# whose points slide over a turning head: trusted half as far.
LABEL_SIGMA_CM, CONTOUR_FACTOR = 0.3, 2.0
# Half of the points carry the pose as well as all of them, in half the time. Pupils never.
POSE_POINTS = [
    *range(0, 33, 4), 33, 35, 37, 39, 41, 42, 44, 46, 47, 49, 51, 52, 53, 54, 55, 57, 59,
    60, 62, 64, 66, 68, 70, 72, 74, 76, 78, 79, 80, 82, 84, 85, 86, 90, 94,
]  # fmt: skip
DEPTH_RIDGE = 50.0  # faces' worth of belief in the model's own depth
ANCHORS = [60, 64, 68, 72, 54]  # eye corners and nose tip: they fix the frame


def eye_frame(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Level the eyes, put their middle at 0 and their distance at 1; y is down.

    Shapes: (N, 98, 2) -> (N, 98, 2), and the distances (N,).
    """
    right = points[:, landmark98.RIGHT_EYE].mean(axis=1)
    left = points[:, landmark98.LEFT_EYE].mean(axis=1)
    across = left - right
    distance = np.linalg.norm(across, axis=1)
    x = across / distance[:, None]
    y = np.stack([-x[:, 1], x[:, 0]], axis=1)
    centred = points - ((right + left) / 2)[:, None]
    frame = np.stack([(centred * x[:, None]).sum(-1), (centred * y[:, None]).sum(-1)], axis=-1)
    return frame / distance[:, None, None], distance


def head_rotation(labels: dict[str, np.ndarray]) -> np.ndarray:
    """Take MediaPipe's head rotations (same axes as ours). Shapes: -> (N, 3, 3)."""
    matrix = labels["mp_matrix"][:, :3, :3].astype(np.float64)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def mean_label(labels: dict[str, np.ndarray], rotation: np.ndarray) -> np.ndarray:
    """Average the labels of frontal faces at rest, made symmetric. Shapes: -> (98, 2)."""
    yaw = np.rad2deg(np.arctan2(rotation[:, 0, 2], rotation[:, 2, 2]))
    pitch = np.rad2deg(np.arcsin(rotation[:, 1, 2].clip(-1, 1)))
    names = [str(name) for name in labels["mp_blendshape_names"]]
    moving = labels["mp_blendshapes"][:, [names.index(name) for name in MOVERS]].max(axis=1)
    rows = (np.abs(yaw) < FRONTAL_DEG) & (np.abs(pitch) < FRONTAL_DEG) & (moving < REST_01)
    frame, _ = eye_frame(labels["lm98"][rows].astype(np.float64))
    mean = np.median(frame, axis=0)
    return (mean + mean[landmark98.FLIP] * (-1, 1)) / 2


def move_across(model: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Move the model's points in x and y to the mean label. Shapes: (98, 3), (98, 2) -> (98, 3)."""
    flat = model[None, :, :2] * (1, -1)
    _, distance = eye_frame(flat)
    middle = (flat[0, landmark98.RIGHT_EYE].mean(0) + flat[0, landmark98.LEFT_EYE].mean(0)) / 2
    moved = model.copy()
    moved[:, :2] = (target * distance[0] + middle) * (1, -1)
    return moved


def move_in_depth(shape: np.ndarray, labels_px: np.ndarray, rotation: np.ndarray) -> np.ndarray:
    """Correct the depth of each point from labels of heads with known rotations.

    Alternates between each face's scale and place, and a ridge regression of the shape. The lips keep
    their depth, because most photographs smile. Shapes: (98, 3), (N, 98, 2), (N, 3, 3) -> (98, 3).
    """
    image = labels_px * (1, -1)
    image = image - image.mean(axis=1, keepdims=True)
    rows = rotation[:, :2]
    normal = np.einsum("nai,naj->ij", rows, rows) + DEPTH_RIDGE * np.eye(3)
    fitted = shape
    for _ in range(4):
        flat = np.einsum("nai,ki->nka", rows, fitted)
        centre = flat.mean(axis=1, keepdims=True)
        scale = (image * (flat - centre)).sum((1, 2)) / ((flat - centre) ** 2).sum((1, 2))
        target = image / scale[:, None, None] + centre
        right = np.einsum("nai,nka->ki", rows, target) + DEPTH_RIDGE * shape
        fitted = np.linalg.solve(normal, right.T).T
        fitted = (fitted + fitted[landmark98.FLIP] * (-1, 1, 1)) / 2
        fitted += (shape[ANCHORS] - fitted[ANCHORS]).mean(axis=0)
    moved = shape.copy()
    moved[:76, 2] = fitted[:76, 2]
    return (moved + moved[landmark98.FLIP] * (-1, 1, 1)) / 2


def deformation_modes(basis: LandmarkBasis, takes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Find how faces differ from the neutral mean: principal axes, scaled to a standard deviation.

    Shapes: takes (M, 52) -> (MODES, 98, 3) in model units.
    """
    weights = takes[rng.integers(len(takes), size=3000)]
    points = basis.points(weights, rng.standard_normal((3000, IDENTITIES)))
    offset = points - basis.points(np.zeros((1, len(BLENDSHAPES))), np.zeros((1, 1)))
    offset -= offset.mean(axis=1, keepdims=True)
    offset = np.concatenate([offset, offset[:, landmark98.FLIP] * (-1, 1, 1)])  # no side is preferred
    _, size, axes = np.linalg.svd(offset.reshape(len(offset), -1), full_matrices=False)
    return (axes[:MODES] * size[:MODES, None] / np.sqrt(len(offset))).reshape(MODES, -1, 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--out", type=Path, default=Path("face98.npz"))
    arguments = parser.parse_args()
    basis = load_head(arguments.data / "ict").landmark_basis()
    with np.load(arguments.data / "faces" / "train.npz", allow_pickle=False) as archive:
        labels = {key: archive[key] for key in archive.files}
    rows = training_rows(labels)
    labels = {key: value[rows] for key, value in labels.items() if len(value) == len(rows)} | {
        "mp_blendshape_names": labels["mp_blendshape_names"]
    }
    rotation = head_rotation(labels)
    model = basis.points(np.zeros((1, len(BLENDSHAPES))), np.zeros((1, 1)))[0]
    shape = move_across(model, mean_label(labels, rotation))
    shape = move_in_depth(shape, labels["lm98"].astype(np.float64), rotation)
    takes = np.concatenate(list(load_takes(arguments.data / "arkit_takes").values()))
    sigma = np.full(landmark98.COUNT, np.inf)
    sigma[POSE_POINTS] = LABEL_SIGMA_CM
    sigma[landmark98.CONTOUR] *= CONTOUR_FACTOR
    arrays = {
        "points_m": shape, "shift_m": shape - model, "sigma_m": sigma,
        "modes_m": deformation_modes(basis, takes, np.random.default_rng(1)),
    }  # fmt: skip
    np.savez_compressed(
        arguments.out, **{key: (value * METRES_PER_UNIT).astype(np.float32) for key, value in arrays.items()}
    )
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
