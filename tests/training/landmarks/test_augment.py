"""Augmentation: points stay on what they marked, mirrored pictures take mirrored points."""

import dataclasses

import numpy as np
import pytest

from engines import landmark98
from training.landmarks.augment import Augmentation, disturb, random_crop

GEOMETRY = Augmentation(gain=0, colour=0, blur=0, median=0, noise=0, grey=0, occlude=0, low_resolution=0)


def picture_with_dots(points: np.ndarray, marked: int) -> np.ndarray:
    image = np.zeros((300, 300, 3), np.uint8)
    y, x = np.mgrid[:300, :300]
    image[np.hypot(x - points[marked, 0], y - points[marked, 1]) < 4] = 255
    return image


def face() -> np.ndarray:
    points = np.random.default_rng(5).uniform((80, 80), (220, 220), (98, 2))
    points[landmark98.RIGHT_EYE] += (-20, 0)
    points[landmark98.RIGHT_EYE] = points[landmark98.RIGHT_EYE].mean(0)
    points[landmark98.LEFT_EYE] = points[landmark98.RIGHT_EYE].mean(0) + (60, 0)
    return points


@pytest.mark.parametrize("flip", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_points_stay_on_their_dots(flip, seed):
    points = face()
    marked = landmark98.NOSE_TIP
    crop, moved, _ = random_crop(
        picture_with_dots(points, marked),
        points,
        dataclasses.replace(GEOMETRY, flip=flip),
        np.random.default_rng(seed),
    )
    rows, columns = np.nonzero(crop[..., 0] > 127)
    assert np.allclose([columns.mean(), rows.mean()], moved[marked], atol=1.0)


def test_a_mirrored_face_keeps_its_right_eye_on_the_left_of_the_picture():
    points = face()
    setting = dataclasses.replace(GEOMETRY, flip=1.0, rotation_limit_deg=1.0)
    _, moved, _ = random_crop(np.zeros((300, 300, 3), np.uint8), points, setting, np.random.default_rng(0))
    assert moved[landmark98.RIGHT_EYE].mean(0)[0] < moved[landmark98.LEFT_EYE].mean(0)[0]


def test_the_same_seed_gives_the_same_crop():
    points, image = face(), np.random.default_rng(0).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    crops = [random_crop(image, points, Augmentation(), np.random.default_rng(7)) for _ in range(2)]
    assert (crops[0][0] == crops[1][0]).all() and (crops[0][1] == crops[1][1]).all()


def test_disturbing_changes_the_look_and_keeps_the_shape():
    crop = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    setting = Augmentation(blur=1, median=1, noise=1, grey=1, occlude=1, low_resolution=1)
    out = disturb(crop, setting, np.random.default_rng(1))
    assert out.shape == crop.shape and out.dtype == np.uint8 and (out != crop).mean() > 0.5
