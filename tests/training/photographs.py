"""A real photograph as a labelled set; what is found in it stands for the human points."""

from __future__ import annotations

import cv2
import numpy as np

from engines.face import Frame
from engines.pipeline import Pipeline
from training.faces import Faces


def found_points(image: np.ndarray) -> np.ndarray:
    """The one face that the pipeline finds. Shapes: (H, W, 3) uint8 RGB -> (98, 2)."""
    pipeline = Pipeline.load("lite", "onnxruntime")
    frame = Frame("jpeg", jpeg_of(image), 0.0)
    (result,) = pipeline.process([(pipeline.open_stream(), frame)])
    pipeline.close()
    (face,) = result.faces
    return face.landmarks_px


def jpeg_of(image: np.ndarray) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, 95]
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), options)[1].tobytes()


def photograph_faces(image: np.ndarray, shift: tuple[float, float] = (0, 0)) -> tuple[Faces, np.ndarray]:
    """A set of one face whose points are those found, moved by a known step. Returns: it, (1, 98, 2)."""
    truth = (found_points(image) + shift)[None].astype(float)
    return Faces([jpeg_of(image)], {"image": np.array(["one.jpg"]), "lm98": truth}), truth
