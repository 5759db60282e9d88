"""Detection metrics: recall, false boxes, average precision, and what two detectors agree on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines import boxes as bx

IGNORED, FALSE, HIT = -1, 0, 1  # what a detected box is


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


def match_boxes(
    truth: np.ndarray,
    boxes: np.ndarray,
    scores: np.ndarray,
    ignored: np.ndarray | None = None,
    threshold: float = 0.5,
) -> np.ndarray:
    """Judge one image's boxes, best first: HIT, FALSE or IGNORED.

    A true box is found once: a second box on it is a false one. A box that hits no true box but one
    to be ignored (too small, too blurred to count) is neither right nor wrong.
    Shapes: truth (T, 4), boxes (N, 4), scores (N,), ignored (M, 4) -> (N,) int8.
    Source: the matching of COCO (free true boxes first) with VOC's and WIDER FACE's one IoU.
    """
    judged = np.full(len(boxes), FALSE, np.int8)
    if not len(boxes):
        return judged
    on_truth = bx.iou(boxes, truth) if len(truth) else np.zeros((len(boxes), 1))
    free = np.ones(on_truth.shape[1], bool)
    for index in np.argsort(-scores, kind="stable"):
        best = int(np.argmax(on_truth[index] * free))
        if free[best] and on_truth[index, best] >= threshold:
            free[best], judged[index] = False, HIT
    if ignored is not None and len(ignored):
        excused = bx.iou(boxes, ignored).max(axis=1) >= threshold
        judged[(judged == FALSE) & excused] = IGNORED
    return judged


@dataclass(frozen=True)
class Curve:
    """What counts when every box of at least a score does: one point a distinct score, highest first.

    Shapes: scores, hits and false (K,); the last two count boxes. `positives`: the true boxes there are.
    """

    scores: np.ndarray
    hits: np.ndarray
    false: np.ndarray
    positives: int

    @property
    def precision(self) -> np.ndarray:
        return self.hits / np.maximum(1, self.hits + self.false)

    @property
    def recall(self) -> np.ndarray:
        return self.hits / max(1, self.positives)

    def recall_at(self, false_boxes: int) -> float:
        """Return the recall at the lowest score that lets no more than so many false boxes through."""
        return float(self.recall[self.false <= false_boxes].max(initial=0.0))


def recall_curve(scores: np.ndarray, matched: np.ndarray, positives: int) -> Curve:
    """Rank the boxes of all images together; ignored ones leave the ranking.

    Shapes: scores (N,), matched (N,) of HIT, FALSE and IGNORED (or bool); positives: the true boxes,
    found or not, without the ignored. Raises: ValueError if more boxes hit than there are.
    """
    matched = np.asarray(matched).astype(np.int8)
    judged = matched != IGNORED
    scores, hit = np.asarray(scores)[judged], matched[judged] == HIT
    if hit.sum() > positives:
        raise ValueError(f"expected at most {positives} hits, one a true box, got {hit.sum()}")
    order = np.argsort(-scores, kind="stable")
    scores, hit = scores[order], hit[order]
    # Boxes of equal score pass a threshold together.
    last = np.flatnonzero(np.append(np.diff(scores) != 0, True)[: len(scores)])
    return Curve(scores[last], np.cumsum(hit)[last], np.cumsum(~hit)[last], positives)


def average_precision(scores: np.ndarray, matched: np.ndarray, positives: int) -> float:
    """Area under the precision-recall curve, precision made monotonic (all points, as in VOC 2010).

    Shapes: as in `recall_curve` -> scalar 0..1; 0 without a true box.
    """
    curve = recall_curve(scores, matched, positives)
    envelope = np.maximum.accumulate(curve.precision[::-1])[::-1]
    return float((np.diff(curve.recall, prepend=0.0) * envelope).sum())
