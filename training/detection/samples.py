"""Samples: crops of scenes with what each network must say about them.

The paper's rules (MTHR-Face, section 5.2): IoU with a face above 0.65 is a positive, below 0.3 a
negative, 0.4 to 0.65 a part face; positives and negatives teach the class, positives and parts the
box, positives and parts the five points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from engines import boxes as bx
from engines.stages.detect import Detector
from training.detection.scenes import Scene

POSITIVE_IOU, PART_IOU, NEGATIVE_IOU = 0.65, 0.4, 0.3
NEGATIVE, POSITIVE, PART, UNUSED = 0, 1, 2, -1
# A negative may cover this share of an unlabelled face (or lie this far inside one), no more.
IGNORED_SHARE = 0.15


@dataclass
class Samples:
    """Crops and their targets, rows lined up.

    Shapes: crops (N, S, S, 3) uint8, kinds (N,) int8, offsets (N, 4) and points (N, 5, 2) float32 in
    fractions of the crop; both are 0 for negatives.
    """

    crops: np.ndarray
    kinds: np.ndarray
    offsets: np.ndarray
    points: np.ndarray

    def __len__(self) -> int:
        return len(self.kinds)

    @staticmethod
    def join(parts: Iterable[Samples]) -> Samples:
        rows = list(parts)
        fields = ("crops", "kinds", "offsets", "points")
        return Samples(*(np.concatenate([getattr(r, name) for r in rows]) for name in fields))


def classify(boxes: np.ndarray, truth: np.ndarray, ignored: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Apply the sample rules.

    Shapes: boxes (N, 4), truth (T, 4), ignored (M, 4) -> kinds (N,), the best face's index (N,).
    """
    kinds = np.full(len(boxes), NEGATIVE, np.int8)
    best = np.zeros(len(boxes), np.int64)
    if len(truth):
        overlap = bx.iou(boxes, truth)
        best, top = overlap.argmax(axis=1), overlap.max(axis=1)
        kinds[top >= NEGATIVE_IOU] = UNUSED
        kinds[top >= PART_IOU] = PART
        kinds[top > POSITIVE_IOU] = POSITIVE
    if len(ignored):
        smaller = np.minimum(bx.areas(boxes)[:, None], bx.areas(ignored)[None])
        share = (bx.intersections(boxes, ignored) / np.maximum(smaller, 1e-9)).max(axis=1)
        kinds[(kinds == NEGATIVE) & (share > IGNORED_SHARE)] = UNUSED
    return kinds, best


def cut_samples(
    scene: Scene, boxes: np.ndarray, size: int, most: dict[int, int], rng: np.random.Generator
) -> Samples:
    """Cut the boxes that the rules can use, at most so many of each kind.

    Shapes: boxes (N, 4) squares of the scene.
    """
    whole = bx.round_boxes(boxes)
    exact = whole.astype(np.float32)
    kinds, best = classify(exact, scene.truth, scene.ignored)
    rows = []
    for kind, count in most.items():
        of_kind = np.flatnonzero(kinds == kind)
        rows.append(of_kind if len(of_kind) <= count else rng.choice(of_kind, count, replace=False))
    rows = np.concatenate(rows)
    kinds, best, exact = kinds[rows], best[rows], exact[rows]
    offsets = np.zeros((len(rows), 4), np.float32)
    points = np.zeros((len(rows), 5, 2), np.float32)
    faces = np.flatnonzero(kinds != NEGATIVE)
    if len(faces):
        truth, five = scene.truth[best[faces]], scene.five[best[faces]] - bx.EDGE_TO_CENTRE
        offsets[faces] = bx.regression_targets(exact[faces], truth)
        sides = (exact[faces, 2:] - exact[faces, :2])[:, None]
        points[faces] = (five - exact[faces][:, None, :2]) / sides
    return Samples(bx.crop_boxes(scene.image, whole[rows], size), kinds, offsets, points)


def around_faces(truth: np.ndarray, count: int, spread: float, rng: np.random.Generator) -> np.ndarray:
    """Draw squares near each face: shifted and scaled at random. Shapes: (T, 4) -> (T * count, 4)."""
    squares = np.repeat(bx.square_boxes(truth), count, axis=0)
    side = squares[:, 2:3] - squares[:, :1]
    centre = (squares[:, :2] + squares[:, 2:]) / 2 + side * rng.normal(0, spread, (len(side), 2))
    half = side / 2 * np.exp(rng.normal(-0.05, 1.3 * spread, side.shape))
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)


def anywhere(size_hw: tuple[int, int], count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw squares inside a picture, sides even over octaves from 12 pixels. Shapes: -> (count, 4)."""
    height, width = size_hw
    largest = max(13.0, min(height, width))
    side = np.exp(rng.uniform(np.log(12.0), np.log(largest), count))
    x = rng.uniform(0, np.maximum(width - side, 1e-3))
    y = rng.uniform(0, np.maximum(height - side, 1e-3))
    return np.stack([x, y, x + side, y + side], axis=1).astype(np.float32)


def first_samples(scene: Scene, size: int, rng: np.random.Generator) -> Samples:
    """Sample for P-Net, before any network exists: around the faces, and anywhere."""
    boxes = np.concatenate(
        [
            around_faces(scene.truth, 14, 0.11, rng),
            around_faces(scene.truth, 8, 0.35, rng),
            anywhere(scene.image.shape[:2], 16 if len(scene.truth) else 28, rng),
        ]
    )
    faces = max(1, len(scene.truth))
    most = {POSITIVE: 6 * faces, PART: 6 * faces, NEGATIVE: 24}
    return cut_samples(scene, boxes, size, most, rng)


def mined_samples(
    candidates: Callable[[np.ndarray], np.ndarray], negatives: int, per_face: int
) -> Callable[[Scene, int, np.random.Generator], Samples]:
    """Sample from what the stages before propose on a scene, with some more squares near the faces.

    `candidates` maps an image to the proposed squares (N, 4). At most `negatives` a scene, and
    `per_face` positives and as many parts a face.
    """

    def sample(scene: Scene, size: int, rng: np.random.Generator) -> Samples:
        boxes = np.concatenate(
            [
                candidates(scene.image),
                around_faces(scene.truth, 6, 0.09, rng),
                around_faces(scene.truth, 2, 0.3, rng),
            ]
        )
        count = per_face * max(1, len(scene.truth))
        return cut_samples(scene, boxes, size, {POSITIVE: count, PART: count, NEGATIVE: negatives}, rng)

    return sample


def proposals(detector: Detector) -> Callable[[np.ndarray], np.ndarray]:
    """P-Net's candidates of an image."""
    return lambda image: detector.propose([image]).boxes


def refined_proposals(detector: Detector) -> Callable[[np.ndarray], np.ndarray]:
    """R-Net's candidates of an image."""
    return lambda image: detector.refine([image], detector.propose([image])).boxes
