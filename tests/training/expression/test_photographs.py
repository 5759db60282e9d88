"""The landmark network's points on photographs: cropped near the label, brought back to the image."""

import numpy as np

from engines.stages import align
from engines.stages.expression import mean_face_m
from training.expression.photographs import jittered_crop, predict_points
from training.faces import Faces


def face_points() -> np.ndarray:
    return mean_face_m()[:, :2] * (1, -1) * 1200 + 150


class MiddleSession:
    """A network that answers with the middle of every crop."""

    def __init__(self) -> None:
        self.batches = []

    def run(self, inputs, outputs):
        assert outputs == ["points"] and inputs["image"].dtype == np.uint8
        self.batches.append(len(inputs["image"]))
        middle = (align.CROP_SIZE - 1) / 2
        return [np.full((len(inputs["image"]), 98, 2), middle, np.float32)]


def test_crops_are_a_little_off():
    rng, points = np.random.default_rng(1), face_points()
    middle = (align.CROP_SIZE - 1) / 2
    centres = [align.to_image(np.full((1, 2), middle), jittered_crop(points, rng))[0] for _ in range(100)]
    spread = np.std(centres, axis=0)
    assert (spread > 1).all() and (spread < 15).all()
    assert np.abs(np.mean(centres, axis=0) - align.upright_square(points, 0)[0]).max() < 2


def test_points_come_back_in_image_pixels(monkeypatch):
    labels = {"lm98": np.stack([face_points()] * 10), "image": np.arange(10)}
    faces = Faces([b""] * 10, labels)
    monkeypatch.setattr(Faces, "decode", lambda self, row: np.zeros((300, 300, 3), np.uint8))
    session = MiddleSession()
    points = predict_points(faces, session)
    assert session.batches == [8, 2] and points.shape == (10, 98, 2)
    assert np.abs(points - align.upright_square(face_points(), 0)[0]).max() < 20
