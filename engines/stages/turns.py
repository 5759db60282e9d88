"""Turns: which frames of live streams are searched in their pass, which after its answers, and which later.

A search takes longer than all else that a tracked frame needs, and everybody in the pass waits for it. So a
frame whose faces are known is searched when the answers are out (stages/newcomers.py); and where nobody is
known, or somebody was lost, only a part of a pass is searched in it, those first who have waited longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engines.stages.find import Job

SHARE = 4  # one in so many frames may be searched at a time, and always one


def split(jobs: Sequence[Job]) -> tuple[list[Job], list[Job]]:
    """Sort out the frames of a pass. Returns: those to search in it, those that may be searched after it."""
    at_once, hurried, later = [], [], []
    for job in jobs:
        tracks, options = job.stream.tracks, job.stream.options
        lost = len(job.candidates) < len(tracks.live)
        if not lost and not tracks.due_for_search(job.frame.time_s, options.max_faces, options.live):
            continue
        if not options.live:
            at_once.append(job)
        elif lost or not tracks.live:
            hurried.append(job)
        else:
            later.append(job)
    chosen = take_turns(hurried, sum(job.stream.options.live for job in jobs))
    for job in hurried:
        if job not in chosen:
            job.stream.tracks.last_search_s = -np.inf  # due until it has its turn
    return at_once + chosen, later


def take_turns(jobs: Sequence[Job], frames: int) -> list[Job]:
    """Choose the few of so many frames that are searched; the others are nearer to their turn after it."""
    order = sorted(jobs, key=lambda job: -job.stream.tracks.waits)
    places = max(1, frames // SHARE)
    for job in order[places:]:
        job.stream.tracks.waits += 1
    return order[:places]
