"""Landmarks: HRNet crops to 98 points with sub-pixel decoding."""

from __future__ import annotations

import numpy as np

from engines import landmark98
from engines.backends import Session

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


class LandmarkReader:
    """HRNet behind a backend session; its graph normalises and decodes (training/export.py)."""

    # Larger batches gain nothing on a CPU and take memory: 64 full-profile crops are over 1 GB.
    MAX_BATCH = 16

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, crops: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Read the points of crops.

        Shapes: N x (256, 256, 3) uint8 RGB -> (N, 98, 2) crop pixels, (N, 98) confidence 0..1.
        """
        points = [np.empty((0, landmark98.COUNT, 2), np.float32)]
        confidence = [np.empty((0, landmark98.COUNT), np.float32)]
        for start in range(0, len(crops), self.MAX_BATCH):
            batch = np.stack(crops[start : start + self.MAX_BATCH])
            found, sure = self._session.run({"image": batch}, ["points", "confidence"])
            points.append(found)
            confidence.append(sure)
        return np.concatenate(points), np.concatenate(confidence)
