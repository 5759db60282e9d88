"""Draw faces of the ICT head with exact weights: what people do, from any side, as a camera sees them.

Weights come from real ARKit recordings and from around them: amplified, mirrored, mixed from two
frames, with rare shapes added, and at rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines import landmark98
from engines.stages.expression import mirror_blendshapes
from engines.stages.pose import DEFAULT_FOCAL, rotation_from_euler
from proto.tables import BLENDSHAPES
from training.expression.ict import METRES_PER_UNIT, LandmarkBasis
from training.faces import DataError

INDEX = {name: index for index, name in enumerate(BLENDSHAPES)}
UPPER = np.array([name.startswith(("eye", "brow")) for name in BLENDSHAPES])
EYE_LOOK = np.array([name.startswith("eyeLook") for name in BLENDSHAPES])
# Recordings that only test: one range of motion, one speech.
TEST_TAKES = ("alex_rom_4", "S07_001")
IMAGE_HW = (480, 640)


@dataclass(frozen=True)
class Sampling:
    """How to draw; shares are probabilities, angles in degrees, noise in eye distances."""

    share_rest: float = 0.12
    share_still: float = 0.0  # of those at rest: they look straight ahead, too
    share_rare: float = 0.45
    share_mixed: float = 0.5
    share_mirrored: float = 0.5
    identity_dims: int = 80
    identity_limit: float = 2.5
    yaw_sigma: float = 20.0
    yaw_limit: float = 50.0
    pitch_sigma: float = 13.0
    pitch_limit: float = 32.0
    roll_sigma: float = 8.0
    near_m: float = 0.35
    far_m: float = 1.6
    focal_spread: float = 0.2  # of the logarithm
    noise_low: float = 0.006
    noise_high: float = 0.022
    shared_noise: float = 0.5  # share of the variance common to neighbours
    contour_noise: float = 2.0


@dataclass
class Samples:
    """Drawn faces: points (N, 98, 2) pixels, weights (N, 52), true rotation (N, 3, 3)."""

    points_px: np.ndarray
    weights_01: np.ndarray
    rotation: np.ndarray


def load_takes(folder: Path) -> dict[str, np.ndarray]:
    """Read the recordings: name -> weights (M, 52), 0..1. Raises: DataError if missing or damaged."""
    path = folder / "takes.npz"
    try:
        with np.load(path, allow_pickle=False) as archive:
            names = [str(name) for name in archive["names"]]
            columns = [names.index(name) for name in BLENDSHAPES]
            return {
                key: archive[key][:, columns].astype(np.float32).clip(0, 1)
                for key in archive.files
                if key != "names"
            }
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path}: expected the ARKit recordings: {error}") from error


def draw_weights(
    takes: list[np.ndarray], count: int, setting: Sampling, rng: np.random.Generator
) -> np.ndarray:
    """Draw weights of faces. Each recording is drawn as often as another. Shapes: -> (count, 52)."""
    weights = draw_frames(takes, count, rng)
    mixed = rng.random(count) < setting.share_mixed
    weights[np.ix_(mixed, UPPER)] = draw_frames(takes, int(mixed.sum()), rng)[:, UPPER]
    mirrored = rng.random(count) < setting.share_mirrored
    weights[mirrored] = weights[mirrored][:, mirror_blendshapes()]
    # A person's own strength, and each muscle's.
    weights *= rng.uniform(0.5, 1.3, (count, 1)) * rng.uniform(0.7, 1.3, weights.shape)
    rows = np.flatnonzero(rng.random(count) < setting.share_rare)
    add_rare(weights, rows, rarity(takes), rng)
    rest = rng.random(count) < setting.share_rest
    weights[np.ix_(rest, ~EYE_LOOK)] = 0
    if setting.share_still:
        weights[rest & (rng.random(count) < setting.share_still)] = 0
    weights[:, INDEX["tongueOut"]] = 0  # the head has no such shape
    close, jaw = INDEX["mouthClose"], INDEX["jawOpen"]
    weights[:, close] = np.minimum(weights[:, close], weights[:, jaw])  # Apple's definition
    return weights.clip(0, 1)


def draw_frames(takes: list[np.ndarray], count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw frames, evenly over recordings. Shapes: -> (count, 52)."""
    which = rng.integers(len(takes), size=count)
    frames = np.empty((count, len(BLENDSHAPES)), np.float32)
    for index, take in enumerate(takes):
        rows = which == index
        frames[rows] = take[rng.integers(len(take), size=int(rows.sum()))]
    return frames


def rarity(takes: list[np.ndarray]) -> np.ndarray:
    """Tell how much more often to draw what recordings seldom move. Shapes: -> (52,) probabilities."""
    often = np.mean([(take > 0.3).mean(axis=0) for take in takes], axis=0)
    wanted = 1 / (0.04 + often)
    wanted[INDEX["tongueOut"]] = 0  # the head has no such shape
    return wanted / wanted.sum()


