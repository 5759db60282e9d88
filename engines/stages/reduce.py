"""Reduce: decode a JPEG at a half or a quarter of its size where every tracked face is larger than its crop.

The decoder then skips most of its work, and the crop samples what it would have averaged anyway. While a
reduced frame is worked on, its stream's tracks are told in its pixels; before and after, in the picture's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from engines.errors import FacecastError
from engines.face import Frame
from engines.stages.decode import read_header
from engines.stream import Stream

if TYPE_CHECKING:
    from engines.stages.find import Job

REDUCTIONS = (4, 2)  # what libjpeg does inside its inverse DCT, and OpenCV offers


def choose_reduction(stream: Stream, frame: Frame) -> int:
    """Tell by how much a frame's sides may shrink: 4, 2 or 1.

    A frame on which new faces are looked for stays whole, and so does one whose sides do not divide.
    """
    tracks, options = stream.tracks, stream.options
    if frame.format != "jpeg" or tracks.due_for_search(frame.time_s, options.max_faces, options.live):
        return 1
    # Crop pixels per picture pixel: where one is a half or less, every second pixel is enough.
    scale = max(float(np.hypot(*track.matrix[:, 0])) for track in tracks.live)
    fitting = [reduction for reduction in REDUCTIONS if scale * reduction <= 1]
    if not fitting:
        return 1
    try:
        _, width, height = read_header(frame.payload)
    except FacecastError:  # decoding will say it again, to the publisher
        return 1
    return next((r for r in fitting if width % r == 0 and height % r == 0), 1)


def points_to_reduced(points_px: np.ndarray, reduction: int) -> np.ndarray:
    """Tell picture pixels in those of the reduced picture, both from pixel centres. Shapes: any -> same."""
    return (points_px - (reduction - 1) / 2) / reduction


def points_to_full(points_px: np.ndarray, reduction: int) -> np.ndarray:
    """Undo `points_to_reduced`."""
    return points_px * reduction + (reduction - 1) / 2


def matrix_to_reduced(matrix: np.ndarray, reduction: int) -> np.ndarray:
    """Let an image -> crop matrix start from reduced pixels. Shapes: (2, 3) -> (2, 3)."""
    shift = matrix[:, 2] + matrix[:, :2].sum(axis=1) * (reduction - 1) / 2
    return np.column_stack([matrix[:, :2] * reduction, shift])


def matrix_to_full(matrix: np.ndarray, reduction: int) -> np.ndarray:
    """Undo `matrix_to_reduced`."""
    turn = matrix[:, :2] / reduction
    return np.column_stack([turn, matrix[:, 2] - turn.sum(axis=1) * (reduction - 1) / 2])


@contextmanager
def in_reduced_pixels(jobs: list[Job]) -> Iterator[None]:
    """Tell the tracks of reduced frames in their pixels, and what was found in the picture's afterwards."""
    reduced = [job for job in jobs if job.reduction > 1]
    for job in reduced:
        for track in job.stream.tracks.live:
            track.points_px = points_to_reduced(track.points_px, job.reduction)
            track.matrix = matrix_to_reduced(track.matrix, job.reduction)
    try:
        yield
    finally:
        for job in reduced:
            for candidate in job.candidates:
                if candidate.points_px is not None:
                    candidate.points_px = points_to_full(candidate.points_px, job.reduction)
            for track in job.stream.tracks.live:
                track.points_px = points_to_full(track.points_px, job.reduction)
                track.matrix = matrix_to_full(track.matrix, job.reduction)
