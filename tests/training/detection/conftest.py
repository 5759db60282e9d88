"""A data pack in miniature: drawn faces with their 98 points, and pictures without any."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines import landmark98

COUNT = 16
SIZE = 120


def template_points() -> np.ndarray:
    """98 points of a schematic upright face, about -1..1. Shapes: -> (98, 2)."""
    points = np.zeros((98, 2))
    angle = np.linspace(np.pi, 0, 33)
    points[landmark98.CONTOUR] = np.column_stack([np.cos(angle), np.sin(angle)])
    ring = np.linspace(np.pi, 3 * np.pi, 8, endpoint=False)
    oval = np.column_stack([np.cos(ring), np.sin(ring)])
    points[landmark98.RIGHT_EYE] = oval * (0.2, 0.1) + (-0.4, -0.1)
    points[landmark98.LEFT_EYE] = oval * (0.2, 0.1) + (0.4, -0.1)
    points[landmark98.RIGHT_BROW] = np.column_stack([np.linspace(-0.7, -0.1, 9), np.full(9, -0.4)])
    points[landmark98.LEFT_BROW] = np.column_stack([np.linspace(0.1, 0.7, 9), np.full(9, -0.4)])
    points[landmark98.NOSE] = np.column_stack([np.linspace(-0.1, 0.1, 9), np.linspace(-0.1, 0.35, 9)])
    lips = np.linspace(np.pi, 3 * np.pi, 12, endpoint=False)
    points[landmark98.OUTER_LIP] = np.column_stack([np.cos(lips) * 0.35, np.sin(lips) * 0.12 + 0.6])
    points[landmark98.INNER_LIP] = (0, 0.6)
    points[landmark98.RIGHT_PUPIL], points[landmark98.LEFT_PUPIL] = (-0.4, -0.1), (0.4, -0.1)
    return points


def draw_face(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw one face on noise: (SIZE, SIZE, 3) uint8 and its points (98, 2)."""
    image = rng.integers(0, 120, (SIZE, SIZE, 3)).astype(np.uint8)
    radius = rng.uniform(22, 34)
    centre = rng.uniform(SIZE / 2 - 8, SIZE / 2 + 8, 2)
    points = template_points() * radius + centre
    middle = tuple(int(v) for v in centre)
    cv2.ellipse(image, middle, (int(radius), int(1.1 * radius)), 0, 0, 360, (220, 180, 160), -1)
    for part in (landmark98.RIGHT_EYE, landmark98.LEFT_EYE, landmark98.OUTER_LIP):
        cv2.fillPoly(image, [points[part].astype(np.int32)], (60, 20, 30))
    return image, points


def add_picture(tar: tarfile.TarFile, name: str, image: np.ndarray) -> None:
    data = cv2.imencode(".jpg", image[..., ::-1])[1].tobytes()
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))


@pytest.fixture(scope="session")
def data_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the real one: train.npz, train_00.tar, dev_helen likewise, no_faces.tar."""
    folder = tmp_path_factory.mktemp("faces")
    rng = np.random.default_rng(5)
    for name in ("train", "dev_helen"):
        images, points = zip(*(draw_face(rng) for _ in range(COUNT)), strict=True)
        files = [f"{name}_{index:03d}.jpg" for index in range(COUNT)]
        with tarfile.open(folder / f"{name}_00.tar", "w") as tar:
            for file, image in zip(files, images, strict=True):
                add_picture(tar, file, image)
        np.savez(
            folder / f"{name}.npz", image=np.array(files), source=np.full(COUNT, "drawn"),
            size_hw=np.full((COUNT, 2), SIZE), lm98=np.array(points, np.float32),
            lm98_trust=np.ones(COUNT, int),
        )  # fmt: skip
    with tarfile.open(folder / "no_faces.tar", "w") as tar:
        for index in range(4):
            add_picture(tar, f"{index}.jpg", rng.integers(0, 255, (90, 130, 3)).astype(np.uint8))
    return folder
