"""Box maths of the detector, shared by serving and training.

A box is x0, y0, x1, y1 in pixels measured at pixel edges: pixel i covers i..i+1, so a whole image is
(0, 0, width, height). Points elsewhere in Facecast count from pixel centres, half a pixel less.
"""

from __future__ import annotations

import cv2
import numpy as np

from engines.errors import ShapeError

EDGE_TO_CENTRE = -0.5  # a coordinate measured at pixel edges, told from pixel centres

# From the landmarks' bounding box to the face box, in fractions of that box's width and height,
# outward: left, top, right, bottom. Medians over 10,385 photographs against the boxes of the original
# MTCNN (which include the forehead), made symmetric.
FACE_MARGINS = (-0.014, 0.338, -0.014, -0.023)


def face_boxes(points_px: np.ndarray) -> np.ndarray:
    """Derive the face box from 98 landmarks: the box that the detector is taught to find.

    Shapes: (N, K, 2) pixel centres -> (N, 4) pixel edges.
    """
    axes = np.ascontiguousarray(points_px.swapaxes(1, 2))  # (N, 2, K): NumPy is slow along a middle axis
    low, high = axes.min(axis=2), axes.max(axis=2)
    width_height = high - low
    left, top, right, bottom = FACE_MARGINS
    low = low - width_height * (left, top)
    high = high + width_height * (right, bottom)
    return np.concatenate([low, high], axis=1) - EDGE_TO_CENTRE


def expected_points_box(box_xyxy_px: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Undo `face_boxes`: tell from a face box where the 98 landmarks should lie.

    Shapes: (4,) pixel edges -> lowest and highest corner (2,), (2,), pixel centres.
    """
    left, top, right, bottom = FACE_MARGINS
    low, high = box_xyxy_px[:2] + EDGE_TO_CENTRE, box_xyxy_px[2:] + EDGE_TO_CENTRE
    size = (high - low) / (1 + left + right, 1 + top + bottom)
    return low + size * (left, top), high - size * (right, bottom)


def require_boxes(boxes: np.ndarray) -> np.ndarray:
    """Return boxes as (N, 4) float32. Raises: ShapeError if they are anything else."""
    array = np.asarray(boxes, dtype=np.float32)
    if array.size == 0:
        return array.reshape(0, 4)
    if array.ndim != 2 or array.shape[1] != 4:
        raise ShapeError(f"expected boxes of shape (N, 4), got {array.shape}")
    return array


def intersections(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Area that each box of one list shares with each of another. Shapes: (N, 4), (M, 4) -> (N, M)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.clip(high - low, 0, None).prod(axis=-1)


def areas(boxes: np.ndarray) -> np.ndarray:
    """Area of each box. Shapes: (N, 4) -> (N,)."""
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def iou(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Intersection over union, each against each. Shapes: (N, 4), (M, 4) -> (N, M), 0..1."""
    shared = intersections(first, second)
    union = areas(first)[:, None] + areas(second)[None] - shared
    return shared / np.maximum(union, 1e-9)


def square_boxes(boxes: np.ndarray) -> np.ndarray:
    """Grow each box to a square around the same centre.

    Shapes: (N, 4) -> (N, 4) float32; may leave the image.
    Source: MTCNN (Zhang et al. 2016), between the cascade's stages.
    """
    boxes = require_boxes(boxes)
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def regress_boxes(boxes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Move each corner by its offset, told in fractions of the box's width and height.

    Shapes: (N, 4), (N, 4) -> (N, 4).
    """
    width_height = boxes[:, 2:] - boxes[:, :2]
    return boxes + offsets * np.tile(width_height, 2)


def regression_targets(boxes: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return the offsets that `regress_boxes` needs to turn boxes into the truth. Shapes as there."""
    return (truth - boxes) / np.tile(boxes[:, 2:] - boxes[:, :2], 2)


def nms(boxes: np.ndarray, scores: np.ndarray, groups: np.ndarray, threshold: float) -> np.ndarray:
    """Non-maximum suppression by IoU within each group; groups do not touch one another.

    Shapes: (N, 4), (N,), (N,) whole numbers -> (M,) kept indices, in ascending order.
    """
    if len(boxes) == 0:
        return np.zeros(0, dtype=np.int64)
    corners_sizes = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(
        corners_sizes.astype(np.float64),
        scores.astype(np.float32),
        groups.astype(np.int32),
        0.0,
        float(threshold),
    )
    return np.sort(np.asarray(kept, dtype=np.int64).ravel())


def drop_nested(boxes: np.ndarray, scores: np.ndarray, threshold: float) -> np.ndarray:
    """Non-maximum suppression by intersection over the smaller box: a box inside a better one goes.

    Shapes: (N, 4), (N,) -> (M,) kept indices, best first. Source: MTCNN's last stage ("Min").
    """
    smaller = np.minimum(areas(boxes)[:, None], areas(boxes)[None])
    overlap = intersections(boxes, boxes) / np.maximum(smaller, 1e-9)
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        if not kept or overlap[index, kept].max() <= threshold:
            kept.append(int(index))
    return np.array(kept, dtype=np.int64)


def round_boxes(boxes: np.ndarray) -> np.ndarray:
    """Round boxes to whole pixels of at least one pixel a side. Shapes: (N, 4) -> (N, 4) int64."""
    whole = np.rint(boxes).astype(np.int64)
    whole[:, 2:] = np.maximum(whole[:, 2:], whole[:, :2] + 1)
    return whole


def crop_boxes(image: np.ndarray, boxes: np.ndarray, size: int) -> np.ndarray:
    """Cut whole-pixel boxes out of an image and scale each to a square; outside the image is black.

    Shapes: (H, W, 3) uint8, (N, 4) int -> (N, size, size, 3) uint8.
    """
    height, width = image.shape[:2]
    crops = np.zeros((len(boxes), size, size, 3), dtype=np.uint8)
    for crop, (x0, y0, x1, y1) in zip(crops, boxes.tolist(), strict=True):
        left, top, right, bottom = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
        if left >= right or top >= bottom:
            continue
        part = image[top:bottom, left:right]
        if (left, top, right, bottom) != (x0, y0, x1, y1):
            part = cv2.copyMakeBorder(part, top - y0, y1 - bottom, left - x0, x1 - right, cv2.BORDER_CONSTANT)
        shrinks = (x1 - x0) > size
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        cv2.resize(part, (size, size), dst=crop, interpolation=method)
    return crops
