"""Landmarks: HRNet crops to 98 points with sub-pixel decoding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engines import landmark98
from engines.backends import Session
from engines.stages import align
from engines.stages.expression import APPEARANCE
from engines.stages.frames import CpuFrames, Frames

# ImageNet's channel statistics on a 0..255 scale (RGB), the customary input of HRNet.
IMAGE_MEAN = (123.675, 116.28, 103.53)
IMAGE_STD = (58.395, 57.12, 57.375)
# Pixels a side of the crop for a face that is small in a picture of many: 0.77 of the work of one of 256, at
# 2 % more error. One of 192 takes 0.56, at 10 % more (docs/benchmarks/small_faces.md).
SMALL_CROP = 224
CROWD = 4  # faces in a picture from which on small ones take small crops; few take what is most accurate
# A crop of so many picture pixels a side has no detail that a small one would lose. Who comes nearer stays
# with it a little longer, so that a face at the border does not change to and fro.
SMALL_SPAN_PX, KEPT_SPAN_PX = 224, 250
HEATMAP_STRIDE = 4  # crop pixels per heat-map cell (HRNet's stem halves twice)


def decode_heatmaps(logits: np.ndarray) -> np.ndarray:
    """Decode heat maps to points: the expectation of their softmax, not the bare maximum.

    Equation 10 takes the arg-max, which is right to a cell (4 pixels); the expectation is right to
    a fraction of one, and is what the network was trained with.

    Shapes: (N, K, H, W) -> (N, K, 2) in crop pixels. A cell's centre is at 4 u + 1.5.
    Source: MTHR-Face equation 10; Sun et al. 2018, "Integral Human Pose Regression".
    """
    height, width = logits.shape[-2:]
    weights = np.exp(logits - logits.max(axis=(-2, -1), keepdims=True))
    weights /= weights.sum(axis=(-2, -1), keepdims=True)
    x = (weights.sum(axis=-2) * np.arange(width)).sum(axis=-1)
    y = (weights.sum(axis=-1) * np.arange(height)).sum(axis=-1)
    cells = np.stack([x, y], axis=-1)
    return cells * HEATMAP_STRIDE + (HEATMAP_STRIDE - 1) / 2


class Readings(NamedTuple):
    """What the network says of N crops."""

    points: np.ndarray  # (N, 98, 2) in pixels of a 256-pixel crop, whatever the crop's size
    confidence: np.ndarray  # (N, 98) 0..1
    appearance: np.ndarray | None = None  # (N, 248) as engines.stages.expression has it; None: no such head

    def take(self, rows: np.ndarray) -> Readings:
        """Choose or reorder crops."""
        return Readings(*(None if values is None else values[rows] for values in self))


class LandmarkReader:
    """HRNet behind a backend session; its graph normalises and decodes (training/export.py)."""

    # Larger batches gain nothing on a CPU and take memory: 64 full-profile crops are over 1 GB.
    MAX_BATCH = 16

    def __init__(
        self,
        session: Session,
        appearance: bool = False,
        frames: Frames | None = None,
        max_batch: int | None = MAX_BATCH,
        small_size: int | None = None,
    ) -> None:
        """`appearance` tells whether the network has that output (the manifest knows).

        `max_batch` None leaves it to the session how many crops it takes at once. `small_size` is what the
        session takes besides crops of 256 pixels, if anything.
        """
        self._session, self._max_batch, self._small_size = session, max_batch, small_size
        self._frames = frames or CpuFrames()
        self.appearance = appearance

    def choose_small(
        self, matrices: np.ndarray, beside: Sequence[int], were_small: Sequence[bool]
    ) -> np.ndarray:
        """Choose which faces take a small crop: by their size, and how many faces their picture shows.

        What other publishers send decides nothing: it changes from pass to pass.
        Shapes: (N, 2, 3), (N,) faces in the same picture, (N,) -> (N,) bool.
        """
        if not self._small_size:
            return np.zeros(len(matrices), bool)
        span_px = align.CROP_SIZE / np.hypot(matrices[:, 0, 0], matrices[:, 1, 0])
        return (span_px <= np.where(were_small, KEPT_SPAN_PX, SMALL_SPAN_PX)) & (np.array(beside) >= CROWD)

    def read_frames(
        self, images: Sequence[np.ndarray], matrices: np.ndarray, owners: Sequence[int], small: np.ndarray
    ) -> Readings:
        """Cut each face out of its frame and read it, all faces of all frames at once.

        `small` tells whose crops are small ones; the matrices are those of the 256-pixel crops in any case.
        Shapes: F x (H, W, 3) uint8 RGB of any sizes, (N, 2, 3) image -> crop, N indices into `images`, (N,).
        """
        if not small.any():
            return self.read(self._frames.warp(images, matrices, owners, align.CROP_SIZE))
        parts, order = [], []
        for size, chosen in ((align.CROP_SIZE, ~small), (self._small_size, small)):
            rows = np.flatnonzero(chosen)
            if len(rows):
                placed, theirs = align.resize_crops(matrices[rows], size), [owners[row] for row in rows]
                parts.append(self.read(self._frames.warp(images, placed, theirs, size)))
                order.append(rows)
        return join_readings(parts).take(np.argsort(np.concatenate(order)))

    def read(self, crops: np.ndarray) -> Readings:
        """Read crops of one size. Shapes: (N, S, S, 3) uint8 RGB, S 256 or the small size; N may be 0."""
        names = ["points", "confidence"] + ["appearance"] * self.appearance
        step = self._max_batch or max(len(crops), 1)
        batches = [crops[start : start + step] for start in range(0, len(crops), step)]
        parts = [self._session.run({"image": batch}, names) for batch in batches]
        if not parts:
            return no_readings(self.appearance)
        found = join_readings([Readings(*part) for part in parts])
        if (size := crops.shape[1]) == align.CROP_SIZE:
            return found
        return found._replace(points=(found.points + 0.5) * (align.CROP_SIZE / size) - 0.5)


def join_readings(parts: Sequence[Readings]) -> Readings:
    """Join batches' readings, which all have an appearance or all have none."""
    if len(parts) == 1:
        return parts[0]
    columns = zip(*parts, strict=True)
    return Readings(*(None if column[0] is None else np.concatenate(column) for column in columns))


def no_readings(appearance: bool = False) -> Readings:
    """Make the readings of no crops."""
    return Readings(
        np.zeros((0, landmark98.COUNT, 2), np.float32),
        np.zeros((0, landmark98.COUNT), np.float32),
        np.zeros((0, APPEARANCE), np.float32) if appearance else None,
    )
