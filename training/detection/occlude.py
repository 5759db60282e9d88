"""Cover parts of a labelled face: sunglasses, a mask, a patch. The photographs hold few of them."""

from __future__ import annotations

import cv2
import numpy as np

from engines import landmark98

# One face in so many gets something in front of it.
SHARE = 0.22


def occlude(image: np.ndarray, points_px: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cover a part of the face in a copy of the image, or return the image as it is.

    Shapes: (H, W, 3) uint8, (98, 2) -> (H, W, 3) uint8.
    """
    if rng.random() > SHARE:
        return image
    kind = rng.random()
    if kind < 0.6:
        return wear_sunglasses(image, points_px, rng)
    return wear_mask(image, points_px, rng) if kind < 0.75 else hold_patch(image, points_px, rng)


def wear_sunglasses(image: np.ndarray, points_px: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw two lenses over the eyes with a bridge and arms, a reflection on some. Shapes as above."""
    right = points_px[landmark98.RIGHT_EYE].mean(axis=0)
    left = points_px[landmark98.LEFT_EYE].mean(axis=0)
    across = left - right
    distance = max(4.0, float(np.hypot(*across)))
    roll_deg = float(np.degrees(np.arctan2(across[1], across[0])))
    half = distance * np.array([rng.uniform(0.32, 0.45), rng.uniform(0.22, 0.38)])
    axes = tuple(int(v) for v in np.maximum(half, 1))
    colour = (int(rng.integers(0, 70)) + rng.integers(-15, 40, 3)).clip(0, 255).tolist()
    drawn = image.copy()
    drop = np.array([-across[1], across[0]]) * rng.uniform(-0.02, 0.12)
    thickness = max(1, int(distance * rng.uniform(0.04, 0.12)))
    ears = points_px[0], points_px[32]
    for eye, ear in zip((right + drop, left + drop), ears, strict=True):
        middle = tuple(int(v) for v in eye)
        cv2.ellipse(drawn, middle, axes, roll_deg, 0, 360, colour, -1)
        outer = tuple(int(v) for v in ear + 0.15 * (eye - ear))
        cv2.line(drawn, middle, outer, colour, thickness)
        if rng.random() < 0.4:
            glint = rng.integers(60, 230, 3).tolist()
            small = tuple(max(1, int(v * rng.uniform(0.2, 0.6))) for v in axes)
            spot = tuple(int(v) for v in eye - half * rng.uniform(-0.3, 0.4, 2))
            cv2.ellipse(drawn, spot, small, roll_deg, 0, 360, glint, -1)
    ends = [tuple(int(v) for v in eye + drop) for eye in (right, left)]
    cv2.line(drawn, *ends, colour, thickness)
    solid = float(rng.uniform(0.7, 1.0))
    return cv2.addWeighted(drawn, solid, image, 1 - solid, 0)


def wear_mask(image: np.ndarray, points_px: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cover nose, mouth and chin by one colour. Shapes as above."""
    outline = np.concatenate([points_px[5:28], points_px[[landmark98.NOSE_TIP]]])
    drawn = image.copy()
    hull = cv2.convexHull(np.rint(outline).astype(np.int32))
    cv2.fillConvexPoly(drawn, hull, rng.integers(0, 256, 3).tolist())
    return drawn


def hold_patch(image: np.ndarray, points_px: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Cover up to a third of the face's width or height by a piece of the same picture. Shapes as above."""
    low, high = points_px.min(axis=0), points_px.max(axis=0)
    size = np.maximum(((high - low) * rng.uniform(0.15, 0.45, 2)).astype(int), 1)
    height, width = image.shape[:2]
    size = np.minimum(size, (width - 1, height - 1))
    room = np.array([width, height]) - size
    to = np.clip(rng.uniform(low, np.maximum(high - size, low + 1)), 0, room).astype(int)
    source = rng.integers(0, room + 1)
    drawn = image.copy()
    drawn[to[1] : to[1] + size[1], to[0] : to[0] + size[0]] = image[
        source[1] : source[1] + size[1], source[0] : source[0] + size[0]
    ]
    return drawn