def add_rare(weights: np.ndarray, rows: np.ndarray, share: np.ndarray, rng: np.random.Generator) -> None:
    """Set one to three coefficients of some rows to any strength, over a calmer face, in place.

    Both sides of a paired shape move together more often than not; opposites exclude each other.
    """
    weights[rows] *= rng.uniform(0, 1, (len(rows), 1)).astype(np.float32)
    twin = mirror_blendshapes()
    for turn in range(3):
        chosen = rows[rng.random(len(rows)) < (1.0, 0.5, 0.3)[turn]]
        shape = rng.choice(len(BLENDSHAPES), size=len(chosen), p=share)
        strength = rng.beta(1.2, 1.0, len(chosen)).astype(np.float32)
        weights[chosen, shape] = strength
        name = np.array(BLENDSHAPES)[shape]
        opposite = np.isin(name, ("jawLeft", "jawRight", "mouthLeft", "mouthRight"))
        weights[chosen[opposite], twin[shape[opposite]]] = 0
        paired = ~opposite & (twin[shape] != shape) & (rng.random(len(chosen)) < 0.6)
        spread = rng.uniform(0.8, 1.2, len(chosen)).astype(np.float32)
        weights[chosen[paired], twin[shape[paired]]] = (strength * spread)[paired]
        # A closed mouth under an open jaw needs the jaw.
        closing = name == "mouthClose"
        weights[chosen[closing], INDEX["jawOpen"]] = strength[closing]


def draw_rotations(count: int, setting: Sampling, rng: np.random.Generator) -> np.ndarray:
    """Draw head rotations, half of them spread evenly in yaw. Shapes: -> (count, 3, 3)."""
    yaw = rng.normal(0, setting.yaw_sigma, count)
    even = rng.random(count) < 0.5
    yaw[even] = rng.uniform(-setting.yaw_limit, setting.yaw_limit, int(even.sum()))
    pitch = rng.normal(0, setting.pitch_sigma, count).clip(-setting.pitch_limit, setting.pitch_limit)
    roll = rng.normal(0, setting.roll_sigma, count)
    limited = yaw.clip(-setting.yaw_limit, setting.yaw_limit)
    return rotation_from_euler(np.stack([limited, pitch, roll], axis=1))


def draw_identities(count: int, setting: Sampling, rng: np.random.Generator) -> np.ndarray:
    """Draw identities. Shapes: -> (count, identity_dims)."""
    limit = setting.identity_limit
    return rng.standard_normal((count, setting.identity_dims)).clip(-limit, limit)


def project(points_m: np.ndarray, rotation: np.ndarray, setting: Sampling, rng) -> np.ndarray:
    """See 3-D points with a camera of unknown focal length. Shapes: (N, 98, 3), (N, 3, 3) -> (N, 98, 2)."""
    count = len(points_m)
    distance = np.exp(rng.uniform(np.log(setting.near_m), np.log(setting.far_m), count))
    focal = DEFAULT_FOCAL * np.exp(rng.normal(0, setting.focal_spread, count)) * max(IMAGE_HW)
    placed = np.einsum("nij,nkj->nki", rotation, points_m)
    depth = distance[:, None] - placed[..., 2]
    aside = rng.uniform(-0.15, 0.15, (count, 1, 2)) * distance[:, None, None]
    image = (placed[..., :2] + aside) / depth[..., None] * focal[:, None, None]
    return image * (1, -1) + (np.array(IMAGE_HW[::-1]) - 1) / 2


def add_noise(points_px: np.ndarray, setting: Sampling, rng: np.random.Generator) -> np.ndarray:
    """Disturb points as a landmark network does: each alone, and neighbours together.

    Shapes: (N, 98, 2) -> same.
    """
    right = points_px[:, landmark98.RIGHT_EYE].mean(axis=1)
    left = points_px[:, landmark98.LEFT_EYE].mean(axis=1)
    face = np.linalg.norm(points_px[:, 60] - points_px[:, 16], axis=1) * 0.6  # holds in profile too
    unit = np.maximum(np.linalg.norm(left - right, axis=1), face)[:, None, None]
    sigma = rng.uniform(setting.noise_low, setting.noise_high, (len(points_px), 1, 1)) * unit
    alone = rng.standard_normal(points_px.shape)
    together = np.empty_like(points_px)
    for group in PARTS:
        together[:, group] = rng.standard_normal((len(points_px), 1, 2))
    noise = np.sqrt(1 - setting.shared_noise) * alone + np.sqrt(setting.shared_noise) * together
    noise[:, landmark98.CONTOUR] *= setting.contour_noise
    return points_px + sigma * noise


# Parts whose points err together.
PARTS = (
    slice(0, 11), slice(11, 22), slice(22, 33), slice(33, 42), slice(42, 51), slice(51, 60),
    [*range(60, 68), 96], [*range(68, 76), 97], slice(76, 96),
)  # fmt: skip


def draw_samples(
    basis: LandmarkBasis, shift_m: np.ndarray, takes: list[np.ndarray], count: int, setting: Sampling, rng
) -> Samples:
    """Draw faces with noise on their points. `shift_m` (98, 3) moves vertices to where labels lie."""
    weights = draw_weights(takes, count, setting, rng)
    return pose_samples(basis, shift_m, weights, setting, rng)


def pose_samples(
    basis: LandmarkBasis,
    shift_m: np.ndarray,
    weights_01: np.ndarray,
    setting: Sampling,
    rng,
    identity: np.ndarray | None = None,
    rotation: np.ndarray | None = None,
) -> Samples:
    """Give each row of weights an identity and a head pose, unless given, a camera and noise."""
    identity = draw_identities(len(weights_01), setting, rng) if identity is None else identity
    rotation = draw_rotations(len(weights_01), setting, rng) if rotation is None else rotation
    points_m = basis.points(weights_01, identity) * METRES_PER_UNIT + shift_m
    points_px = project(points_m, rotation, setting, rng)
    return Samples(add_noise(points_px, setting, rng).astype(np.float32), weights_01, rotation)
