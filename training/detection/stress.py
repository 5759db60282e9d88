"""Recall under hard looks: edited, dark, small and turned copies of photographs that never trained.

The photographs are those held out of training for choosing thresholds; each copy is the same for every
detector and every run.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from tqdm import tqdm

from engines.stages.detect import Detector
from training.detection.look import raise_local_contrast, sharpen, stretch_contrast
from training.detection.metrics import is_centred
from training.detection.scenes import Photographs, Scene, mosaic_scene, transform

SMALL_PX = 28.0  # the longer side of a small face; the smallest searched is 24
MOSAICS, MOSAIC_SEED, MOSAIC_PX = 60, 11, 36.0


def edit(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Scene], Scene]:
    """Make a look of a change of the pixels alone."""
    return lambda scene: Scene(change(scene.image), scene.points, scene.ignored)


def turn(degrees: float) -> Callable[[Scene], Scene]:
    """Make a look that turns the photograph around its middle."""
    return lambda scene: transform(scene, 1.0, degrees, False, cv2.BORDER_REPLICATE)


def shrink(scene: Scene) -> Scene:
    """Scale the photograph until its face is small."""
    box = scene.truth[0]
    return transform(scene, SMALL_PX / float((box[2:] - box[:2]).max()), 0, False, 0)


LOOKS: dict[str, Callable[[Scene], Scene]] = {
    "as it is": lambda scene: scene,
    "local contrast (CLAHE 8, 4x4 tiles)": edit(lambda image: raise_local_contrast(image, 8.0)),
    "grey, local contrast (CLAHE 8), sharpened": edit(
        lambda image: sharpen(raise_local_contrast(grey(image), 8.0), 1.5, 0.01)
    ),
    "sharpened (unsharp mask 3)": edit(lambda image: sharpen(image, 3.0, 0.015)),
    "contrast doubled": edit(lambda image: stretch_contrast(image, 2.0, 128)),
    "a quarter of the light": edit(lambda image: cv2.convertScaleAbs(image, alpha=0.25)),
    f"small: a face of {SMALL_PX:.0f} pixels": shrink,
    "turned by 20 degrees": turn(20),
    "turned by -35 degrees": turn(-35),
}


def grey(image: np.ndarray) -> np.ndarray:
    """Take the colours away. Shapes: (H, W, 3) -> the same."""
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def measure_mosaics(detectors: dict[str, Detector], photos: Photographs) -> dict:
    """Share of the faces found in pictures of several people, with a look of their own each.

    Faces smaller than `MOSAIC_PX` are left out: in a large picture the detector does not look for them.
    """
    rng = np.random.default_rng(MOSAIC_SEED)
    found, count = dict.fromkeys(detectors, 0), 0
    for _ in tqdm(range(MOSAICS), desc="mosaics", unit="picture", mininterval=5):
        scene = mosaic_scene(photos, rng)
        truth = scene.truth[(scene.truth[:, 2:] - scene.truth[:, :2]).max(axis=1) >= MOSAIC_PX]
        count += len(truth)
        for name, detector in detectors.items():
            found[name] += int(is_centred(truth, detector.detect([scene.image])[0].boxes_xyxy_px).sum())
    recall = {name: hits / max(1, count) for name, hits in found.items()}
    return {"pictures": MOSAICS, "faces": count, "recall": recall}


def measure_looks(detectors: dict[str, Detector], photos: Photographs) -> dict:
    """Share of the photographs whose face is found, by look and detector."""
    found = {title: {name: 0 for name in detectors} for title in LOOKS}
    count = len(photos.faces)
    for row in tqdm(range(count), desc="looks", unit="photograph", mininterval=5):
        scene = photos.scene_of(row)
        for title, look in LOOKS.items():
            changed = look(scene)
            for name, detector in detectors.items():
                boxes = detector.detect([changed.image])[0].boxes_xyxy_px
                found[title][name] += bool(is_centred(changed.truth, boxes)[0])
    recall = {title: {name: hits / count for name, hits in row.items()} for title, row in found.items()}
    return {"photographs": count, "recall": recall}
