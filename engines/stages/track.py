"""Track: keep faces' identities from frame to frame, and say where to look next.

While a face is tracked its next crop comes from its last landmarks; the O-Net alone checks that a face
is still there. The full cascade runs for new faces and after a loss (the way published for Roblox's
face tracking; it saves most of the detector's time).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engines.boxes import face_boxes, iou
from engines.stages import align

if TYPE_CHECKING:
    from engines.stages.pose import HeadFit

# O-Net's probability below which a tracked face counts as gone. Lower than for a new face: there is
# already evidence that somebody is there.
KEEP_SCORE = 0.5
# Boxes that overlap more are the same face.
SAME_FACE_IOU = 0.3
# Two tracks that overlap more have met on one face.
TWIN_IOU = 0.6
# How often the full cascade looks for people who came in, in seconds of the publisher's time.
SEARCH_EVERY_S = 1.0
# The same of a live stream, which is searched between passes (stages/turns.py): the rest of the second is for
# those whose turn comes first, and for the passes that come between.
SEARCH_LIVE_S = 0.8
# The crop stays where it is while the points' square moves less than this share of its side, or grows
# less than this share: a still crop gives still landmarks.
STILL_SHIFT, STILL_SCALE, STILL_ROLL_RAD = 0.02, 0.04, 0.03
# Beyond this share the face has left the middle of its crop, and the landmarks are read a second time.
MOVED_SHIFT, MOVED_SCALE, MOVED_ROLL_RAD = 0.10, 0.15, 0.25


@dataclass
class Track:
    """One face that is being followed."""

    number: int
    points_px: np.ndarray  # (98, 2) the last landmarks, unsmoothed
    matrix: np.ndarray  # (2, 3) the last crop
    score: float
    # False: found between two passes and not seen in a frame since. It may have been a false alarm, or have
    # moved on; when it is not there, nobody is lost.
    seen: bool = True
    small: bool = False  # whether its last crop was a small one (stages/landmarks.py)
    pose: HeadFit | None = None  # the last fit of its head, from which the next one starts


@dataclass
class Tracks:
    """All faces of one publisher."""

    live: list[Track] = field(default_factory=list)
    next_number: int = 1
    last_search_s: float = -np.inf
    waits: int = 0  # passes in which a search was due and another stream's came first

    def due_for_search(self, time_s: float, max_faces: int, live: bool = False) -> bool:
        """Tell whether the full cascade is to run on this frame, or may run on it if its stream is live."""
        if not self.live or time_s < self.last_search_s:  # nobody there, or the clock was set back
            return True
        every_s = SEARCH_LIVE_S if live else SEARCH_EVERY_S
        return len(self.live) < max_faces and time_s - self.last_search_s >= every_s

    def note_search(self, time_s: float) -> None:
        """Learn that the full cascade runs on this frame."""
        self.last_search_s, self.waits = time_s, 0

    def add(self, points_px: np.ndarray, matrix: np.ndarray, score: float) -> Track:
        """Begin to follow a face under a number never used before."""
        track = Track(self.next_number, points_px, matrix, score)
        self.next_number += 1
        self.live.append(track)
        return track


def match(track_boxes: np.ndarray, found_boxes: np.ndarray) -> list[int]:
    """Assign found boxes to tracks greedily by overlap, best pair first.

    Shapes: (T, 4), (N, 4) -> for each found box the track's index, or -1 for a new face.
    """
    owner = [-1] * len(found_boxes)
    if not len(track_boxes) or not len(found_boxes):
        return owner
    overlaps = iou(track_boxes, found_boxes)  # (T, N)
    while overlaps.max() > SAME_FACE_IOU:
        track, found = np.unravel_index(int(overlaps.argmax()), overlaps.shape)
        owner[found] = int(track)
        overlaps[track] = overlaps[:, found] = -1
    return owner


def twins(tracks: list[Track]) -> set[int]:
    """Return the numbers of tracks that follow a face which an older track follows already."""
    if len(tracks) < 2:
        return set()
    boxes = face_boxes(np.stack([track.points_px for track in tracks]))
    overlaps = iou(boxes, boxes)
    found: set[int] = set()
    for index, track in enumerate(tracks):
        older = [i for i in range(index) if tracks[i].number not in found]
        if older and overlaps[index, older].max() > TWIN_IOU:
            found.add(track.number)
    return found


def crop_change(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Measure how far crops are from others.

    Shapes: (..., 2, 3), same -> (...) shift as a share of the side, |log| of the scale ratio, roll (radians).
    """
    middle = np.full((1, 2), (align.CROP_SIZE - 1) / 2)
    moved = align.to_crop(align.to_image(middle, after), before)[..., 0, :] - middle[0]
    shift = np.hypot(moved[..., 0], moved[..., 1]) / align.CROP_SIZE
    ax, ay, bx, by = before[..., 0, 0], before[..., 1, 0], after[..., 0, 0], after[..., 1, 0]
    scale = np.abs(np.log(np.hypot(bx, by) / np.hypot(ax, ay)))
    roll = np.abs(np.arctan2(ax * by - ay * bx, ax * bx + ay * by))
    return shift, scale, roll


def has_left_crop(used: np.ndarray, points_px: np.ndarray) -> np.ndarray:
    """Tell whether points read from a crop lie so far off its middle that it must be cut again.

    Shapes: (..., 2, 3), (..., 98, 2) -> (...) bool.
    """
    shift, scale, roll = crop_change(used, align.crop_from_points(points_px))
    return (shift > MOVED_SHIFT) | (scale > MOVED_SCALE) | (roll > MOVED_ROLL_RAD)


def next_crops(tracks: Sequence[Track]) -> list[np.ndarray]:
    """Place tracked faces' next crops: around their last points, or where they were if those hardly moved."""
    if not tracks:
        return []
    wanted = align.crop_from_points(np.array([track.points_px for track in tracks]))
    shift, scale, roll = crop_change(np.array([track.matrix for track in tracks]), wanted)
    still = (shift < STILL_SHIFT) & (scale < STILL_SCALE) & (roll < STILL_ROLL_RAD)
    return [
        track.matrix if keep else matrix for track, keep, matrix in zip(tracks, still, wanted, strict=True)
    ]
