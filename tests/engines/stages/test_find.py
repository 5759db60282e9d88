"""Where faces are looked for, with networks that answer what the test says (named as fakes)."""

import numpy as np
import pytest

from engines.boxes import expected_points_box, face_boxes
from engines.face import Frame, FrameResult
from engines.stages import align, find
from engines.stages.detect import Detections
from engines.stages.frames import CpuFrames
from engines.stages.landmarks import Readings
from engines.stream import Stream, StreamOptions
from tests.engines.stages.test_align import face_points


class FakeDetector:
    """Finds the faces whose points it is given, and scores tracked boxes as told."""

    def __init__(self, *faces: np.ndarray, score: float = 0.9) -> None:
        self.faces, self.score, self.detected, self.checked = faces, score, 0, 0
        self.batches = []

    def _found(self, faces, score) -> Detections:
        points = np.array(faces).reshape(-1, 98, 2)
        five = np.zeros((len(points), 5, 2))
        five[:, 1, 0] = 10  # level eyes
        return Detections(face_boxes(points).astype(np.float32), np.full(len(points), score), five)

    def detect(self, images):
        self.detected += len(images)
        self.batches += [images] if images else []
        return [self._found(self.faces, 0.9) for _ in images]

    def detect_in_steps(self, images):
        yield
        yield
        return self.detect(images)

    def check(self, images, boxes):
        self.checked += len(images)
        return [Detections(b, np.full(len(b), self.score), np.zeros((len(b), 5, 2))) for b in boxes]


class FakeReader:
    """Reads the points of the nearest of the faces it is given, from wherever the crop lies."""

    def __init__(self, *faces: np.ndarray) -> None:
        self.faces, self.reads, self.owners = faces, [], []
        self.beside, self.were_small = [], []

    def choose_small(self, matrices, beside, were_small):
        self.beside.append(beside)
        self.were_small.append(were_small)
        self.chosen = np.arange(len(matrices)) % 2 == 1
        return self.chosen

    def read_frames(self, images, matrices, owners, small):
        assert small is self.chosen
        self.reads.append(len(matrices))
        self.owners.append(list(owners))
        points = []
        for matrix in matrices:
            centre = align.to_image(np.array([[127.5, 127.5]]), matrix)[0]
            nearest = min(self.faces, key=lambda face: np.linalg.norm(face.mean(0) - centre))
            points.append(align.to_crop(nearest, matrix))
        return Readings(np.array(points).reshape(-1, 98, 2), np.ones((len(points), 98)))


def make_job(stream: Stream, time_s: float = 0.0) -> find.Job:
    image = np.zeros((600, 1600, 3), np.uint8)
    return find.Job(stream, Frame("rgb8", b"", time_s), image, FrameResult(image.shape[:2]))


def run(detector, reader, stream, time_s=0.0) -> find.Job:
    job = make_job(stream, time_s)
    find.check_tracks(detector, [job])
    find.search(detector, [job])
    find.read_landmarks(reader, [job])
    return job


LEFT, RIGHT = face_points(), face_points() + (600, 0)


def test_a_new_face_is_searched_read_twice_and_tracked():
    detector, reader, stream = FakeDetector(LEFT), FakeReader(LEFT), Stream()
    job = run(detector, reader, stream)
    assert detector.detected == 1 and reader.reads == [1, 1]
    assert np.allclose(job.candidates[0].points_px, LEFT)
    assert [track.number for track in stream.tracks.live] == [1]


def test_a_tracked_face_is_checked_not_searched_and_read_once():
    detector, reader, stream = FakeDetector(LEFT), FakeReader(LEFT), Stream()
    run(detector, reader, stream)
    run(detector, reader, stream, 0.03)
    assert detector.detected == 1 and detector.checked == 1 and reader.reads == [1, 1, 1]


def test_a_face_remembers_whether_its_crop_was_small():
    detector, reader, stream = FakeDetector(LEFT, RIGHT), FakeReader(LEFT, RIGHT), Stream()
    run(detector, reader, stream)
    run(detector, reader, stream, 0.03)
    assert [track.small for track in stream.tracks.live] == [False, True]
    assert reader.were_small[-1] == [False, True] and reader.beside[-1] == [2, 2]


def test_a_lost_face_is_searched_for_in_the_same_frame_and_keeps_its_number():
    stream = Stream()
    run(FakeDetector(LEFT), FakeReader(LEFT), stream)
    moved = LEFT + (40, 0)
    job = run(FakeDetector(moved, score=0.1), FakeReader(moved), stream, 0.03)
    assert [c.track.number for c in job.candidates] == [1]
    assert np.allclose(stream.tracks.live[0].points_px, moved)


