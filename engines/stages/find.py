"""Find: where each frame's faces are, from what was tracked or, where that fails, from the cascade."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engines.boxes import expected_points_box, face_boxes
from engines.errors import FacecastError
from engines.face import Frame, FrameResult
from engines.stages import align, track, turns
from engines.stages.detect import Detections, Detector
from engines.stages.frames import Frames
from engines.stages.landmarks import LandmarkReader
from engines.stages.reduce import choose_reduction
from engines.stages.track import Track
from engines.stream import Stream

# How often one face's landmarks may be read in a frame. On the development photographs the second read
# lowers the error of new faces from 3.75 to 3.55 %, the third (of the few that moved far) to 3.51 %.
MAX_READS = 3


@dataclass
class Candidate:
    """A place where a face is expected, and what was read there."""

    matrix: np.ndarray  # (2, 3) image -> crop
    score: float
    track: Track | None = None  # None: a new face
    points_px: np.ndarray | None = None  # (98, 2)
    confidence_01: np.ndarray | None = None  # (98,)
    appearance: np.ndarray | None = None  # (248,); stays None where the network has no such head
    small: bool = False  # whether it was read from a small crop

    @classmethod
    def of_track(cls, face: Track) -> Candidate:
        """Stand for a tracked face that has been read already."""
        return cls(face.matrix, face.score, face, face.points_px, small=face.small)


@dataclass
class Job:
    """One frame on its way through the pipeline."""

    stream: Stream
    frame: Frame
    image: np.ndarray  # (H, W, 3) uint8 RGB
    result: FrameResult
    candidates: list[Candidate] = field(default_factory=list)
    reduction: int = 1  # the picture's sides over the image's


def open_jobs(
    frames: Frames, batch: Sequence[tuple[Stream, Frame]], max_pixels: int
) -> list[Job | FacecastError]:
    """Decode a pass's frames. Returns: for each, in order, its job, or the error that its picture caused."""
    start = time.perf_counter()
    reductions = [choose_reduction(stream, frame) if frames.reduces else 1 for stream, frame in batch]
    images = frames.decode([frame for _, frame in batch], max_pixels, reductions)
    elapsed_ms = (time.perf_counter() - start) * 1e3
    outcomes = []
    for (stream, frame), image, reduction in zip(batch, images, reductions, strict=True):
        if isinstance(image, FacecastError):
            outcomes.append(image)
        else:
            size_hw = (image.shape[0] * reduction, image.shape[1] * reduction)
            result = FrameResult(size_hw, timings_ms={"decode": elapsed_ms})
            outcomes.append(Job(stream, frame, image, result, reduction=reduction))
    return outcomes


def check_tracks(detector: Detector, jobs: list[Job]) -> None:
    """Ask O-Net whether each tracked face is still there: one batch over all frames."""
    tracked = [job for job in jobs if job.stream.tracks.live]
    boxes = [face_boxes(np.stack([t.points_px for t in job.stream.tracks.live])) for job in tracked]
    checks = detector.check([job.image for job in tracked], boxes)
    kept = []
    for job, check in zip(tracked, checks, strict=True):
        for face, score in zip(job.stream.tracks.live, check.scores, strict=True):
            if score >= track.KEEP_SCORE:
                face.score, face.seen = float(score), True
                kept.append((job, face))
    for (job, face), matrix in zip(kept, track.next_crops([face for _, face in kept]), strict=True):
        job.candidates.append(Candidate(matrix, face.score, face))


def search(detector: Detector, jobs: list[Job]) -> list[Job]:
    """Run the full cascade on the frames that need it: somebody was lost, nobody is known, or it is time.

    Returns: frames of live streams for whose search it is time, but not before their answers are out.
    """
    due, later = turns.split(jobs)
    for job in due:
        job.stream.tracks.note_search(job.frame.time_s)
    for job, found in zip(due, detector.detect([job.image for job in due]), strict=True):
        merge(job, found)
    return later


def merge(job: Job, found: Detections) -> None:
    """Give found faces to the tracks they belong to, and make the rest candidates for new ones."""
    tracks = job.stream.tracks.live
    known = np.array([t.points_px for t in tracks]).reshape(-1, 98, 2)
    owners = track.match(face_boxes(known), found.boxes_xyxy_px)
    followed = {id(candidate.track) for candidate in job.candidates}
    order = np.argsort(-found.scores)
    for index in order:
        owner = tracks[owners[index]] if owners[index] >= 0 else None
        if owner is not None and id(owner) in followed:
            continue
        if len(job.candidates) >= job.stream.options.max_faces:
            break
        matrix = crop_of_detection(found.boxes_xyxy_px[index], found.five_points_px[index])
        # A face found again keeps its number, but its landmarks are read as those of a new one.
        job.candidates.append(Candidate(matrix, float(found.scores[index]), owner))


def crop_of_detection(box_xyxy_px: np.ndarray, five_points_px: np.ndarray) -> np.ndarray:
    """Place the first crop of a face: upright by its eyes, around where its 98 points should be.

    Shapes: (4,), (5, 2) -> (2, 3).
    """
    roll = align.roll_of_eyes(five_points_px[0], five_points_px[1])
    low, high = expected_points_box(box_xyxy_px)
    centre, side = (low + high) / 2, float((high - low).max())
    return align.crop_matrix(centre, side * align.CROP_MARGIN, roll)


def read_landmarks(reader: LandmarkReader, jobs: list[Job]) -> None:
    """Read the 98 points of every candidate not read yet, all in one batch, and move the tracks there.

    A new face, and one that has left the middle of its crop, is read again from a crop around the points
    just found.
    """
    images = [job.image for job in jobs]
    pending = [(owner, c) for owner, job in enumerate(jobs) for c in job.candidates if c.points_px is None]
    for attempt in range(MAX_READS):
        again = []
        matrices = np.array([candidate.matrix for _, candidate in pending]).reshape(-1, 2, 3)
        beside = [len(jobs[owner].candidates) for owner, _ in pending]
        were_small = [c.track is not None and c.track.small for _, c in pending]
        small = reader.choose_small(matrices, beside, were_small)
        found = reader.read_frames(images, matrices, [owner for owner, _ in pending], small)
        points = align.to_image(found.points, matrices)
        left = track.has_left_crop(matrices, points)
        for i, (owner, candidate) in enumerate(pending):
            candidate.points_px, candidate.small = points[i], bool(small[i])
            candidate.confidence_01 = found.confidence[i]
            candidate.appearance = None if found.appearance is None else found.appearance[i]
            new = candidate.track is None and attempt == 0
            if new or left[i]:
                again.append((owner, candidate))
        if not again or attempt == MAX_READS - 1:
            break
        for _, candidate in again:
            candidate.matrix = align.crop_from_points(candidate.points_px)
        pending = again
    for job in jobs:
        _update_tracks(job)


def _update_tracks(job: Job) -> None:
    """Move live tracks to their new points, begin new ones, end those without a candidate."""
    tracks = job.stream.tracks
    for candidate in job.candidates:
        if candidate.track is None:
            candidate.track = tracks.add(candidate.points_px, candidate.matrix, candidate.score)
        else:
            candidate.track.points_px = candidate.points_px
            candidate.track.matrix = candidate.matrix
            candidate.track.score = candidate.score
        candidate.track.small = candidate.small
    followed = sorted((c.track for c in job.candidates), key=lambda t: t.number)
    twins = track.twins(followed)
    tracks.live = [t for t in followed if t.number not in twins]
    job.candidates = [c for c in job.candidates if c.track.number not in twins]
    if not job.stream.options.track:
        tracks.live = []
