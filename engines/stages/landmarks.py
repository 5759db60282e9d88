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

    points: np.ndarray  # (N, 98, 2) crop pixels
    confidence: np.ndarray  # (N, 98) 0..1
    appearance: np.ndarray | None = None  # (N, 248) as engines.stages.expression has it; None: no such head


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
    ) -> None:
        """`appearance` tells whether the network has that output (the manifest knows).

        `max_batch` None leaves it to the session how many crops it takes at once.
        """
        self._session, self._max_batch = session, max_batch
        self._frames = frames or CpuFrames()
        self.appearance = appearance

    def read_frames(
        self, images: Sequence[np.ndarray], matrices: Sequence[np.ndarray], owners: Sequence[int]
    ) -> Readings:
        """Cut each face out of its frame and read it, all faces of all frames at once.

        Shapes: F x (H, W, 3) uint8 RGB of any sizes, N x (2, 3) image -> crop, N indices into `images`.
        """
        return self.read(self._frames.warp(images, matrices, owners, align.CROP_SIZE))

    def read(self, crops: np.ndarray) -> Readings:
        """Read crops. Shapes: (N, 256, 256, 3) uint8 RGB; N may be 0."""
        names = ["points", "confidence"] + ["appearance"] * self.appearance
        step = self._max_batch or max(len(crops), 1)
        batches = [crops[start : start + step] for start in range(0, len(crops), step)]
        parts = [self._session.run({"image": batch}, names) for batch in batches]
        if not parts:
            return no_readings(self.appearance)
        return Readings(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def no_readings(appearance: bool = False) -> Readings:
    """Make the readings of no crops."""
    return Readings(
        np.zeros((0, landmark98.COUNT, 2), np.float32),
        np.zeros((0, landmark98.COUNT), np.float32),
        np.zeros((0, APPEARANCE), np.float32) if appearance else None,
    )
