"""Tracking rules: who is who, when to search, when a crop stays or is cut again."""

import numpy as np
import pytest

from engines.stages import align, track
from engines.stages.track import Track, Tracks
from tests.engines.stages.test_align import face_points


def make_track(number: int = 1, shift=(0.0, 0.0)) -> Track:
    points = face_points() + shift
    return Track(number, points, align.crop_from_points(points), 0.9)


def test_boxes_go_to_the_tracks_they_overlap_most():
    tracks = np.array([[0, 0, 10, 10], [20, 0, 30, 10]], float)
    found = np.array([[21, 0, 31, 10], [2, 0, 12, 10], [100, 0, 110, 10]], float)
    assert track.match(tracks, found) == [1, 0, -1]


def test_two_boxes_on_one_track_give_it_to_the_better():
    found = np.array([[4, 0, 14, 10], [1, 0, 11, 10]], float)
    assert track.match(np.array([[0, 0, 10, 10]], float), found) == [-1, 0]


def test_matching_nothing():
    empty = np.zeros((0, 4))
    assert track.match(empty, empty) == [] and track.match(empty, np.ones((2, 4))) == [-1, -1]


def test_search_when_nobody_is_known_then_every_second_while_there_is_room():
    tracks = Tracks()
    assert tracks.due_for_search(0.0, 2)
    tracks.live, tracks.last_search_s = [make_track()], 0.0
    assert not tracks.due_for_search(0.5, 2) and tracks.due_for_search(1.0, 2)
    assert not tracks.due_for_search(9.0, 1)  # full: nobody else is looked for
    assert tracks.due_for_search(-5.0, 1)  # the publisher's clock was set back


def test_a_live_stream_may_be_searched_earlier():
    tracks = Tracks(live=[make_track()], last_search_s=0.0)
    assert not tracks.due_for_search(0.6, 2, live=True) and tracks.due_for_search(0.8, 2, live=True)
    assert not tracks.due_for_search(0.8, 1, live=True)  # full


def test_a_search_ends_the_wait_for_it():
    tracks = Tracks(live=[make_track()], waits=3)
    tracks.note_search(5.0)
    assert tracks.waits == 0 and not tracks.due_for_search(5.5, 2)


def test_numbers_are_never_used_twice():
    tracks = Tracks()
    first = tracks.add(face_points(), np.eye(2, 3), 0.9)
    tracks.live.clear()
    assert tracks.add(face_points(), np.eye(2, 3), 0.9).number == first.number + 1


def test_the_younger_of_two_tracks_on_one_face_is_the_twin():
    tracks = [make_track(1), make_track(2, (5, 5)), make_track(3, (500, 0))]
    assert track.twins(tracks) == {2}
    assert track.twins(tracks[:1]) == set()


def test_crop_change_by_hand():
    before = align.crop_matrix(np.array([100.0, 100.0]), 100.0, 0.0)
    after = align.crop_matrix(np.array([110.0, 100.0]), 50.0, 0.2)
    shift, scale, roll = track.crop_change(before, after)
    assert (shift, scale, roll) == pytest.approx((0.1, np.log(2), 0.2))


def test_a_still_face_keeps_its_crop_and_a_moving_one_does_not():
    still = make_track()
    still.points_px = still.points_px + 2.0  # of a side of 250
    assert track.next_crops([still])[0] is still.matrix
    still.points_px = still.points_px + 20.0
    assert not np.allclose(track.next_crops([still])[0], still.matrix)


def test_points_far_off_the_crop_ask_for_another():
    matrix = make_track().matrix
    assert not track.has_left_crop(matrix, face_points() + 8)
    assert track.has_left_crop(matrix, face_points() + 40)
    assert track.has_left_crop(matrix, face_points(roll_rad=0.5))


def test_several_faces_are_judged_at_once():
    still, moved = make_track(1), make_track(2)
    moved.points_px = moved.points_px + 20.0
    stays, follows = track.next_crops([still, moved])
    assert stays is still.matrix
    np.testing.assert_allclose(follows, track.next_crops([moved])[0])
    assert track.next_crops([]) == []
    both = np.stack([still.matrix, still.matrix])
    assert track.has_left_crop(both, np.stack([face_points(), face_points() + 40])).tolist() == [False, True]
