"""Looks: what cameras and picture editors do to light, colour and sharpness; the geometry stays.

Shapes everywhere: (H, W, 3) uint8 RGB -> the same.
"""

from __future__ import annotations

import cv2
import numpy as np

from training.landmarks.augment import Augmentation, disturb

LOOK = Augmentation(noise=0.2, blur=0.2, occlude=0.0, low_resolution=0.0, grey=0.1, gain=0.35)
# One picture in so many gets each of these on top.
LOCAL_CONTRAST, SHARP, CONTRAST, DARK = 0.15, 0.12, 0.12, 0.12


def look(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a look: that of a camera, sometimes edited for drama, one in eight very dark."""
    image = disturb(np.ascontiguousarray(image), LOOK, rng)
    if rng.random() < LOCAL_CONTRAST:
        image = raise_local_contrast(image, float(rng.uniform(1.5, 9)), int(rng.integers(2, 9)))
    if rng.random() < SHARP:
        image = sharpen(image, float(rng.uniform(0.5, 3)), float(rng.uniform(0.005, 0.03)))
    if rng.random() < CONTRAST:
        image = stretch_contrast(image, float(rng.uniform(1.2, 2.2)), float(rng.uniform(90, 165)))
    if rng.random() < DARK:
        image = cv2.convertScaleAbs(image, alpha=float(rng.uniform(0.15, 0.6)))
    return image


def raise_local_contrast(image: np.ndarray, limit: float, tiles: int = 4) -> np.ndarray:
    """Equalise the light tile by tile (CLAHE), as photographs processed for drama are."""
    light, *colour = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
    light = cv2.createCLAHE(limit, (tiles, tiles)).apply(light)
    return cv2.cvtColor(cv2.merge([light, *colour]), cv2.COLOR_YCrCb2RGB)


def sharpen(image: np.ndarray, amount: float, radius: float) -> np.ndarray:
    """Add what a blur takes away (unsharp mask); the radius is a fraction of the shorter side."""
    sigma = max(0.6, radius * min(image.shape[:2]))
    return cv2.addWeighted(image, 1 + amount, cv2.GaussianBlur(image, (0, 0), sigma), -amount, 0)


def stretch_contrast(image: np.ndarray, factor: float, middle: float) -> np.ndarray:
    """Spread the levels around a middle one; the ends are cut to black and white."""
    levels = (np.arange(256) - middle) * factor + middle
    return cv2.LUT(image, np.clip(levels, 0, 255).astype(np.uint8))
