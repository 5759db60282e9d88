"""Scenes: photographs turned, scaled, disturbed and pasted together, with every face's truth.

The photographs hold one labelled face each, rather large and in the middle. A detector must also
meet small faces, several of them, faces cut by the border, and pictures without any.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from engines import boxes as bx
from engines import landmark98
from training.detection.look import look
from training.detection.occlude import occlude
from training.faces import DataError, Faces, read_tar

# Sides of the faces to teach, pixels of the scene. Below 12 no window of P-Net fits.
FACE_SIDE_PX = (14.0, 220.0)


def no_boxes() -> np.ndarray:
    return np.zeros((0, 4), np.float32)


def no_points() -> np.ndarray:
    return np.zeros((0, landmark98.COUNT, 2), np.float32)


@dataclass
class Scene:
    """A picture, the landmarks of its labelled faces, and boxes of other faces (not to be judged).

    Shapes: image (H, W, 3) uint8 RGB, points (N, 98, 2) pixel centres, ignored (M, 4).
    """

    image: np.ndarray
    points: np.ndarray = field(default_factory=no_points)
    ignored: np.ndarray = field(default_factory=no_boxes)

    @property
    def truth(self) -> np.ndarray:
        """The labelled faces' boxes, (N, 4)."""
        return bx.face_boxes(self.points) if len(self.points) else no_boxes()

    @property
    def five(self) -> np.ndarray:
        """The labelled faces' five points, (N, 5, 2) pixel centres."""
        return landmark98.five_points(self.points)


@dataclass
class Photographs:
    """What scenes are made of: faces, what else is seen behind them, and pictures without a face."""

    faces: Faces
    ignored: dict[str, np.ndarray]  # image name -> (M, 4) boxes of unlabelled faces
    empty: list[np.ndarray]
    more: Callable[[np.random.Generator], Scene] | None = None  # draws scenes of another set: half of all

    def scene_of(self, row: int) -> Scene:
        """Return one photograph as it is, with its labels."""
        labels = self.faces.labels
        other = self.ignored.get(str(labels["image"][row]), no_boxes())
        points = labels["lm98"][row][None].astype(np.float32)
        if len(other):
            other = other[bx.iou(other, bx.face_boxes(points))[:, 0] < 0.3]
        return Scene(self.faces.decode(row), points, other)


