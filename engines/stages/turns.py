"""Turns: which frames of live streams are searched in their pass, which after its answers, and which later.

A search takes longer than all else that a tracked frame needs, and everybody in the pass waits for it. So a
frame whose faces are known is searched when the answers are out (stages/newcomers.py). Where nobody is known,
or somebody was lost, one frame of a small pass is searched in it; the others are searched after it as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engines.stages.find import Job

SMALL_PASS = 4  # frames; with a search in it such a pass still ends within the 33 ms between two frames
SHARE = 4  # after a pass, one in so many of those that wait is searched at a time, and always one
HEAD_START = 3  # turns by which a stream in which nobody is known comes before one with a face


def split(jobs: Sequence[Job]) -> tuple[list[Job], list[Job]]:
    """Sort out the frames of a pass. Returns: those to search in it, those that may be searched after it."""
    at_once, hurried, later = [], [], []
    for job in jobs:
        tracks, options = job.stream.tracks, job.stream.options
        lost = len(job.candidates) < sum(track.seen for track in tracks.live)
        if not lost and not tracks.due_for_search(job.frame.time_s, options.max_faces, options.live):
            continue
        if not options.live:
            at_once.append(job)
        elif lost or not tracks.live:
            hurried.append(job)
        else:
            later.append(job)
    small = sum(job.stream.options.live for job in jobs) <= SMALL_PASS
    chosen = take_turns(hurried, 1 if small else 0)
    for job in hurried:
        if job not in chosen:
            job.stream.tracks.last_search_s = -np.inf  # due until it has its turn
            if not job.stream.tracks.live:  # else the frame may have been decoded at a part of its size
                later.append(job)
    return at_once + chosen, later


def take_turns(jobs: Sequence[Job], places: int) -> list[Job]:
    """Choose so many to be searched; the others are nearer to their turn after it."""
    order = sorted(jobs, key=_rank, reverse=True)
    for job in order[places:]:
        job.stream.tracks.waits += 1
    return order[:places]


def _rank(job: Job) -> int:
    tracks = job.stream.tracks
    return tracks.waits + (0 if tracks.live else HEAD_START)
