"""Newcomers: who came into a live stream is looked for when the answers of a pass are out, in small steps.

Between two steps the frames that have come meanwhile go first. A newcomer is tracked from then on, and
reported with the next frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engines.stages import find, turns
from engines.stages.detect import Detector
from engines.stages.landmarks import LandmarkReader


class Newcomers:
    """The searches that wait. Used by the pipeline's thread alone, like the streams that it works on."""

    def __init__(self, detector: Detector, reader: LandmarkReader, lasting: bool) -> None:
        """`lasting` tells whether pictures are still there after another pass; else steps follow at once."""
        self._detector, self._reader, self._lasting = detector, reader, lasting
        self._waiting: list[find.Job] = []
        self._search: Iterator[None] | None = None

    def offer(self, jobs: Sequence[find.Job]) -> None:
        """Take a pass's frames for whose search it is time; those of the pass before are too old now."""
        self._waiting = list(jobs)

    def step(self) -> bool:
        """Do a step of the search under way, or begin the next. Returns: whether there is more to do."""
        if self._search is None:
            chosen = turns.take_turns(self._waiting, max(1, len(self._waiting) // turns.SHARE))
            self._waiting = [job for job in self._waiting if job not in chosen]
            self._search = self._run(chosen)
        if self._lasting:
            ended = next(self._search, self) is self
        else:
            ended = all(step is None for step in self._search)
        if ended:
            self._search = None
        return not ended or bool(self._waiting)

    def _run(self, jobs: Sequence[find.Job]) -> Iterator[None]:
        if not jobs:
            return
        for job in jobs:
            job.stream.tracks.note_search(job.frame.time_s)
        found = yield from self._detector.detect_in_steps([job.image for job in jobs])
        yield
        known = {id(track) for job in jobs for track in job.stream.tracks.live}
        for job, faces in zip(jobs, found, strict=True):
            # Not as they were in this frame: others may have been worked on meanwhile.
            job.candidates = [find.Candidate.of_track(track) for track in job.stream.tracks.live]
            find.merge(job, faces)
        find.read_landmarks(self._reader, jobs)
        for track in (track for job in jobs for track in job.stream.tracks.live):
            track.seen = track.seen and id(track) in known
