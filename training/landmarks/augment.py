"""Turn a labelled photograph into a training crop: place, rotate, mirror, disturb.

MTHR-Face, section 5.2: random flips, rotation within 30 degrees, Gaussian noise, median blur and
colour changes. Added here: gain, blur, grey, and an occluding patch, which a camera meets too.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engines import landmark98
from engines.stages import align


@dataclass(frozen=True)
class Augmentation:
    """How strongly to disturb; angles in degrees, the rest as fractions or probabilities.

    `label_offset` is a habit of the labels, not a disturbance: how far they lie to the right of what they
    mark, as a fraction of the face's upright square. A mirrored picture's labels would lie to its right,
    too, so the offset is not mirrored with the points (`training.landmarks.offset` measures it).
    """

    scale_low: float = 0.85
    scale_high: float = 1.2
    shift: float = 0.03
    rotation_sigma_deg: float = 12.0
    rotation_limit_deg: float = 30.0
    flip: float = 0.5
    gain: float = 0.25
    colour: float = 0.12
    blur: float = 0.15
    median: float = 0.05
    noise: float = 0.25
    grey: float = 0.08
    occlude: float = 0.25
    low_resolution: float = 0.1
    label_offset: float = 0.0


def random_crop(
    image: np.ndarray,
    points_px: np.ndarray,
    setting: Augmentation,
    rng: np.random.Generator,
    size: int = align.CROP_SIZE,
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Cut and disturb one crop.

    The first 98 points place it. What follows them are the mesh's points in the same order; they have no
    label offset.

    Shapes: (H, W, 3) uint8 RGB, (98 or 196, 2) -> (size, size, 3) uint8, the points in crop pixels, whether
    mirrored.
    """
    labels = points_px[: landmark98.COUNT]
    roll = align.roll_of_eyes(
        labels[landmark98.RIGHT_EYE].mean(axis=0), labels[landmark98.LEFT_EYE].mean(axis=0)
    )
    centre, side = align.upright_square(labels, roll)
    offset_px = np.zeros((len(points_px), 2))
    offset_px[: landmark98.COUNT, 0] = setting.label_offset * side
    side *= align.CROP_MARGIN * rng.uniform(setting.scale_low, setting.scale_high)
    centre = centre + rng.normal(0, setting.shift, 2) * side
    limit = setting.rotation_limit_deg
    if rng.random() < 0.5:
        angle = np.clip(rng.normal(0, setting.rotation_sigma_deg), -limit, limit)
    else:
        angle = rng.uniform(-limit, limit)
    matrix = align.crop_matrix(centre, side, roll + np.deg2rad(angle), size)
    crop = align.warp(image, matrix, size)
    points = align.to_crop(points_px - offset_px, matrix)
    mirrored = bool(rng.random() < setting.flip)
    if mirrored:
        crop = crop[:, ::-1]
        points = points[flip_order(len(points))] * (-1, 1) + (size - 1, 0)
    points += offset_px * size / side
    return disturb(np.ascontiguousarray(crop), setting, rng), points.astype(np.float32), mirrored


def flip_order(count: int) -> np.ndarray:
    """Tell which point each one takes in a mirrored picture: 98, or the mesh's after them. -> (count,)"""
    starts = range(0, count, landmark98.COUNT)
    return np.concatenate([np.asarray(landmark98.FLIP) + start for start in starts])


def disturb(crop: np.ndarray, setting: Augmentation, rng: np.random.Generator) -> np.ndarray:
    """Change a crop's look but not its geometry. Shapes: (S, S, 3) uint8 -> same."""
    size = crop.shape[0]
    if rng.random() < setting.low_resolution:
        small = int(size / rng.uniform(2, 5))
        crop = cv2.resize(cv2.resize(crop, (small, small), interpolation=cv2.INTER_AREA), (size, size))
    if rng.random() < setting.blur:
        crop = cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.5, 2.5) * size / 256)
    if rng.random() < setting.median:
        crop = cv2.medianBlur(crop, 5)
    if rng.random() < setting.grey:
        crop = cv2.cvtColor(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    # Gain, per-channel gain and contrast in one look-up table per channel.
    gain = 1 + rng.uniform(-setting.gain, setting.gain)
    gains = gain * (1 + rng.uniform(-setting.colour, setting.colour, 3))
    gamma = np.exp(rng.uniform(-setting.gain, setting.gain))
    levels = np.linspace(0, 1, 256)[:, None] ** gamma * gains * 255
    crop = cv2.LUT(crop, np.clip(levels, 0, 255).astype(np.uint8)[None])
    if rng.random() < setting.noise:
        noise = np.empty(crop.shape, np.int16)
        sigma = rng.uniform(2, 14)
        cv2.setRNGSeed(int(rng.integers(2**31)))
        cv2.randn(noise, 0, sigma)
        crop = np.clip(crop.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    if rng.random() < setting.occlude:
        width, height = (rng.uniform(0.1, 0.4, 2) * size).astype(int)
        x, y = int(rng.integers(0, size - width)), int(rng.integers(0, size - height))
        crop[y : y + height, x : x + width] = rng.integers(0, 256, 3)
    return crop