def load_empty(path: Path, half: int | None) -> list[np.ndarray]:
    """Read the photographs without faces: by name, the even (0), the odd (1) or all (None).

    The even ones train; the odd ones are kept for counting false boxes. Raises: DataError.
    """
    files = sorted(read_tar(path).items())
    pictures = []
    for index, (name, data) in enumerate(files):
        if half is not None and index % 2 != half:
            continue
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        if bgr is None:
            raise DataError(f"{path}: {name}: expected a picture, could not decode it")
        pictures.append(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
    return pictures


def load_ignored(path: Path | None) -> dict[str, np.ndarray]:
    """Read the list of faces that a reference detector sees: image name -> (M, 4).

    Written by `python -m training.detection.ignore`. Without it every unlabelled face in a
    background would be taught as a negative.
    """
    if path is None:
        return {}
    try:
        rows = json.loads(path.read_text())
        return {k: np.array(v, np.float32).reshape(-1, 5)[:, :4] for k, v in rows.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise DataError(f"{path}: expected a list of boxes by image name: {error!r}") from error


def transform(scene: Scene, scale: float, degrees: float, flip: bool, border: int) -> Scene:
    """Scale, turn around the middle and mirror a scene with all its labels."""
    height, width = scene.image.shape[:2]
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    image = cv2.resize(scene.image, size_wh, interpolation=method)
    step = np.array(size_wh) / (width, height)
    points = (scene.points + 0.5) * step - 0.5
    ignored = scene.ignored * np.tile(step, 2)
    if degrees:
        centre = ((size_wh[0] - 1) / 2, (size_wh[1] - 1) / 2)
        matrix = cv2.getRotationMatrix2D(centre, degrees, 1.0)
        image = cv2.warpAffine(image, matrix, size_wh, flags=cv2.INTER_LINEAR, borderMode=border)
        points = points @ matrix[:, :2].T + matrix[:, 2]
        corners = ignored[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2) @ matrix[:, :2].T + matrix[:, 2]
        ignored = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    if flip:
        image = image[:, ::-1]
        points = points[:, landmark98.FLIP] * (-1, 1) + (size_wh[0] - 1, 0)
        ignored = ignored[:, [2, 1, 0, 3]] * (-1, 1, -1, 1) + (size_wh[0], 0, size_wh[0], 0)
    return Scene(np.ascontiguousarray(image), points.astype(np.float32), ignored.astype(np.float32))


def vary(scene: Scene, side_px: float, rng: np.random.Generator) -> Scene:
    """Give a photograph's face another size, turn and look."""
    box = scene.truth[0]
    scene.image = occlude(scene.image, scene.points[0], rng)
    scale = side_px / float((box[2:] - box[:2]).max())
    degrees = 0.0 if rng.random() < 0.4 else float(np.clip(rng.normal(0, 14), -32, 32))
    border = cv2.BORDER_REPLICATE if rng.random() < 0.5 else cv2.BORDER_CONSTANT
    scene = transform(scene, scale, degrees, bool(rng.random() < 0.5), border)
    scene.image = look(scene.image, rng)
    return scene


def random_side(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw a face's side, even over octaves."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def photo_scene(photos: Photographs, rng: np.random.Generator) -> Scene:
    """One photograph, varied; its face sometimes cut by the border."""
    scene = photos.scene_of(int(rng.integers(len(photos.faces))))
    scene = vary(scene, random_side(rng, *FACE_SIDE_PX), rng)
    if rng.random() < 0.15:
        scene = cut(scene, rng)
    return scene


def cut(scene: Scene, rng: np.random.Generator) -> Scene:
    """Shift the picture's frame so that a fifth of the face at most is outside."""
    height, width = scene.image.shape[:2]
    x0, y0, x1, y1 = scene.truth[0]
    share = rng.uniform(-0.1, 0.2)
    left = max(0, int(x0 + share * (x1 - x0))) if rng.random() < 0.5 else 0
    top = max(0, int(y0 + share * (y1 - y0))) if rng.random() < 0.5 else 0
    if min(width - left, height - top) < 24:
        return scene
    image = np.ascontiguousarray(scene.image[top:, left:])
    shift = np.array([left, top], np.float32)
    return Scene(image, scene.points - shift, scene.ignored - np.tile(shift, 2))


def empty_scene(photos: Photographs, rng: np.random.Generator) -> Scene:
    """A part of a picture without faces, scaled and varied."""
    image = photos.empty[int(rng.integers(len(photos.empty)))]
    height, width = image.shape[:2]
    share = rng.uniform(0.35, 1.0)
    rows, columns = max(24, int(height * share)), max(24, int(width * share))
    top = int(rng.integers(0, max(1, height - rows + 1)))
    left = int(rng.integers(0, max(1, width - columns + 1)))
    part = image[top : top + rows, left : left + columns]
    side = rng.uniform(120, 480)
    plain = Scene(part)
    # Without a face nothing has an upright: any quarter turn is another picture.
    plain.image = np.ascontiguousarray(np.rot90(part, int(rng.integers(4))))
    scene = transform(plain, side / max(plain.image.shape[:2]), 0, bool(rng.random() < 0.5), 0)
    scene.image = look(scene.image, rng)
    return scene


def mosaic_scene(photos: Photographs, rng: np.random.Generator) -> Scene:
    """Several small photographs pasted into the cells of a picture without faces."""
    height, width = int(rng.integers(200, 420)), int(rng.integers(260, 560))
    backdrop = photos.empty[int(rng.integers(len(photos.empty)))] if photos.empty else None
    if backdrop is None:
        canvas = np.full((height, width, 3), rng.integers(0, 256, 3), np.uint8)
    else:
        canvas = look(cv2.resize(backdrop, (width, height), interpolation=cv2.INTER_AREA), rng)
    columns, rows = int(rng.integers(2, 5)), int(rng.integers(1, 4))
    points, ignored = [], []
    for cell in range(columns * rows):
        cell_wh = np.array([width // columns, height // rows])
        side = random_side(rng, 14, max(16, 0.62 * cell_wh.min()))
        piece = vary(photos.scene_of(int(rng.integers(len(photos.faces)))), side, rng)
        box = piece.truth[0]
        # Cut the piece to its cell, the face somewhere inside it.
        middle = (box[:2] + box[2:]) / 2
        origin = np.round(middle - cell_wh * rng.uniform(0.4, 0.6, 2)).astype(int)
        low, high = np.maximum(origin, 0), np.minimum(origin + cell_wh, piece.image.shape[1::-1])
        corner = np.array([cell % columns, cell // columns]) * cell_wh + (low - origin)
        if (high - low).min() < 8:
            continue
        part = piece.image[low[1] : high[1], low[0] : high[0]]
        canvas[corner[1] : corner[1] + part.shape[0], corner[0] : corner[0] + part.shape[1]] = part
        shift = (corner - low).astype(np.float32)
        points.append(piece.points + shift)
        others = piece.ignored + np.tile(shift, 2)
        edges = np.concatenate([corner, corner + high - low]).astype(np.float32)
        others[:, :2] = np.maximum(others[:, :2], edges[:2])
        others[:, 2:] = np.minimum(others[:, 2:], edges[2:])
        ignored.append(others[(others[:, 2:] > others[:, :2]).all(axis=1)])
    return Scene(canvas, np.concatenate([no_points(), *points]), np.concatenate([no_boxes(), *ignored]))


def random_scene(photos: Photographs, rng: np.random.Generator) -> Scene:
    """Draw a scene: half single photographs, a quarter mosaics, a quarter without faces."""
    if photos.more is not None and rng.random() < 0.5:
        return photos.more(rng)
    kind = rng.random()
    if kind < 0.25 and photos.empty:
        return empty_scene(photos, rng)
    if kind < 0.5:
        return mosaic_scene(photos, rng)
    return photo_scene(photos, rng)
