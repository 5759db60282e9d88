"""Align: turn a face of an image into an upright square crop, and points of the crop back.

A crop is a similarity transform (rotation, one scale, shift), kept as the (2, 3) matrix that maps
image pixels to crop pixels. Pixel centres have whole coordinates, as in OpenCV.
"""

from __future__ import annotations

from math import ceil, floor

import cv2
import numpy as np

from engines import landmark98

CROP_SIZE = 256  # pixels, HRNetV2-W18's input (MTHR-Face, section 5.2)
# The crop's side over the longer side of the points' upright bounding box. Chosen with the
# training recipe, which jitters it by 0.85..1.2.
CROP_MARGIN = 1.25


def upright_square(
    points_px: np.ndarray, roll_rad: float | np.ndarray
) -> tuple[np.ndarray, float | np.ndarray]:
    """Return the centre and side of the square that bounds points after undoing a roll.

    Shapes: (..., K, 2), (...) -> (..., 2), (...); image pixels. The side carries no margin.
    """
    roll = np.asarray(roll_rad, np.float64)
    cos, sin = np.cos(roll), np.sin(roll)
    x, y = points_px[..., 0], points_px[..., 1]
    turned_x = x * cos[..., None] + y * sin[..., None]  # (..., K), upright
    turned_y = y * cos[..., None] - x * sin[..., None]
    left, right = turned_x.min(axis=-1), turned_x.max(axis=-1)
    top, bottom = turned_y.min(axis=-1), turned_y.max(axis=-1)
    across, down = (left + right) / 2, (top + bottom) / 2
    centre = np.stack([across * cos - down * sin, across * sin + down * cos], axis=-1)
    return centre, np.maximum(right - left, bottom - top)


def roll_of_eyes(right_eye_px: np.ndarray, left_eye_px: np.ndarray) -> float | np.ndarray:
    """Measure the in-plane roll in radians from the eye centres; 0 when they are level.

    Shapes: (..., 2), (..., 2) -> (...).
    """
    apart = np.asarray(left_eye_px, dtype=np.float64) - right_eye_px
    return np.arctan2(apart[..., 1], apart[..., 0])


def crop_matrix(
    centre_px: np.ndarray, side_px: float | np.ndarray, roll_rad: float | np.ndarray, size: int = CROP_SIZE
) -> np.ndarray:
    """Build the image -> crop similarity for a square around a centre.

    Shapes: (..., 2), (...), (...) -> (..., 2, 3) float64.
    """
    scale = size / np.maximum(side_px, 1e-6)
    cos, sin = scale * np.cos(roll_rad), scale * np.sin(roll_rad)
    centre = np.asarray(centre_px, dtype=np.float64)
    x, y, middle = centre[..., 0], centre[..., 1], (size - 1) / 2
    matrix = np.empty((*centre.shape[:-1], 2, 3))
    matrix[..., 0, 0], matrix[..., 0, 1], matrix[..., 0, 2] = cos, sin, middle - (cos * x + sin * y)
    matrix[..., 1, 0], matrix[..., 1, 1], matrix[..., 1, 2] = -sin, cos, middle - (cos * y - sin * x)
    return matrix


def crop_from_points(points_px: np.ndarray, size: int = CROP_SIZE) -> np.ndarray:
    """Place crops around 98 known points, upright by the eye line.

    Shapes: (..., 98, 2) -> (..., 2, 3).
    """
    roll = roll_of_eyes(
        points_px[..., landmark98.RIGHT_EYE, :].mean(axis=-2),
        points_px[..., landmark98.LEFT_EYE, :].mean(axis=-2),
    )
    centre, side = upright_square(points_px, roll)
    return crop_matrix(centre, side * CROP_MARGIN, roll, size)


def resize_crops(matrices: np.ndarray, size: int) -> np.ndarray:
    """Let image -> crop matrices lead to crops of another size that show the same. Shapes: (..., 2, 3)."""
    scale = size / CROP_SIZE
    resized = np.asarray(matrices, np.float64) * scale
    resized[..., 2] += (scale - 1) / 2  # from outer edge to outer edge, counted from pixel centres
    return resized


