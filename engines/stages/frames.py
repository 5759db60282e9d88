"""Frames: where a pass's pictures are, and how faces are cut out of them. Here all of it is on the CPU.

engines/gpu/frames.py does the same on a GPU; the stages ask either for crops and hand those to a session.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Protocol

import cv2
import numpy as np

from engines import boxes as bx
from engines.errors import FacecastError
from engines.face import Frame
from engines.stages import align
from engines.stages.decode import decode_frame

MAX_THREADS = 8  # as many as keep up with any GPU without crowding out the sockets
# Crops from which on threads share the work: one takes 0.13 ms, waking a thread about as much.
MANY_CROPS = 4


class Frames(Protocol):
    """The pictures of one pass. `Image` and `Crops` are arrays, or stand for arrays on a device."""

    reduces: bool  # whether JPEGs may be decoded at a part of their size
    lasting: bool  # whether a picture is still there after the next pass

    def decode(
        self, frames: Sequence[Frame], max_pixels: int, reductions: Sequence[int] = ()
    ) -> list[np.ndarray | FacecastError]:
        """Begin a pass: decode its frames; a frame that cannot be decoded becomes its error.

        `reductions` tells, where `reduces`, by how much each frame's sides are divided (stages/reduce.py).
        """
        ...

    def warp(
        self, images: Sequence[np.ndarray], matrices: Sequence[np.ndarray], owners: Sequence[int], size: int
    ) -> np.ndarray:
        """Cut upright crops by their image -> crop matrices; see `align.warp`.

        Shapes: F x (H, W, 3), N x (2, 3), N indices into `images` -> (N, size, size, 3) uint8.
        """
        ...

    def cut_boxes(
        self, images: Sequence[np.ndarray], boxes: np.ndarray, owners: Sequence[int], size: int
    ) -> np.ndarray:
        """Cut whole-pixel boxes; see `boxes.crop_boxes`.

        Shapes: F x (H, W, 3), (N, 4) int, N indices into `images` -> (N, size, size, 3) uint8.
        """
        ...

    def shrink(self, images: Sequence[np.ndarray], size_hw: tuple[int, int]) -> np.ndarray:
        """Shrink whole images by area, or a batch that this gave.

        Shapes: N x (H, W, 3) -> (N, height, width, 3) uint8.
        """
        ...

    def close(self) -> None:
        """Release what a device holds."""
        ...


class Decoders:
    """Decodes the pictures of one pass side by side: OpenCV lets go of Python's lock meanwhile."""

    def __init__(self, cores: int | None = None) -> None:
        """Take the number of cores, by default the machine's."""
        self.threads = min(cores or os.cpu_count() or 1, MAX_THREADS)
        self._pool = ThreadPoolExecutor(self.threads, "decode")  # starts its threads when there is work

    def decode(
        self, frames: Sequence[Frame], max_pixels: int, reductions: Sequence[int] = ()
    ) -> list[np.ndarray | FacecastError]:
        """Decode every frame; one that cannot be decoded becomes its error."""
        reductions = reductions or [1] * len(frames)
        limits = [max_pixels] * len(frames)
        if len(frames) < 2 or self.threads < 2:
            return list(map(try_decode, frames, limits, reductions))
        return list(self._pool.map(try_decode, frames, limits, reductions))

    def share(self, work: Callable[[Sequence[int]], None], count: int) -> None:
        """Let threads work on rows 0 to `count` - 1, this one among them. Raises: what the work does."""
        shares = [range(first, count, self.threads) for first in range(min(self.threads, count))]
        others = [self._pool.submit(work, rows) for rows in shares[1:]]
        try:
            work(shares[0])
        finally:
            wait(others)  # none may write into what its caller has given up
        for other in others:
            other.result()

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()


class CpuFrames:
    """Pictures as arrays, cut by OpenCV."""

    reduces = True
    lasting = True

    def __init__(self) -> None:
        """Take OpenCV's own threads from it, in the whole process.

        They go on spinning when their work is done, and take cores from the network that comes next: 0.6 ms
        of CPU time for a conversion of 330 x 330 pixels, which takes 0.03 ms without them.
        """
        cv2.setNumThreads(1)
        self._decoders = Decoders()

    def decode(
        self, frames: Sequence[Frame], max_pixels: int, reductions: Sequence[int] = ()
    ) -> list[np.ndarray | FacecastError]:
        return self._decoders.decode(frames, max_pixels, reductions)

    def warp(self, images, matrices, owners, size: int) -> np.ndarray:
        crops = np.empty((len(owners), size, size, 3), np.uint8)

        def cut(rows: Sequence[int]) -> None:
            for row in rows:
                crops[row] = align.warp(images[owners[row]], matrices[row], size)

        if len(owners) < MANY_CROPS:
            cut(range(len(owners)))
        else:
            self._decoders.share(cut, len(owners))
        return crops

    def cut_boxes(self, images, boxes: np.ndarray, owners, size: int) -> np.ndarray:
        crops = np.empty((len(boxes), size, size, 3), np.uint8)
        for owner in np.unique(owners):
            rows = np.asarray(owners) == owner
            crops[rows] = bx.crop_boxes(images[owner], boxes[rows], size)
        return crops

    def shrink(self, images, size_hw: tuple[int, int]) -> np.ndarray:
        batch = np.empty((len(images), *size_hw, 3), np.uint8)
        for image, smaller in zip(images, batch, strict=True):
            cv2.resize(image, size_hw[::-1], dst=smaller, interpolation=cv2.INTER_AREA)
        return batch

    def close(self) -> None:
        self._decoders.close()


def try_decode(frame: Frame, max_pixels: int, reduction: int = 1) -> np.ndarray | FacecastError:
    """Decode one frame, or return why it cannot be."""
    try:
        return decode_frame(frame, max_pixels, reduction)
    except FacecastError as error:
        return error
