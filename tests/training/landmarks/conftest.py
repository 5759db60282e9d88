"""Pictures of four dots each, every landmark on one of them: quick to learn, and any slip shows."""

import cv2
import numpy as np
import pytest

from engines import landmark98
from proto.tables import BLENDSHAPES
from training.faces import Faces
from training.landmarks.pack import write_parts

COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))


@pytest.fixture
def faces() -> Faces:
    """Four pictures of four dots each; every landmark marks one of them."""
    rng, images, points = np.random.default_rng(0), [], []
    corners = np.array([[60, 60], [140, 60], [140, 140], [60, 140]], float)
    for _ in range(4):
        dots = corners + rng.uniform(-8, 8, (4, 2))
        image = np.zeros((200, 200, 3), np.uint8)
        for (x, y), colour in zip(dots, COLOURS, strict=True):
            cv2.circle(image, (round(x), round(y)), 8, colour, -1)
        images.append(cv2.imencode(".jpg", image)[1].tobytes())
        order = np.array([0] * 33 + [1] * 18 + [2] * 9 + [0] * 8 + [1] * 8 + [3] * 20 + [0, 1])
        points.append(dots[order])
    points = np.array(points, np.float32)
    labels = {
        "image": np.array([f"{i}.jpg" for i in range(4)]), "source": np.array(["lfw"] * 4), "lm98": points,
        "lm98_trust": np.array([1, 1, 2, 2]), "gt68": points[:, landmark98.TO_68],
    }  # fmt: skip
    return Faces(images, labels)


@pytest.fixture
def score_labels() -> dict[str, np.ndarray]:
    """MediaPipe's scores: in another order, without tongueOut, one face without a mesh."""
    names = ["_neutral", *reversed(BLENDSHAPES[:-1])]
    scores = np.random.default_rng(0).uniform(0, 1, (4, len(names)))
    scores[2] = np.nan
    return {
        "image": np.array(list("abcd")), "source": np.array(["lfw", "lfw", "lfw", "congress"]),
        "mp_blendshapes": scores, "mp_blendshape_names": np.array(names),
    }  # fmt: skip


@pytest.fixture
def data_pack(faces, tmp_path):
    """A folder like the data pack's, of the four pictures: they train, and they check."""
    folder = tmp_path / "pack"
    folder.mkdir()
    for name in ("train", "dev_helen"):
        write_parts(faces, folder, name, 10_000_000)
    return folder