def test_a_face_that_left_is_forgotten():
    stream = Stream()
    run(FakeDetector(LEFT), FakeReader(LEFT), stream)
    job = run(FakeDetector(score=0.1), FakeReader(LEFT), stream, 0.03)
    assert job.candidates == [] and stream.tracks.live == []


def test_somebody_who_came_in_is_found_within_a_second():
    stream = Stream()
    run(FakeDetector(LEFT), FakeReader(LEFT), stream)
    both = FakeDetector(LEFT, RIGHT)
    run(both, FakeReader(LEFT, RIGHT), stream, 0.5)
    assert len(stream.tracks.live) == 1
    run(both, FakeReader(LEFT, RIGHT), stream, 1.0)
    assert [track.number for track in stream.tracks.live] == [1, 2]


def test_a_live_stream_with_a_face_is_searched_later_and_one_without_at_once():
    known, unknown = Stream(StreamOptions(live=True)), Stream(StreamOptions(live=True))
    detector, reader = FakeDetector(LEFT), FakeReader(LEFT)
    run(detector, reader, known)
    jobs = [make_job(known, 0.95), make_job(unknown, 0.0)]
    find.check_tracks(detector, jobs)
    assert [job.stream for job in find.search(detector, jobs)] == [known]
    assert len(jobs[1].candidates) == 1 and detector.detected == 2


def test_a_face_lost_in_a_live_stream_is_searched_for_in_the_same_frame():
    stream = Stream(StreamOptions(live=True))
    run(FakeDetector(LEFT), FakeReader(LEFT), stream)
    moved = LEFT + (40, 0)
    job = run(FakeDetector(moved, score=0.1), FakeReader(moved), stream, 0.03)
    assert [c.track.number for c in job.candidates] == [1]


def test_what_was_read_is_not_read_again():
    stream, reader = Stream(), FakeReader(LEFT)
    job = run(FakeDetector(LEFT), reader, stream)
    assert job.candidates[0].points_px is not None
    job.candidates = [find.Candidate.of_track(stream.tracks.live[0])]
    find.read_landmarks(reader, [job])
    assert reader.reads[-1] == 0 and [track.number for track in stream.tracks.live] == [1]


def test_opened_jobs_are_in_order_with_a_damaged_picture_as_its_error():
    grey = Frame("rgb8", bytes(6 * 8 * 3), 0.0, (6, 8))
    streams = [Stream() for _ in range(3)]
    frames = CpuFrames()
    opened = find.open_jobs(
        frames, [(streams[0], grey), (streams[1], Frame("jpeg", b"?", 0.0)), (streams[2], grey)], 100
    )
    frames.close()
    assert [getattr(each, "stream", None) for each in opened] == [streams[0], None, streams[2]]
    assert opened[1].code == "bad_image"
    assert opened[0].result.size_hw == (6, 8) and opened[0].result.timings_ms["decode"] > 0


def test_no_more_faces_than_asked():
    stream = Stream(StreamOptions(max_faces=1))
    run(FakeDetector(LEFT, RIGHT), FakeReader(LEFT, RIGHT), stream)
    assert len(stream.tracks.live) == 1


def test_pictures_that_stand_alone_leave_no_tracks():
    stream = Stream(StreamOptions(track=False))
    job = run(FakeDetector(LEFT), FakeReader(LEFT), stream)
    assert len(job.candidates) == 1 and stream.tracks.live == []


def test_nobody_costs_no_reading():
    reader = FakeReader(LEFT)
    job = run(FakeDetector(), reader, Stream())
    assert job.candidates == [] and stream_is_unread(reader)


def stream_is_unread(reader: FakeReader) -> bool:
    return sum(reader.reads) == 0


def test_a_detected_box_places_the_crop_where_the_points_are():
    box = face_boxes(LEFT[None])[0]
    low, high = expected_points_box(box)
    assert np.allclose(low, LEFT.min(0)) and np.allclose(high, LEFT.max(0))
    matrix = find.crop_of_detection(box, np.array([[0, 0], [10, 0], [5, 5], [0, 9], [10, 9]], float))
    assert np.allclose(matrix, align.crop_from_points(LEFT), atol=1e-6)


@pytest.mark.parametrize("count", [0, 3])
def test_a_batch_of_frames_is_one_call_each(count):
    detector = FakeDetector(LEFT)
    jobs = [make_job(Stream()) for _ in range(count)]
    find.check_tracks(detector, jobs)
    find.search(detector, jobs)
    find.read_landmarks(FakeReader(LEFT), jobs)
    assert [len(job.candidates) for job in jobs] == [1] * count
