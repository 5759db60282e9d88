"""The labels' offset is found whatever the network's own, and a mirrored crop's labels keep it."""

import dataclasses

import numpy as np
import pytest
import torch

from engines import landmark98
from engines.stages import align
from training.faces import Faces
from training.landmarks import offset
from training.landmarks.augment import Augmentation, random_crop
from training.landmarks.device import Canvases, Geometry

STILL = Augmentation(gain=0, colour=0, blur=0, median=0, noise=0, grey=0, occlude=0, low_resolution=0)


# Which dot a landmark marks, as the fixture has it.
MARKED = np.array([0] * 33 + [1] * 18 + [2] * 9 + [0] * 8 + [1] * 8 + [3] * 20 + [0, 1])


def dots_of(crop: np.ndarray) -> np.ndarray:
    """Find the middle of the blue, green, red and white dot. Shapes: (S, S, 3) RGB -> (4, 2)."""
    red, green, blue = (crop[..., channel] > 127 for channel in range(3))
    masks = (blue & ~green & ~red, green & ~red & ~blue, red & ~green & ~blue, red & green & blue)
    return np.array([np.argwhere(mask).mean(axis=0)[::-1] for mask in masks])


class FakeNetwork:
    """Stands in for a network without prejudice: it sees where the dots are, and errs by `bias_px`."""

    def __init__(self, bias_px: float) -> None:
        self.bias_px = bias_px

    def run(self, inputs: dict[str, np.ndarray], outputs: list[str]) -> list[np.ndarray]:
        return [np.stack([dots_of(crop)[MARKED] for crop in inputs["image"]]) + (self.bias_px, 0)]


@pytest.mark.parametrize(("shift", "bias_px"), [(0.02, 0.0), (-0.01, 3.0), (0.0, -2.0)])
def test_finds_the_offset_of_the_labels_and_not_that_of_the_network(faces, shift, bias_px):
    labels = faces.labels["lm98"].astype(np.float64)
    network = FakeNetwork(bias_px)
    before, _ = offset.measure(network, faces, np.arange(4))
    sides = [align.CROP_SIZE / align.CROP_MARGIN / np.hypot(*align.crop_from_points(p)[:, 0]) for p in labels]
    moved = labels + np.array(sides)[:, None, None] * (shift, 0)
    shifted = Faces(faces.images, {**faces.labels, "lm98": moved.astype(np.float32)})
    found, error = offset.measure(network, shifted, np.arange(4))
    assert found - before == pytest.approx(shift, abs=1e-3)
    assert abs(before) < 0.01 and error < 0.005  # drawn dots are whole pixels


def test_a_mirrored_crop_keeps_the_labels_offset():
    points = np.random.default_rng(5).uniform((80, 80), (220, 220), (98, 2))
    points[landmark98.RIGHT_EYE], points[landmark98.LEFT_EYE] = (100, 120), (190, 120)  # level
    upright = dataclasses.replace(STILL, scale_low=1, scale_high=1, rotation_limit_deg=0)
    image = np.zeros((300, 300, 3), np.uint8)
    for flip, times in ((0.0, 0), (1.0, 2)):
        plain, kept = (
            random_crop(
                image, points, dataclasses.replace(upright, flip=flip, label_offset=share),
                np.random.default_rng(1),
            )[1]
            for share in (0.0, 0.02)
        )  # fmt: skip
        assert np.allclose(kept - plain, (times * 0.02 * offset.SQUARE_PX, 0), atol=1e-3)


def test_the_device_gives_the_same_points(faces):
    setting = dataclasses.replace(STILL, label_offset=0.02)
    canvases = Canvases(faces, 384, setting, torch.device("cpu"))
    place = dataclasses.replace(Geometry.ideal(1), mirrored=np.array([True]))
    _, points = canvases.cut(np.array([1]), place, 256)
    labels = faces.labels["lm98"][1].astype(np.float64)
    matrix = align.crop_from_points(labels)
    shift_px = 0.02 * offset.SQUARE_PX
    marked = align.to_crop(labels - (shift_px / np.hypot(*matrix[:, 0]), 0), matrix)
    expected = marked[landmark98.FLIP] * (-1, 1) + (255 + shift_px, 0)
    assert np.abs(points[0].numpy() - expected).max() < 1e-2
