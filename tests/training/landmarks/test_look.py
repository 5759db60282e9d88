"""Disturbances on the device against OpenCV's, one by one and in the whole."""

import cv2
import numpy as np
import pytest
import torch
from skimage import data

from training.landmarks import look
from training.landmarks.augment import Augmentation, disturb

NOTHING = Augmentation(gain=0, colour=0, blur=0, median=0, noise=0, grey=0, occlude=0, low_resolution=0)


def send(values, dtype=torch.float32):
    return torch.from_numpy(np.ascontiguousarray(values)).to(dtype)


@pytest.fixture
def picture() -> np.ndarray:
    return np.ascontiguousarray(data.astronaut()[40:168, 160:288])


def to_tensor(picture: np.ndarray, count: int = 1) -> torch.Tensor:
    return torch.from_numpy(picture).permute(2, 0, 1)[None].float().repeat(count, 1, 1, 1)


def to_picture(crop: torch.Tensor) -> np.ndarray:
    return crop.permute(1, 2, 0).numpy()


def test_blur_is_opencvs_for_each_crop(picture):
    sigmas = np.array([0.6, 1.3, 2.4])
    blurred = look.gaussian_blur(to_tensor(picture, 3), sigmas, send)
    for crop, sigma in zip(blurred, sigmas, strict=True):
        expected = cv2.GaussianBlur(picture, (0, 0), sigma).astype(float)
        assert np.abs(to_picture(crop) - expected).max() <= 2


def test_the_median_of_five_is_one():
    values = torch.from_numpy(np.random.default_rng(0).permuted(np.tile(np.arange(5), (500, 1)), axis=1))
    assert (look.median_of_five(*values.unbind(1)) == 2).all()


def test_median_blur_is_near_opencvs_and_takes_dots_away(picture):
    found = to_picture(look.median_blur(to_tensor(picture))[0])
    assert np.abs(found - cv2.medianBlur(picture, 5)).mean() < 3
    spotted = np.full((32, 32, 3), 90, np.uint8)
    spotted[4::7, 3::6] = 255
    assert (look.median_blur(to_tensor(spotted)) == 90).all()


def test_low_resolution_is_near_opencvs(picture):
    small = cv2.resize(picture, (40, 40), interpolation=cv2.INTER_AREA)
    expected = cv2.resize(small, (128, 128)).astype(float)
    assert np.abs(to_picture(look.lower_resolution(to_tensor(picture), 40)[0]) - expected).mean() < 2


def test_levels_change_as_by_a_table(picture):
    gains, gamma = np.array([1.2, 0.9, 1.0]), 1.15
    levels = np.linspace(0, 1, 256)[:, None] ** gamma * gains * 255
    expected = cv2.LUT(picture, np.clip(levels, 0, 255).astype(np.uint8)[None]).astype(float)
    found = look.change_levels(to_tensor(picture), send(gains[None]), send(np.array([gamma])))
    assert np.abs(to_picture(found[0]) - expected).max() <= 1


def test_occluders_cover_their_rectangle_alone():
    crops = torch.zeros(2, 3, 8, 8)
    boxes = torch.tensor([[1, 2, 4, 5], [0, 0, 8, 1]])
    covered = look.cover(crops, boxes, torch.tensor([[9.0, 8, 7], [1, 1, 1]]))
    assert covered[0, 0].sum() == 9 * 9 and (covered[0, :, 2:5, 1:4].flatten(1).unique(dim=1)).tolist() == [
        [9.0], [8.0], [7.0]
    ]  # fmt: skip
    assert covered[1, 0, 0].sum() == 8 and covered[1, 0, 1:].sum() == 0


def test_occluders_lie_within_the_crop():
    boxes, colours = look.occluders(500, 64, np.random.default_rng(0))
    assert boxes.min() >= 0 and boxes.max() <= 64 and (boxes[:, 2:] > boxes[:, :2]).all()
    assert colours.shape == (500, 3)


def test_nothing_drawn_changes_nothing(picture):
    crops = look.disturb_batch(to_tensor(picture, 3), NOTHING, np.random.default_rng(0), send)
    assert (crops - to_tensor(picture)).abs().max() <= 1  # a look-up table cuts fractions off


@pytest.mark.parametrize("name", ["low_resolution", "blur", "median", "grey", "noise", "occlude"])
def test_each_disturbance_works_alone(picture, name):
    crops = look.disturb_batch(
        to_tensor(picture, 2), Augmentation(**{**vars(NOTHING), name: 1.0}), np.random.default_rng(0), send
    )
    assert (crops != to_tensor(picture)).float().mean() > 0.01
    assert ((crops >= 0) & (crops <= 255) & (crops == crops.round())).all()
    if name == "grey":
        assert torch.equal(crops[:, 0], crops[:, 2])


def test_disturbed_crops_are_distributed_as_on_the_cpu(picture):
    """Mean level, contrast and sharpness over many draws have the same quantiles, roughly."""
    small, count, rng = cv2.resize(picture, (48, 48)), 500, np.random.default_rng(0)
    setting = Augmentation()
    first = np.stack([disturb(small.copy(), setting, rng) for _ in range(count)]).astype(float)
    second = look.disturb_batch(to_tensor(small, count), setting, np.random.default_rng(1), send)
    second = second.permute(0, 2, 3, 1).numpy().astype(float)

    def measure(crops: np.ndarray) -> np.ndarray:
        edges = np.abs(np.diff(crops, axis=2)).mean((1, 2, 3))
        colour = crops[..., 0].mean((1, 2)) - crops[..., 2].mean((1, 2))
        return np.stack([crops.mean((1, 2, 3)), crops.std((1, 2, 3)), edges, colour], axis=1)

    a, b = measure(first), measure(second)
    shares = np.linspace(0.1, 0.9, 9)
    gap = np.abs(np.quantile(a, shares, axis=0) - np.quantile(b, shares, axis=0)) / a.std(0)
    assert gap.max() < 0.35, gap.max(0)
