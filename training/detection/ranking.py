"""Average precision and the recall curve: every box that a detector considers, not the sure ones alone.

One set of pictures: `dev_helen`, a labelled face each, and the photographs of `no_faces.tar` that
never trained, where every box is a false one. People in the background of `dev_helen` carry no label;
both detectors see some of them. Such a box (both give it, no label explains it) is ignored in a
second figure, which is the fair one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines import boxes as bx
from engines.stages.detect import Detections, Detector
from training.detection.metrics import HIT, Curve, average_precision, is_found, match_boxes, recall_curve
from training.detection.scenes import load_empty
from training.faces import load_faces

CONSIDERED = 0.02  # O-Net threshold of the ranking: far below any that is served
FALSE_BOXES = (0, 1, 2, 5, 10)  # where the recall curve is told in numbers
SEEN_TWICE_IOU = 0.4  # two detectors mean the same person


@dataclass
class Pictures:
    """Pictures with their true boxes, and what each detector gave on them."""

    images: list[np.ndarray]
    truths: list[np.ndarray]  # (T, 4) each
    found: dict[str, list[Detections]] = field(default_factory=dict)

    def detect(self, detectors: dict[str, Detector]) -> None:
        for name, detector in detectors.items():
            bar = tqdm(self.images, desc=f"ranking, {name}", unit="image", mininterval=5)
            self.found[name] = [detector.detect([image])[0] for image in bar]

    def unlabelled(self, served: dict[str, float]) -> list[np.ndarray]:
        """List the people whom every detector is sure of, at its served threshold, and no label explains.

        Nobody where there is no second detector to confirm, nor in a picture known to be empty.
        Shapes: -> per picture (M, 4).
        """
        people = []
        for index, truth in enumerate(self.truths):
            seen = [self.found[name][index] for name in served]
            first, *rest = (
                s.boxes_xyxy_px[s.scores > limit] for s, limit in zip(seen, served.values(), strict=True)
            )
            kept = first[~is_found(first, truth, SEEN_TWICE_IOU)] if rest and len(truth) else first[:0]
            for boxes in rest:
                kept = kept[is_found(kept, boxes, SEEN_TWICE_IOU)]
            people.append(kept)
        return people

    def judge(self, name: str, ignored: list[np.ndarray] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Scores and what they are (HIT, FALSE, IGNORED) of all boxes. Shapes: -> (N,), (N,)."""
        ignored = ignored or [None] * len(self.truths)
        judged = [
            match_boxes(truth, seen.boxes_xyxy_px, seen.scores, other)
            for truth, seen, other in zip(self.truths, self.found[name], ignored, strict=True)
        ]
        scores = np.concatenate([seen.scores for seen in self.found[name]])
        return scores, np.concatenate(judged)


def load_pictures(data: Path) -> Pictures:
    """Load dev_helen and the half of no_faces that never trained."""
    faces = load_faces(data, "dev_helen")
    truths = list(bx.face_boxes(faces.labels["lm98"])[:, None])
    images = [faces.decode(row) for row in range(len(faces))]
    empty = load_empty(data / "no_faces.tar", 1)
    return Pictures(images + empty, truths + [np.zeros((0, 4), np.float32)] * len(empty))


def rank(pictures: Pictures, served: dict[str, float]) -> tuple[dict[str, dict], dict[str, Curve]]:
    """Measure each detector; `served` holds the O-Net thresholds that they are used with."""
    positives = sum(map(len, pictures.truths))
    people = pictures.unlabelled(served)
    report, curves = {}, {}
    for name in pictures.found:
        scores, judged = pictures.judge(name)
        fair_scores, fair = pictures.judge(name, people)
        curve = curves[name] = recall_curve(fair_scores, fair, positives)
        report[name] = {
            "photographs": len(pictures.images),
            "faces": positives,
            "average_precision": average_precision(scores, judged, positives),
            "unlabelled_people": sum(map(len, people)),
            "average_precision_unlabelled_ignored": average_precision(fair_scores, fair, positives),
            "recall_at_false_boxes": {str(count): curve.recall_at(count) for count in FALSE_BOXES},
            "highest_score_of_a_false_box": float(fair_scores[fair == 0].max(initial=0)),
            "lowest_score_of_a_face": float(fair_scores[fair == HIT].min(initial=1)),
        }
    return report, curves


def plot_curves(curves: dict[str, Curve], path: Path) -> None:
    """Draw recall over the number of false boxes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 3.4), dpi=110)
    for name, curve in curves.items():
        axes.step(np.append(curve.false, 1e3), np.append(curve.recall, curve.recall[-1]), label=name)
    axes.set(xlim=(0, 40), ylim=(0.9, 1.002), xlabel="false boxes on all photographs", ylabel="recall")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
