"""Crops for training, made by processes on the CPU; what they teach, and how often each is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, cycle, repeat

import numpy as np
from torch.utils.data import Dataset, Sampler

from engines.stages.expression import mirror_blendshapes
from engines.stages.pose import HeadPose
from proto.tables import BLENDSHAPES
from training.expression.dataset import CHECK_SOURCES, photograph_targets
from training.expression.regression import EVEN_SPREAD
from training.faces import Faces
from training.landmarks.augment import Augmentation, random_crop
from training.landmarks.mesh import MESH
from training.landmarks.recipe import Recipe

TURNED_DEG = 20  # beyond it lie a fifth of the data pack's faces


def score_targets(labels: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Give the appearance head's targets, and how much each counts: rarely moving ones more.

    Nothing counts of the people who only check, and of scores that teach nothing.
    Shapes: -> (N, 52), (N, 52) float32.
    """
    if "mp_blendshapes" not in labels:
        empty = np.zeros((len(labels["image"]), len(BLENDSHAPES)), np.float32)
        return empty, empty
    targets, taught = photograph_targets(labels)
    known = np.isfinite(targets).all(axis=1) & ~np.isin(labels["source"], CHECK_SOURCES)
    targets = np.nan_to_num(targets)
    spread = targets[known].std(axis=0) if known.any() else np.ones(len(BLENDSHAPES))
    counts = taught * known[:, None] * (EVEN_SPREAD / (spread + 0.03)).clip(0.5, 3)
    return targets, counts.astype(np.float32)


def taught_points(labels: dict[str, np.ndarray]) -> np.ndarray:
    """Give the points that a photograph teaches: its 98, and the mesh's where they were read.

    Shapes: -> (N, 98 or 196, 2) image pixels, float32; NaN where no mesh was found, and for people who only
    check.
    """
    if MESH not in labels:
        return labels["lm98"].astype(np.float32)
    only_check = np.isin(labels["source"], CHECK_SOURCES)[:, None, None]
    return np.concatenate([labels["lm98"], np.where(only_check, np.nan, labels[MESH])], 1).astype(np.float32)


def draw_weights(labels: dict[str, np.ndarray], recipe: Recipe) -> np.ndarray:
    """Tell how often each row is drawn in a round. Shapes: -> (N,) int."""
    weights = np.ones(len(labels["image"]), int)
    weights[labels["lm98_trust"] == 2] *= recipe.human_weight
    weights[np.char.startswith(labels["source"], "video_")] *= recipe.video_weight
    if recipe.turned_weight != 1:
        weights[turned_rad(labels["lm98"]) > np.deg2rad(TURNED_DEG)] *= recipe.turned_weight
    return weights


def turned_rad(points_px: np.ndarray) -> np.ndarray:
    """Measure by how much each head is turned up, down or to a side, as if in the middle of a large picture.

    Shapes: (N, 98, 2) -> (N,) radians, 0..pi.
    """
    low, high = points_px.min(axis=1), points_px.max(axis=1)
    size_wh = (high - low) * 4
    points = points_px - ((low + high - size_wh) / 2)[:, None]
    rotation, _ = HeadPose().estimate(points.astype(np.float32), size_wh[:, ::-1])
    return np.arccos(rotation[:, 2, 2].clip(-1, 1))


class Crops(Dataset):
    """Augmented crops of a photograph set; an item is drawn by (row, seed, crop size)."""

    def __init__(self, faces: Faces, augmentation: Augmentation) -> None:
        self.faces, self.augmentation = faces, augmentation
        self.targets, self.counts = score_targets(faces.labels)
        self.points = taught_points(faces.labels)
        self.twin = mirror_blendshapes()

    def __getitem__(self, key: tuple[int, int, int]) -> tuple[np.ndarray, ...]:
        """Draw a crop: image (S, S, 3), points (98 or 196, 2), scores (52,), and how much each counts."""
        row, seed, size = key
        crop, points, mirrored = random_crop(
            self.faces.decode(row),
            self.points[row],
            self.augmentation,
            np.random.default_rng(seed),
            size,
        )
        scores, counts = self.targets[row], self.counts[row]
        if mirrored:
            scores, counts = scores[self.twin], counts[self.twin]
        return crop, points, scores, counts


class Draws(Sampler):
    """Endless weighted draws in shuffled rounds, the same for a seed; batches take the sizes in turn."""

    def __init__(self, weights: np.ndarray, sizes: Sequence[int], batch: int, seed: int) -> None:
        self.rows = np.repeat(np.arange(len(weights)), weights)
        self.sizes, self.batch, self.rng = sizes, batch, np.random.default_rng(seed)

    def __iter__(self):
        sizes = chain.from_iterable(repeat(size, self.batch) for size in cycle(self.sizes))
        while True:
            for row in self.rng.permutation(self.rows):
                yield int(row), int(self.rng.integers(2**62)), next(sizes)
