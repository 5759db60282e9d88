"""Scenes of WIDER FACE: boxes without landmarks, and WFLW's landmarks in the same pictures.

The paper trains its cascade on WIDER FACE. Its boxes teach the class and the box; O-Net's five points
come from the faces with 98 points, of the data pack or of WFLW. WFLW's pictures are WIDER FACE's, so
the boxes of the one tell which faces of the other are there without landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from engines import boxes as bx
from training.datasets.wflw import load_wflw
from training.datasets.wider import WiderPicture, load_wider
from training.detection.look import look
from training.detection.scenes import FACE_SIDE_PX, Photographs, Scene, no_boxes, random_side
from training.errors import DataError

SCENE_PX = (160, 480)  # sides of a scene
SMALLEST_PX = 12.0  # of a face that is judged: P-Net's window
LARGEST_SCALE = 2.0  # enlarging further teaches blur
VISIBLE = 0.6  # share of a box inside the scene from which the face is judged


@dataclass
class BoxedScene(Scene):
    """A scene whose labelled faces have boxes (N, 4) and no landmarks."""

    boxes: np.ndarray = field(default_factory=no_boxes)

    @property
    def truth(self) -> np.ndarray:
        """The labelled faces' boxes, (N, 4)."""
        return self.boxes

    @property
    def five(self) -> np.ndarray:
        """Nothing is known of the five points: (N, 5, 2) of NaN."""
        return np.full((len(self.boxes), 5, 2), np.nan, np.float32)


@dataclass
class WiderScenes:
    """Draws scenes from WIDER FACE's pictures."""

    pictures: list[WiderPicture]

    def __call__(self, rng: np.random.Generator) -> BoxedScene:
        """Draw a picture, bring one of its faces to a random size, and cut a scene around it."""
        picture = self.pictures[int(rng.integers(len(self.pictures)))]
        image = picture.decode()
        faces = picture.boxes_xyxy_px[picture.judged]
        side = random_side(rng, *FACE_SIDE_PX)
        size_wh = rng.integers(*SCENE_PX, 2)
        if len(faces):
            chosen = faces[int(rng.integers(len(faces)))]
            scale = min(LARGEST_SCALE, side / float((chosen[2:] - chosen[:2]).max()))
            middle = (chosen[:2] + chosen[2:]) / 2 + rng.uniform(-0.4, 0.4, 2) * size_wh / scale
        else:
            scale = float(rng.uniform(0.25, 1.0))
            middle = rng.uniform(0, 1, 2) * image.shape[1::-1]
        scene = cut_scene(image, picture, middle, size_wh / scale, scale)
        if rng.random() < 0.5:
            scene = mirror(scene)
        scene.image = look(scene.image, rng)
        return scene


def cut_scene(
    image: np.ndarray, picture: WiderPicture, middle: np.ndarray, window_wh: np.ndarray, scale: float
) -> BoxedScene:
    """Cut a window out of a picture and scale it; a face mostly outside or too small is not judged."""
    low = np.clip(np.round(middle - window_wh / 2), 0, np.array(image.shape[1::-1]) - 2).astype(int)
    high = np.clip(np.round(middle + window_wh / 2), low + 2, image.shape[1::-1]).astype(int)
    part = image[low[1] : high[1], low[0] : high[0]]
    size_wh = np.maximum(1, np.round(np.array(part.shape[1::-1]) * scale)).astype(int)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    step = np.tile(size_wh / part.shape[1::-1], 2)
    boxes = ((picture.boxes_xyxy_px - np.tile(low, 2)) * step).astype(np.float32)
    inside = np.clip(boxes, 0, np.tile(size_wh, 2)).astype(np.float32)
    share = bx.areas(inside) / np.maximum(bx.areas(boxes), 1e-6)
    large = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0) >= SMALLEST_PX
    judged = picture.judged & large & (share >= VISIBLE)
    others = inside[~judged & (bx.areas(inside) > 0)]
    resized = cv2.resize(part, tuple(map(int, size_wh)), interpolation=method)
    return BoxedScene(resized, ignored=others, boxes=boxes[judged])


def mirror(scene: BoxedScene) -> BoxedScene:
    """Swap left and right."""
    width = scene.image.shape[1]

    def swap(boxes: np.ndarray) -> np.ndarray:
        return boxes[:, [2, 1, 0, 3]] * np.float32([-1, 1, -1, 1]) + np.float32([width, 0, width, 0])

    image = np.ascontiguousarray(scene.image[:, ::-1])
    return BoxedScene(image, ignored=swap(scene.ignored), boxes=swap(scene.boxes))


def load_published(wider: Path, wflw: Path) -> Photographs:
    """Load WFLW's training faces for what needs landmarks, and WIDER FACE for all else. Raises: DataError.

    A WFLW picture that WIDER FACE does not label is left out: nobody tells of its other faces.
    """
    pictures = load_wider(wider, "train")
    boxes = {picture.name: picture.boxes_xyxy_px for picture in pictures}
    faces = load_wflw(wflw, "train")
    known = np.isin(faces.labels["image"], list(boxes))
    if not known.any():
        raise DataError(f"{wflw}: expected pictures that WIDER FACE labels, found none of {len(known)}")
    return Photographs(faces.select(known), boxes, [], WiderScenes(pictures))
