"""Pose: the head's rotation and place from 98 landmarks, by fitting a deformable mean shape (PnP).

Axes: head x to the subject's left, y up, z out of the face; camera x right, y up, z toward the
viewer, both right-handed. An upright face that looks at the camera has the identity rotation, and a
face before the camera has a negative z.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from engines.errors import ShapeError, WeightsError
from engines.models import model_path

# Focal length over the image's longer side when the camera is unknown: a horizontal field of view
# of 58 degrees, the middle of common webcams (50-70) and phones' front cameras.
DEFAULT_FOCAL = 0.9
# A step shorter than this, in radians and in shares of the distance, is the last: nearly all faces are then
# within a hundredth of a degree of the optimum.
SMALL_STEP = 2e-3
# Most faces take 3 steps from the cold start, and 2 from the last frame's pose. Those that the modes fit
# badly converge slowly; followed from frame to frame, they go on in the next one.
MOST_STEPS, MOST_STEPS_FOLLOWED = 8, 4
# A head is looked for anew where the first step from its last pose is longer, or where more remains
# unexplained than this many standard deviations (root mean square).
JUMP, BAD_FIT = 0.25, 3.0
UPWARD = np.array([1.0, -1.0])  # image rows count downward, the camera's y upward
IDENTITY = np.eye(3)
# A vector times this is its cross-product matrix, row by row.
CROSS = np.array(
    [[0, 0, 0, 0, 0, -1, 0, 1, 0], [0, 0, 1, 0, 0, 0, -1, 0, 0], [0, -1, 0, 1, 0, 0, 0, 0, 0]], np.float64
)
DAMPING = 1e-9  # keeps the normal equations solvable when all points coincide


@dataclass
class HeadFit:
    """Fitted heads.

    Shapes: rotation (N, 3, 3), translation (N, 3), modes (N, M), misfit (N,).
    """

    rotation: np.ndarray
    translation: np.ndarray
    modes: np.ndarray
    misfit: np.ndarray  # what was unexplained before the last step, in standard deviations

    def take(self, rows: np.ndarray | slice) -> HeadFit:
        return HeadFit(self.rotation[rows], self.translation[rows], self.modes[rows], self.misfit[rows])

    def put(self, rows: np.ndarray | slice, other: HeadFit) -> None:
        """Replace some heads."""
        self.rotation[rows], self.translation[rows] = other.rotation, other.translation
        self.modes[rows], self.misfit[rows] = other.modes, other.misfit


class Followed(Protocol):
    """A face that is followed and remembers how its head was: a fit of one, None before there is any."""

    pose: HeadFit | None


class HeadPose:
    """Perspective-n-point on the mean face, which may deform along a few modes at a price.

    A rigid mean face reads a raised brow or a long chin as a turn of the head. So the modes in which
    identities and expressions differ most are fitted along with the pose, held by their prior. Against
    MediaPipe on photographs this cuts the spread of yaw from 3.7 to 2.1 degrees, of pitch from 8.8 to 3.4.
    """

    def __init__(self, path: Path | None = None, focal: float = DEFAULT_FOCAL) -> None:
        """Load the mean face. Raises: WeightsError if the file is missing or damaged."""
        path = path or model_path("face98")
        try:
            with np.load(path) as archive:
                shape, modes, sigma = (archive[k] for k in ("points_m", "modes_m", "sigma_m"))
        except (OSError, ValueError, KeyError) as error:
            raise WeightsError(f"{path}: expected points_m, modes_m, sigma_m: {error!r}") from error
        self.focal = focal
        self.mean_m = shape.astype(np.float64)  # (98, 3)
        self._rows = np.flatnonzero(np.isfinite(sigma))  # an infinite sigma leaves a point out
        self._shape = self.mean_m[self._rows]  # (K, 3)
        modes = modes[:, self._rows].astype(np.float64)  # (M, K, 3), each a standard deviation
        self._modes = modes.reshape(len(modes), -1)  # (M, 3K)
        self._bending = np.ascontiguousarray(modes.transpose(2, 1, 0))  # (3, K, M)
        self._precision = 1 / sigma[self._rows].astype(np.float64)  # (K,) per metre
        weight = self._precision**2
        self._weight = weight / weight.sum()
        self._centre = self._weight @ self._shape
        centred = self._shape - self._centre
        # Weighted least squares of a 2x3 matrix from centred shape to centred image points.
        spread = np.linalg.inv(centred.T @ (centred * self._weight[:, None]))
        self._start = self._weight[:, None] * centred @ spread  # (K, 3)
        self._prior = np.diag(np.r_[np.full(6, DAMPING), np.ones(len(modes))])

    def estimate(self, points_px: np.ndarray, size_hw: np.ndarray | list) -> tuple[np.ndarray, np.ndarray]:
        """Fit the head to each face, whatever was seen before.

        Shapes: (N, 98, 2), (N, 2) or (2,) -> rotation (N, 3, 3), translation (N, 3); N may be 0.
        Units: image pixels and (height, width); metres, for a head of average size.
        Raises: ShapeError if the points are not (N, 98, 2).
        Source: Lepetit & Fua 2005, "Monocular Model-Based 3D Tracking", sections 2.4 and 4.1.
        """
        fit = self._fit_anew(self._tangents(points_px, size_hw))
        return fit.rotation, fit.translation

    def follow(
        self, points_px: np.ndarray, size_hw: np.ndarray | list, faces: Sequence[Followed]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Fit the head to each followed face from where it was, and let the face remember the fit.

        Fewer steps than `estimate`, and steadier: of two poses that explain the points about equally well, a
        head keeps the one that it had. Shapes, units and errors as there, with N faces.
        """
        image = self._tangents(points_px, size_hw)
        known = np.array([face.pose is not None for face in faces], bool)
        fit, anew = None, ~known
        if known.any():
            before = _stack([face.pose for face in faces if face.pose is not None])
            fit, jumped = self._descend(image[known], before, MOST_STEPS_FOLLOWED)
            anew[known] = jumped | (fit.misfit > BAD_FIT)
        if fit is None:
            fit = self._fit_anew(image)
        elif anew.any():
            fit = _merge(fit, known, self._fit_anew(image[anew]), anew)
        for row, face in enumerate(faces):
            face.pose = fit.take(slice(row, row + 1))
        return fit.rotation, fit.translation

    def _tangents(self, points_px: np.ndarray, size_hw: np.ndarray | list) -> np.ndarray:
        """Tell the points in use as tangents of their viewing angles, y up. Shapes: -> (N, 2, K)."""
        if points_px.ndim != 3 or points_px.shape[1:] != (98, 2):
            raise ShapeError(f"expected points of shape (N, 98, 2), got {points_px.shape}")
        count = len(points_px)
        size = np.broadcast_to(np.asarray(size_hw, np.float64).reshape(-1, 2), (count, 2))
        focal_px = self.focal * size.max(axis=1)  # (N,)
        image = points_px[:, self._rows].astype(np.float64) - (size[:, None, ::-1] - 1) / 2
        return (image * (UPWARD / focal_px[:, None, None])).transpose(0, 2, 1)

    def _fit_anew(self, image: np.ndarray) -> HeadFit:
        return self._descend(image, self._initial(image), MOST_STEPS)[0]

    def _descend(self, image: np.ndarray, fit: HeadFit, most: int) -> tuple[HeadFit, np.ndarray]:
        """Take steps with each head until its own are small. Returns: the fits, whose first was a jump."""
        fit, length = self._step(image, fit)
        jumped, going = length > JUMP, np.flatnonzero(length > SMALL_STEP)
        for _ in range(most - 1):
            if not len(going):
                break
            taken, length = self._step(image[going], fit.take(going))
            fit.put(going, taken)
            going = going[length > SMALL_STEP]
        return fit, jumped

    def _initial(self, image: np.ndarray) -> HeadFit:
        """Start from weak perspective. Shapes: (N, 2, K) -> N heads."""
        affine = image @ self._start  # (N, 2, 3) = scale * R[:2]
        scale = np.linalg.norm(affine, axis=2).mean(axis=1).clip(1e-9)  # tangent per metre
        x = affine[:, 0] / np.linalg.norm(affine[:, 0], axis=1, keepdims=True).clip(1e-12)
        y = affine[:, 1] - (affine[:, 1] * x).sum(1, keepdims=True) * x
        y /= np.linalg.norm(y, axis=1, keepdims=True).clip(1e-12)
        rotation = np.stack([x, y, np.cross(x, y)], axis=1)  # rows of head -> camera
        count, centre = len(image), image @ self._weight  # (N, 2)
        middle = np.concatenate([centre, -np.ones((count, 1))], axis=1) / scale[:, None]
        modes = np.zeros((count, len(self._modes)))
        return HeadFit(rotation, middle - rotation @ self._centre, modes, np.zeros(count))

    def _step(self, image: np.ndarray, fit: HeadFit) -> tuple[HeadFit, np.ndarray]:
        """Take one Gauss-Newton step of pose and modes together.

        Shapes: (N, 2, K), N heads -> N heads, and the step's length (N,): radians of turn and shares of the
        distance, the root of the sum of their squares.
        """
        jacobian, residual, distance = self._linearise(image, fit)
        transposed = jacobian.transpose(0, 2, 1)
        gradient = (transposed @ residual[..., None])[..., 0]
        gradient[:, 6:] -= fit.modes
        change = np.linalg.solve(transposed @ jacobian + self._prior, gradient[..., None])[..., 0]
        taken = HeadFit(
            fit.rotation @ rotation_of(change[:, :3]),
            fit.translation + change[:, 3:6] * distance[:, None],
            fit.modes + change[:, 6:],
            np.sqrt((residual**2).mean(axis=1)),
        )
        return taken, np.sqrt((change[:, :6] ** 2).sum(axis=1))

    def _linearise(self, image: np.ndarray, fit: HeadFit) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Tell how each coordinate follows turn (head axes), shift (shares of the distance) and modes.

        Shapes: (N, 2, K), N heads -> jacobian (N, 2K, 6 + M), residual (N, 2K), distance (N,).
        Units: standard deviations: tangents back to metres at the head's distance, over sigma.
        """
        count, _, points = image.shape
        bent = (self._shape.ravel() + fit.modes @ self._modes).reshape(count, points, 3)
        bent = bent.transpose(0, 2, 1)  # (N, 3, K)
        placed = fit.rotation @ bent + fit.translation[..., None]
        depth = -1.0 / np.minimum(placed[:, 2:], -1e-6)  # (N, 1, K), 1 / distance
        tangent = placed[:, :2] * depth  # (N, 2, K)
        distance = -fit.translation[:, 2].clip(None, -1e-6)
        precision = self._precision * distance[:, None, None]  # (N, 1, K)
        near = depth * precision
        jacobian = np.empty((count, 2, points, 6 + fit.modes.shape[1]))
        # A point moved in camera axes moves its tangent by (x + tangent_x * z, y + tangent_y * z) * depth.
        turn = fit.rotation[..., None]  # (N, 3, 3, 1)
        gx, gy, gz = ((turn[:, :2, axis] + tangent * turn[:, 2:, axis]) * near for axis in range(3))
        bx, by, bz = bent[:, 0:1], bent[:, 1:2], bent[:, 2:3]
        jacobian[..., 0] = by * gz - bz * gy
        jacobian[..., 1] = bz * gx - bx * gz
        jacobian[..., 2] = bx * gy - by * gx
        near = near * distance[:, None, None]
        jacobian[:, 0, :, 3], jacobian[:, 0, :, 4] = near[:, 0], 0.0
        jacobian[:, 1, :, 3], jacobian[:, 1, :, 4] = 0.0, near[:, 0]
        jacobian[..., 5] = tangent * near
        x, y, z = self._bending
        jacobian[..., 6:] = gx[..., None] * x + gy[..., None] * y + gz[..., None] * z
        residual = ((image - tangent) * precision).reshape(count, 2 * points)
        return jacobian.reshape(count, 2 * points, jacobian.shape[3]), residual, distance


def _stack(fits: Sequence[HeadFit]) -> HeadFit:
    """Put fits of some heads each into one."""
    names = ("rotation", "translation", "modes", "misfit")
    return HeadFit(*(np.concatenate([getattr(fit, name) for fit in fits]) for name in names))


def _merge(followed: HeadFit, known: np.ndarray, cold: HeadFit, anew: np.ndarray) -> HeadFit:
    """Join heads that were followed and heads fitted anew; of a head that is both, the better fit counts."""
    rows = np.where(known, np.cumsum(known) - 1, len(followed.misfit) + np.cumsum(anew) - 1)
    both, again = known & anew, len(followed.misfit) + np.cumsum(anew) - 1
    joined = _stack([followed, cold])
    better = joined.misfit[again[both]] < joined.misfit[rows[both]]
    rows[np.flatnonzero(both)[better]] = again[both][better]
    return joined.take(rows)


def rotation_of(vector_rad: np.ndarray) -> np.ndarray:
    """Turn rotation vectors into matrices (Rodrigues). Shapes: (N, 3) -> (N, 3, 3)."""
    angle = np.sqrt((vector_rad**2).sum(axis=1))[:, None, None].clip(1e-12)
    cross = (vector_rad @ CROSS).reshape(-1, 3, 3)
    half = (np.sin(angle / 2) / angle) ** 2 * 2
    return IDENTITY + np.sin(angle) / angle * cross + half * cross @ cross


def euler_deg(rotation: np.ndarray) -> np.ndarray:
    """Split rotations into yaw, pitch and roll: R = turn_y(yaw) turn_x(-pitch) turn_z(roll).

    Shapes: (N, 3, 3) -> (N, 3). Units: degrees. Yaw is positive when the nose points to the
    subject's left, pitch when it points up, roll when the head turns counter-clockwise as the
    camera sees it (toward the subject's right shoulder).
    """
    yaw = np.arctan2(rotation[:, 0, 2], rotation[:, 2, 2])
    pitch = np.arcsin(rotation[:, 1, 2].clip(-1, 1))
    roll = np.arctan2(rotation[:, 1, 0], rotation[:, 1, 1])
    return np.rad2deg(np.stack([yaw, pitch, roll], axis=1))


def rotation_from_euler(euler: np.ndarray) -> np.ndarray:
    """Undo `euler_deg`. Shapes: (N, 3) degrees -> (N, 3, 3)."""
    yaw, pitch, roll = np.deg2rad(euler, dtype=np.float64).T
    zero = np.zeros_like(yaw)
    turn_y = rotation_of(np.stack([zero, yaw, zero], axis=1))
    turn_x = rotation_of(np.stack([-pitch, zero, zero], axis=1))
    return turn_y @ turn_x @ rotation_of(np.stack([zero, zero, roll], axis=1))


def quaternion_xyzw(rotation: np.ndarray) -> np.ndarray:
    """Turn rotation matrices into unit quaternions with w >= 0.

    Shapes: (N, 3, 3) -> (N, 4).
    Source: Shepperd 1978: of four times the outer product, the longest column is the least rounded.
    """
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = np.moveaxis(rotation, 0, 2)
    rows = [
        [1 + xx - yy - zz, xy + yx, xz + zx, zy - yz],
        [xy + yx, 1 + yy - xx - zz, yz + zy, xz - zx],
        [xz + zx, yz + zy, 1 + zz - xx - yy, yx - xy],
        [zy - yz, xz - zx, yx - xy, 1 + xx + yy + zz],
    ]
    outer = np.moveaxis(np.array(rows), 2, 0)  # (N, 4, 4) = 4 q q^T
    longest = outer.diagonal(axis1=1, axis2=2).argmax(axis=1)
    quaternion = outer[np.arange(len(outer)), longest]
    quaternion = quaternion / np.sqrt((quaternion**2).sum(axis=1, keepdims=True))
    return quaternion * np.where(quaternion[:, 3:] < 0, -1.0, 1.0)


def rotation_matrix(quaternion_xyzw: np.ndarray) -> np.ndarray:
    """Turn one unit quaternion into its rotation matrix. Shapes: (4,) -> (3, 3)."""
    x, y, z, w = quaternion_xyzw
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
