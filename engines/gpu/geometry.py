"""The tables that the crop kernels read, packed on the host: which frames there are, and what to cut.

The layouts are those of the structs in crops.cu; a test compares them with what a compiler makes of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engines.errors import ShapeError
from engines.stages import align

SOURCE = Path(__file__).with_name("crops.cu")
FRAME = np.dtype([("pixels", "u8"), ("height", "i4"), ("width", "i4"), ("pitch", "i4"), ("unused", "i4")])
CROP = np.dtype([("inverse", "f4", (6,)), ("frame", "i4"), ("halvings", "i4")])
BOX = np.dtype([("x0", "i4"), ("y0", "i4"), ("x1", "i4"), ("y1", "i4"), ("frame", "i4")])


def pack_frames(addresses: Sequence[int], sizes_hw: Sequence[tuple[int, int]], pitches: Sequence[int]):
    """Describe F frames of (H, W, 3) uint8 that lie in the device's memory. Returns: (F,) of FRAME."""
    table = np.zeros(len(addresses), FRAME)
    table["pixels"] = addresses
    table["height"], table["width"] = np.reshape(sizes_hw, (-1, 2)).T
    table["pitch"] = pitches
    return table


def pack_crops(
    matrices: Sequence[np.ndarray], owners: Sequence[int], sizes_hw: Sequence[tuple[int, int]]
) -> np.ndarray:
    """Describe N crops of F frames by their image -> crop matrices, as `align.warp` takes them.

    Shapes: N x (2, 3), N indices into the frames, F x (height, width) -> (N,) of CROP.
    Raises: ShapeError if an index names no frame.
    """
    owners = check_owners(owners, len(sizes_hw))
    table = np.zeros(len(owners), CROP)
    table["frame"] = owners
    if not len(owners):
        return table
    matrix = np.asarray(matrices, np.float64).reshape(-1, 2, 3)
    table["halvings"] = halvings = [
        align.count_halvings(m, sizes_hw[owner]) for m, owner in zip(matrix, owners, strict=True)
    ]
    # The halved frame's pixel u is at k u + (k - 1) / 2 of the frame, with k = 2^halvings.
    factor = 2.0 ** np.array(halvings)[:, None, None]
    linear, shift = matrix[:, :, :2], matrix[:, :, 2:]
    shift = shift + linear.sum(2, keepdims=True) * (factor - 1) / 2
    inverse = np.linalg.inv(linear * factor)
    table["inverse"] = np.concatenate([inverse, -inverse @ shift], axis=2).reshape(-1, 6)
    return table


def pack_boxes(boxes: np.ndarray, owners: Sequence[int], frame_count: int) -> np.ndarray:
    """Describe N whole-pixel boxes, as `boxes.crop_boxes` takes them.

    Shapes: (N, 4) int, N indices -> (N,) of BOX. Raises: ShapeError if an index names no frame.
    """
    table = np.zeros(len(boxes), BOX)
    table["frame"] = check_owners(owners, frame_count)
    for column, name in enumerate(("x0", "y0", "x1", "y1")):
        # A kernel's whole numbers have 32 bits; a box so far outside shows nothing in any case.
        table[name] = np.clip(np.asarray(boxes).reshape(-1, 4)[:, column], -(2**29), 2**29)
    return table


def check_owners(owners: Sequence[int], frame_count: int) -> np.ndarray:
    """Return the indices as an array: on a device, a wrong one would read foreign memory.

    Raises: ShapeError if an index names no frame.
    """
    owners = np.asarray(owners, np.int64).reshape(-1)
    if len(owners) and (owners.min() < 0 or owners.max() >= frame_count):
        raise ShapeError(f"expected indices of {frame_count} frames, got {owners.min()}..{owners.max()}")
    return owners
