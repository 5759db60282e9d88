"""Whose turn it is to be searched, in a pass and after it."""

import numpy as np

from engines.face import Frame, FrameResult
from engines.stages import turns
from engines.stages.find import Candidate, Job
from engines.stream import Stream, StreamOptions
from tests.engines.stages.test_track import make_track


def make_job(
    since_s: float = np.inf, known: int = 0, followed: int | None = None, waits: int = 0, live: bool = True
) -> Job:
    """A frame at 100 s whose stream was searched so long ago and knows so many faces."""
    stream = Stream(StreamOptions(live=live))
    stream.tracks.live = [make_track(number) for number in range(known)]
    stream.tracks.last_search_s, stream.tracks.waits = 100.0 - since_s, waits
    image = np.zeros((6, 8, 3), np.uint8)
    job = Job(stream, Frame("rgb8", b"", 100.0), image, FrameResult(image.shape[:2]))
    job.candidates = [
        Candidate(track.matrix, 0.9, track)
        for track in stream.tracks.live[: known if followed is None else followed]
    ]
    return job


def test_what_is_searched_at_once_later_and_not_at_all():
    unknown, newcomers, full = make_job(), make_job(0.9, known=1), make_job(9, known=8)
    fresh, lost = make_job(0.5, known=1), make_job(0.1, known=2, followed=1)
    assert turns.split([newcomers, full, fresh]) == ([], [newcomers])
    assert turns.split([unknown]) == ([unknown], [])
    assert turns.split([lost, fresh]) == ([lost], [])
    assert turns.split([]) == ([], [])


def test_streams_that_are_not_live_never_wait():
    jobs = [make_job(live=False) for _ in range(5)] + [make_job(1.0, known=1, live=False)]
    assert turns.split(jobs) == (jobs, [])
    early = make_job(0.9, known=1, live=False)
    assert turns.split([early]) == ([], [])


def test_a_small_pass_has_one_search_in_it_and_a_large_one_none():
    for frames, places in ((1, 1), (4, 1), (5, 0), (16, 0)):
        jobs = [make_job() for _ in range(frames)]
        now, later = turns.split(jobs)
        assert now == jobs[:places] and later == jobs[places:]


def test_a_lost_face_is_no_reason_for_a_later_search_of_the_same_frame():
    lost = [make_job(0.1, known=2, followed=1) for _ in range(5)]
    assert turns.split(lost) == ([], [])  # the frame may be reduced


def test_who_was_found_between_passes_and_never_seen_is_not_lost():
    job = make_job(0.1, known=2, followed=1)
    job.stream.tracks.live[1].seen = False
    assert turns.split([job]) == ([], [])


def test_who_waited_longest_comes_first_and_a_later_pass_brings_the_others():
    jobs = [make_job(waits=waits) for waits in (0, 2, 1)]
    assert turns.split(jobs)[0] == [jobs[1]]
    jobs[1].stream.tracks.note_search(100.0)
    assert turns.split(jobs)[0] == [jobs[2]]


def test_a_lost_face_without_a_turn_is_searched_for_in_the_next_frame():
    first, lost = make_job(waits=5), make_job(0.1, known=2, followed=1)
    assert turns.split([first, lost])[0] == [first]
    lost.candidates = lost.candidates[:1]
    lost.stream.tracks.live = lost.stream.tracks.live[:1]  # the lost one has ended
    assert turns.split([lost]) == ([], [lost])


def test_of_those_who_wait_some_are_taken_and_the_others_come_nearer():
    jobs = [make_job(0.9, known=1) for _ in range(5)]
    assert turns.take_turns(jobs, 1) == jobs[:1]
    assert [job.stream.tracks.waits for job in jobs] == [0, 1, 1, 1, 1]
    assert turns.take_turns([], 1) == []


def test_a_stream_without_a_face_comes_first_but_not_for_ever():
    known, unknown = make_job(0.9, known=1), make_job()
    order = [turns.take_turns([known, unknown], 1)[0] for _ in range(5)]
    assert order[:3] == [unknown] * 3 and known in order
