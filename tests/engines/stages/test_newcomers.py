"""Who comes into a live stream is found between passes, in steps, and no stream keeps another from it."""

import numpy as np
import pytest

from engines.stages import find
from engines.stages.detect import Detections
from engines.stages.newcomers import Newcomers
from engines.stages.turns import SHARE, SMALL_PASS
from engines.stream import Stream, StreamOptions
from tests.engines.stages.test_find import LEFT, RIGHT, FakeDetector, FakeReader, make_job

STEPS = 4  # of a search: two in the fake cascade, its end, the reading


class World:
    """Live streams that are worked on together, and what the fakes find in all of them."""

    def __init__(self, count: int = 1, lasting: bool = True) -> None:
        self.streams = [Stream(StreamOptions(live=True)) for _ in range(count)]
        self.detector, self.reader = FakeDetector(LEFT), FakeReader(LEFT, RIGHT)
        self.newcomers = Newcomers(self.detector, self.reader, lasting)
        self.index = 0

    def run(self, busy: bool = False) -> int:
        """Run a pass, and after it one step or all. Returns: how many were searched in the pass."""
        before = self.detector.detected
        jobs = [make_job(stream, self.index / 30) for stream in self.streams]
        find.check_tracks(self.detector, jobs)
        self.newcomers.offer(find.search(self.detector, jobs))
        find.read_landmarks(self.reader, jobs)
        self.answered = [len(job.candidates) for job in jobs]
        self.index += 1
        searched = self.detector.detected - before
        while self.newcomers.step() and not busy:
            pass
        return searched


def test_a_newcomer_is_found_after_the_answer_and_reported_with_the_next():
    world = World()
    world.run()
    world.detector.faces = (LEFT, RIGHT)
    world.index = 25  # 0.83 s
    assert world.run() == 0 and world.answered == [1]
    assert [track.number for track in world.streams[0].tracks.live] == [1, 2]
    assert np.allclose(world.streams[0].tracks.live[1].points_px, RIGHT)
    assert world.reader.reads[-2:] == [1, 1]  # it alone is read, twice
    assert world.run() == 0 and world.answered == [2]
    assert world.detector.detected == 2  # the first frame, and this search


def test_a_search_that_finds_nobody_new_changes_nothing():
    world = World()
    world.run()
    (before,) = world.streams[0].tracks.live
    world.index = 25
    world.run()
    assert world.detector.detected == 2 and world.streams[0].tracks.live == [before]
    assert not world.newcomers.step()


def test_passes_between_the_steps_keep_what_they_did():
    world = World()
    world.run()
    world.detector.faces, world.index = (LEFT, RIGHT), 25
    for _ in range(STEPS - 1):
        world.run(busy=True)
    moved = LEFT + (9, 0)
    world.detector.faces, world.reader.faces = (LEFT, RIGHT), (moved, RIGHT)
    world.run(busy=True)
    assert [track.number for track in world.streams[0].tracks.live] == [1, 2]
    assert np.allclose(world.streams[0].tracks.live[0].points_px, moved)


def test_a_face_that_left_between_the_steps_does_not_come_back():
    world = World()
    world.run()
    world.index = 25
    world.run(busy=True)
    assert world.newcomers.step()
    world.streams[0].tracks.live = []
    world.detector.faces = ()
    while world.newcomers.step():
        pass
    assert world.streams[0].tracks.live == []


def test_pictures_that_do_not_last_are_searched_in_one_go():
    world = World(lasting=False)
    world.run()
    world.detector.faces, world.index = (LEFT, RIGHT), 25
    world.run(busy=True)
    assert len(world.streams[0].tracks.live) == 2 and not world.newcomers.step()


def test_a_frame_of_the_pass_before_is_searched_no_more():
    world = World()
    world.run()
    world.newcomers.offer([make_job(world.streams[0], 0.9)])
    world.newcomers.offer([])
    assert not world.newcomers.step() and world.detector.detected == 1


def test_a_search_that_fails_is_not_gone_on_with():
    world = World()
    world.run()
    world.detector.detect = lambda images: 1 // 0
    world.index = 25
    with pytest.raises(ZeroDivisionError):
        world.run()
    assert not world.newcomers.step()


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("count", [4, 7, 16])
def test_streams_that_begin_together_are_not_searched_together_and_all_soon(count, busy):
    world = World(count)
    in_pass = [world.run(busy) for _ in range(45)]
    assert max(in_pass) == (1 if count <= SMALL_PASS else 0)
    assert all(len(stream.tracks.live) == 1 for stream in world.streams)
    at_once = [len(batch) for batch in world.detector.batches]
    assert max(at_once) == max(1, count // SHARE)


def test_a_false_alarm_between_passes_is_no_loss():
    world = World()
    world.run()
    world.detector.faces, world.index = (LEFT, RIGHT), 25
    world.run()
    assert [track.seen for track in world.streams[0].tracks.live] == [True, False]
    world.detector.faces = (LEFT,)
    world.detector.check = lambda images, boxes: [
        Detections(b, np.array([0.9, 0.1])[: len(b)], np.zeros((len(b), 5, 2))) for b in boxes
    ]
    assert world.run() == 0 and world.answered == [1]
    assert [track.number for track in world.streams[0].tracks.live] == [1]


@pytest.mark.parametrize(
    ("count", "busy", "within_s"),
    [(1, False, 1.0), (16, False, 1.0), (1, True, 1.0), (6, True, 1.0), (16, True, 1.7)],
)
def test_a_newcomer_is_found_soon_however_many_streams_there_are(count, busy, within_s):
    world, found_s = World(count), {}
    for _ in range(45):
        world.run(busy)
    world.detector.faces = (LEFT, RIGHT)
    for _ in range(60):
        came_s = world.index / 30 - 1.5
        world.run(busy)
        for stream in world.streams:
            if len(stream.tracks.live) == 2:
                found_s.setdefault(stream, came_s)
    assert len(found_s) == count and max(found_s.values()) <= within_s


def test_empty_streams_take_turns():
    world, last, longest = World(6), [-1] * 6, 0
    world.detector.faces = ()
    for index in range(60):
        world.run(busy=True)
        for number, stream in enumerate(world.streams):
            if stream.tracks.last_search_s == index / 30:
                longest, last[number] = max(longest, index - last[number]), index
    assert min(last) >= 30 and longest <= 30  # each within a second