def count_halvings(matrix: np.ndarray, size_hw: tuple[int, int]) -> int:
    """Count how often an image is halved before a crop is cut out of it.

    Bilinear sampling skips pixels beyond 2:1; halving by area first avoids the aliasing.
    """
    scale, side, count = float(np.hypot(matrix[0, 0], matrix[1, 0])), min(size_hw), 0
    while scale < 0.5 and side > 2:
        scale, side, count = scale * 2, side // 2, count + 1
    return count


def warp(image: np.ndarray, matrix: np.ndarray, size: int = CROP_SIZE) -> np.ndarray:
    """Cut one crop out of an image; outside the image the crop is black.

    Shapes: (H, W, 3) uint8, (2, 3) -> (size, size, 3) uint8.
    """
    halvings = count_halvings(matrix, image.shape[:2])
    left, top, right, bottom = seen_part(matrix, size, image.shape[:2], 1 << halvings)
    image, matrix = image[top:bottom, left:right], matrix.astype(np.float64)
    matrix[:, 2] += matrix[:, 0] * left + matrix[:, 1] * top
    for _ in range(halvings):
        height, width = image.shape[0] // 2, image.shape[1] // 2
        # Without an odd last row or column: otherwise the halved pixels would be a little wider than two.
        whole = image[: height * 2, : width * 2]
        image = cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA)
        # A halved image's pixel u covers the original's 2u and 2u + 1: x = 2u + 0.5.
        matrix = np.column_stack([matrix[:, :2] * 2, matrix[:, 2] + matrix[:, :2].sum(1) * 0.5])
    # OpenCV takes half the time for four channels that it takes for three.
    padded = cv2.cvtColor(image, cv2.COLOR_RGB2RGBA)
    crop = cv2.warpAffine(padded, matrix, (size, size), flags=cv2.INTER_LINEAR)
    return cv2.cvtColor(crop, cv2.COLOR_RGBA2RGB)


def seen_part(
    matrix: np.ndarray, size: int, size_hw: tuple[int, int], step: int
) -> tuple[int, int, int, int]:
    """Bound the part of an image that a crop samples; it begins and ends at multiples of a step, or the edge.

    Returns: left, top, right, bottom in pixels; at least two steps wide where the image is, seen or not.
    """
    (cos, sin, x), (_, _, y) = matrix.tolist()
    squared, middle = cos * cos + sin * sin, (size - 1) / 2
    x, y = middle - x, middle - y
    centre = (cos * x - sin * y) / squared, (sin * x + cos * y) / squared
    reach = size / 2 * (abs(cos) + abs(sin)) / squared
    edges = []
    for place, length in zip(centre, size_hw[::-1], strict=True):
        # Two steps more on either side: a halved pixel's neighbours, and rounding.
        # The limits come first in each comparison, so that what is not a number ends at one of them.
        first = floor(min(max(0, length // step - 2), max(0, (place - reach) / step - 2)))
        last = ceil(max(first + 2, min(length // step + 1, (place + reach) / step + 2)))
        edges.append((first * step, min(last * step, length)))
    (left, right), (top, bottom) = edges
    return left, top, right, bottom


def to_crop(points_px: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Map points from the image to the crop. Shapes: (..., K, 2), (..., 2, 3) -> (..., K, 2)."""
    return points_px @ np.swapaxes(matrix[..., :2], -1, -2) + matrix[..., None, :, 2]


def to_image(points_crop_px: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Map points from the crop back to the image. Shapes: (..., K, 2), (..., 2, 3) -> (..., K, 2)."""
    turn = matrix[..., :2]  # its inverse is its transpose over the squared scale, since it is a similarity
    squared = (turn[..., :1, :] ** 2).sum(axis=-1, keepdims=True)
    return (points_crop_px - matrix[..., None, :, 2]) @ turn / squared
