"""Detection metrics: recall, false boxes, average precision, and what two detectors agree on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines import boxes as bx


def is_found(truth: np.ndarray, boxes: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """Tell which true boxes a detected box overlaps by IoU. Shapes: (T, 4), (N, 4) -> (T,) bool."""
    if not len(boxes):
        return np.zeros(len(truth), bool)
    return bx.iou(truth, boxes).max(axis=1) >= threshold


def is_centred(truth: np.ndarray, boxes: np.ndarray, ratio: float = 2.0) -> np.ndarray:
    """Tell which true boxes have a detected box around their centre, of a size within `ratio`.

    A looser rule than IoU, free of a detector's own idea of where a face ends.
    Shapes: (T, 4), (N, 4) -> (T,) bool.
    """
    if not len(boxes):
        return np.zeros(len(truth), bool)
    centre = (truth[:, :2] + truth[:, 2:]) / 2
    inside = (centre[:, None] >= boxes[None, :, :2]) & (centre[:, None] <= boxes[None, :, 2:])
    size = np.sqrt(bx.areas(boxes)[None] / bx.areas(truth)[:, None])
    return (inside.all(axis=-1) & (size < ratio) & (size > 1 / ratio)).any(axis=1)


def average_precision(
    truths: Sequence[np.ndarray],
    detections: Sequence[tuple[np.ndarray, np.ndarray]],
    threshold: float = 0.5,
) -> float:
    """Area under the precision-recall curve, precision made monotonic (all points, as in VOC 2010).

    Each true box counts once: a second detection of it is a false one.
    Shapes: per image truth (T, 4) and detections (boxes (N, 4), scores (N,)) -> scalar 0..1.
    """
    total = sum(len(truth) for truth in truths)
    scores, hits = [], []
    for truth, (boxes, confidence) in zip(truths, detections, strict=True):
        free = np.ones(len(truth), bool)
        for index in np.argsort(-confidence, kind="stable"):
            overlap = bx.iou(boxes[index : index + 1], truth)[0] * free if len(truth) else np.zeros(0)
            hit = bool(len(overlap)) and overlap.max() >= threshold
            if hit:
                free[overlap.argmax()] = False
            scores.append(confidence[index])
            hits.append(hit)
    if not total or not hits:
        return 0.0
    hit = np.array(hits)[np.argsort(-np.array(scores), kind="stable")]
    found = np.cumsum(hit)
    precision = np.maximum.accumulate((found / np.arange(1, len(hit) + 1))[::-1])[::-1]
    return float((precision * hit).sum() / total)
