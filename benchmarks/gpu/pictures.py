"""Real faces without a network: crops of photographs at hand, varied as a tracker would vary them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from engines.errors import FacecastError, SourceError
from engines.face import Frame
from engines.pipeline import Pipeline
from engines.stages import align

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
PORTRAIT = Path(__file__).parents[2] / "docs/images/portrait.png"
# How far a tracked crop is off, as in training (training/landmarks/augment.py is wider).
SHIFT, ROLL_RAD, ZOOM = 0.05, 0.15, 0.12


def find_pictures(folder: Path | None) -> list[np.ndarray]:
    """Read a folder's photographs, else scikit-image's one, else the rendered portrait of the documents.

    Shapes: -> F x (H, W, 3) uint8 RGB. Raises: SourceError if the folder has none.
    """
    if folder is not None:
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        if not paths:
            raise SourceError(f"{folder}: expected photographs ({', '.join(SUFFIXES)}), found none")
        return [read_picture(path) for path in paths]
    try:
        from skimage import data
    except ImportError:
        return [read_picture(PORTRAIT)]
    return [data.astronaut(), read_picture(PORTRAIT)]


def read_picture(path: Path) -> np.ndarray:
    """Read one picture as RGB. Raises: SourceError if it is none."""
    bgr = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if bgr is None:
        raise SourceError(f"{path}: expected a picture")
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def find_faces(pictures: Sequence[np.ndarray]) -> list[tuple[int, np.ndarray]]:
    """Find faces with the pipeline on the CPU. Returns: (index of the picture, points (98, 2)) of each.

    Raises: FacecastError if there is no face at all.
    """
    pipeline = Pipeline.load("lite", "onnxruntime")
    try:
        frames = [Frame("rgb8", np.ascontiguousarray(p).tobytes(), 0.0, p.shape[:2]) for p in pictures]
        results = pipeline.process([(pipeline.open_stream(), frame) for frame in frames])
    finally:
        pipeline.close()
    found = [
        (index, face.landmarks_px)
        for index, result in enumerate(results)
        if not isinstance(result, FacecastError)
        for face in result.faces
    ]
    if not found:
        raise FacecastError(f"expected a face in {len(pictures)} pictures, found none")
    return found


def vary_crops(faces: Sequence[tuple[int, np.ndarray]], count: int) -> tuple[list[np.ndarray], list[int]]:
    """Place crops around faces, each a little off in its own way: matrices (2, 3) and picture indices."""
    rng = np.random.default_rng(0)
    matrices, owners = [], []
    for number in range(count):
        owner, points = faces[number % len(faces)]
        matrix = align.crop_from_points(points)
        scale = np.hypot(matrix[0, 0], matrix[1, 0])
        roll = np.arctan2(matrix[0, 1], matrix[0, 0]) + rng.uniform(-ROLL_RAD, ROLL_RAD)
        centre = align.to_image(np.full((1, 2), (align.CROP_SIZE - 1) / 2), matrix)[0]
        side = align.CROP_SIZE / scale
        centre = centre + rng.uniform(-SHIFT, SHIFT, 2) * side
        matrices.append(align.crop_matrix(centre, side * rng.uniform(1 - ZOOM, 1 + ZOOM), roll))
        owners.append(owner)
    return matrices, owners
