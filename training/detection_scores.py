"""Recall and average precision of the detector on any labelled pictures, read one after the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines import boxes as bx
from engines.backends import open_session
from engines.models import model_path
from engines.stages.detect import Detections, Detector, DetectorOptions
from training.datasets.wider import WiderPicture, load_wider
from training.detection.metrics import FALSE, HIT, average_precision, match_boxes, recall_curve
from training.detection.scenes import load_empty, no_boxes
from training.faces import load_faces

CONSIDERED = 0.02  # O-Net score from which a box is ranked: far below the one that is served
# WIDER FACE's faces are small and many; a camera's are not, and the served options say so.
WIDER_OPTIONS = DetectorOptions(min_face_px=12.0, min_face_share=0.0, max_candidates=3000)
# Smaller faces are ignored, neither found nor missed. The benchmark's easy, medium and hard parts hold
# mostly faces above 50, 30 and 10 pixels.
WIDER_HEIGHTS_PX = (0, 10, 30, 50)


@dataclasses.dataclass
class Labelled:
    """A picture's faces: boxes (T, 4) that must be found and boxes (M, 4) that are not judged."""

    truth: np.ndarray
    ignored: np.ndarray = dataclasses.field(default_factory=no_boxes)


def open_detector(options: DetectorOptions) -> Detector:
    """Load the registered cascade so that it gives every box that it considers."""
    sessions = (open_session(model_path(name), threads=1) for name in ("pnet", "rnet", "onet"))
    return Detector(*sessions, dataclasses.replace(options, onet_threshold=CONSIDERED))


def score_boxes(labelled: list[Labelled], found: list[Detections], served: float) -> dict:
    """Measure what was found; `served` is the score from which users get a box.

    Average precision at IoU 0.5 over all points of the curve. Source: WIDER FACE's rules.
    """
    positives = sum(len(picture.truth) for picture in labelled)
    judged = [
        match_boxes(picture.truth, boxes.boxes_xyxy_px, boxes.scores, picture.ignored)
        for picture, boxes in zip(labelled, found, strict=True)
    ]
    scores = np.concatenate([np.zeros(0), *(boxes.scores for boxes in found)])
    kinds = np.concatenate([np.zeros(0, np.int8), *judged])
    sure = scores > served
    return {
        "pictures": len(labelled),
        "faces": positives,
        "recall": float((kinds[sure] == HIT).sum() / positives) if positives else None,
        "average_precision": average_precision(scores, kinds, positives) if positives else None,
        "false_boxes": int((kinds[sure] == FALSE).sum()),
    }


def curve_of(labelled: list[Labelled], found: list[Detections]) -> tuple[np.ndarray, np.ndarray]:
    """Precision over recall. Shapes: -> recall (K,), precision (K,)."""
    positives = sum(len(picture.truth) for picture in labelled)
    judged = [
        match_boxes(picture.truth, boxes.boxes_xyxy_px, boxes.scores, picture.ignored)
        for picture, boxes in zip(labelled, found, strict=True)
    ]
    curve = recall_curve(
        np.concatenate([np.zeros(0), *(boxes.scores for boxes in found)]),
        np.concatenate([np.zeros(0, np.int8), *judged]),
        positives,
    )
    return curve.recall, curve.precision


def detect_all(detector: Detector, images: Iterator[np.ndarray], count: int, name: str) -> list[Detections]:
    """Detect on pictures one at a time, so that a large set need not fit into memory."""
    bar = tqdm(images, total=count, desc=f"detection, {name}", unit="picture", mininterval=2)
    return [detector.detect([image])[0] for image in bar]


def measure_pack(data: Path) -> tuple[dict[str, dict], dict]:
    """Measure dev_helen, and false boxes on the photographs without faces: as served.

    Returns: figures by set, and a precision-recall curve by name.
    """
    options = DetectorOptions()
    detector = open_detector(options)
    faces = load_faces(data, "dev_helen")
    labelled = [Labelled(boxes) for boxes in bx.face_boxes(faces.labels["lm98"])[:, None]]
    images = (faces.decode(row) for row in range(len(faces)))
    found = detect_all(detector, images, len(faces), "dev_helen")
    results = {"dev_helen": score_boxes(labelled, found, options.onet_threshold)}
    curves = {"dev_helen": curve_of(labelled, found)}
    empty = data / "no_faces.tar"
    if empty.is_file():
        for name, half in (("no_faces, the half that never trained", 1), ("no_faces, all", None)):
            pictures = load_empty(empty, half)
            found = detect_all(detector, iter(pictures), len(pictures), name)
            nobody = [Labelled(no_boxes())] * len(pictures)
            results[name] = score_boxes(nobody, found, options.onet_threshold)
    return results, curves


def labels_of(picture: WiderPicture, height_px: float) -> Labelled:
    """Part a picture's faces: those that count, and the invalid or too small ones that do not."""
    boxes = picture.boxes_xyxy_px
    counts = picture.judged & (boxes[:, 3] - boxes[:, 1] >= height_px)
    return Labelled(boxes[counts], boxes[~counts])


def measure_wider(folder: Path, limit: int | None = None) -> tuple[dict[str, dict], dict]:
    """Measure WIDER FACE's validation part, from all faces to the larger ones.

    Returns: figures by set, and a precision-recall curve by name. Raises: DataError.
    """
    pictures = load_wider(folder, "val")[:limit]
    detector = open_detector(WIDER_OPTIONS)
    images = (picture.decode() for picture in pictures)
    found = detect_all(detector, images, len(pictures), "WIDER FACE")
    results, curves = {}, {}
    for height in WIDER_HEIGHTS_PX:
        name = f"WIDER FACE val, faces of {height} px and more" if height else "WIDER FACE val, all faces"
        labelled = [labels_of(picture, height) for picture in pictures]
        results[name] = score_boxes(labelled, found, WIDER_OPTIONS.onet_threshold)
        curves[name] = curve_of(labelled, found)
    return results, curves
