"""What the landmark network reads on photographs: cropped near the label, brought back to the image."""

import numpy as np
import pytest

from engines.models import manifest, model_path
from engines.stages import align
from engines.stages.expression import APPEARANCE, UNSEEN, mean_face_m
from engines.stages.landmarks import LandmarkReader
from training.expression.photographs import jittered_crop, open_reader, read_photographs
from training.faces import Faces


def face_points() -> np.ndarray:
    return mean_face_m()[:, :2] * (1, -1) * 1200 + 150


class MiddleSession:
    """A network that answers with the middle of every crop."""

    def __init__(self) -> None:
        self.batches = []

    def run(self, inputs, outputs):
        count = len(inputs["image"])
        assert inputs["image"].dtype == np.uint8
        self.batches.append(count)
        middle = (align.CROP_SIZE - 1) / 2
        answers = {"points": np.full((count, 98, 2), middle, np.float32), "confidence": np.ones((count, 98))}
        return [answers.get(name, np.full((count, APPEARANCE), 0.25, np.float32)) for name in outputs]


def test_crops_are_a_little_off():
    rng, points = np.random.default_rng(1), face_points()
    middle = (align.CROP_SIZE - 1) / 2
    centres = [align.to_image(np.full((1, 2), middle), jittered_crop(points, rng))[0] for _ in range(100)]
    spread = np.std(centres, axis=0)
    assert (spread > 1).all() and (spread < 15).all()
    assert np.abs(np.mean(centres, axis=0) - align.upright_square(points, 0)[0]).max() < 2


@pytest.fixture
def faces(monkeypatch) -> Faces:
    labels = {"lm98": np.stack([face_points()] * 10), "image": np.arange(10)}
    monkeypatch.setattr(Faces, "decode", lambda self, row: np.zeros((300, 300, 3), np.uint8))
    return Faces([b""] * 10, labels)


def test_points_come_back_in_image_pixels(faces):
    session = MiddleSession()
    found = read_photographs(faces, LandmarkReader(session))
    assert session.batches == [8, 2] and found["points_px"].shape == (10, 98, 2)
    assert np.abs(found["points_px"] - align.upright_square(face_points(), 0)[0]).max() < 20
    assert (found["appearance"] == UNSEEN).all()


def test_some_rows_are_read_with_what_the_image_branch_saw(faces):
    found = read_photographs(faces, LandmarkReader(MiddleSession(), appearance=True), rows=np.array([2, 5]))
    assert (found["appearance"][[2, 5]] == 0.25).all() and (found["appearance"][[0, 9]] == UNSEEN).all()
    assert np.isfinite(found["points_px"][[2, 5]]).all() and np.isnan(found["points_px"][[0, 9]]).all()


def test_the_file_tells_whether_there_is_an_image_branch():
    reader = open_reader(model_path("landmarks_lite"), threads=1)
    assert reader.appearance == ("appearance" in manifest()["landmarks_lite"]["outputs"])
