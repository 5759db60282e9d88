"""Reduce: exact changes of coordinates, when it is chosen, and a real face that stays where it is."""

import cv2
import numpy as np
import pytest

from engines.face import Frame
from engines.stages import align, reduce
from engines.stages.reduce import choose_reduction
from engines.stages.track import Track
from engines.stream import Stream, StreamOptions
from tests.media import read_face_photograph


def jpeg(image: np.ndarray, time_s: float = 0.0) -> Frame:
    data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
    return Frame("jpeg", data.tobytes(), time_s)


def follow(*crop_sides: float) -> Stream:
    """A stream that is full with tracked faces, of such crop sides in pixels."""
    stream = Stream(StreamOptions(max_faces=len(crop_sides)))
    for side in crop_sides:
        stream.tracks.add(np.zeros((98, 2)), align.crop_matrix(np.zeros(2), side, 0.2), 1.0)
    stream.tracks.last_search_s = 0.0
    return stream


@pytest.mark.parametrize("reduction", [2, 4])
def test_coordinates_there_and_back_are_exact(reduction):
    matrix = align.crop_matrix(np.array([640.5, 355.25]), 700.0, 0.3)
    points = np.random.default_rng(0).uniform(0, 1000, (98, 2))
    small = reduce.points_to_reduced(points, reduction)
    assert np.allclose(reduce.points_to_full(small, reduction), points)
    small_matrix = reduce.matrix_to_reduced(matrix, reduction)
    assert np.allclose(reduce.matrix_to_full(small_matrix, reduction), matrix)
    assert np.allclose(align.to_crop(small, small_matrix), align.to_crop(points, matrix))


def test_a_reduced_pixel_lies_in_the_middle_of_those_it_stands_for():
    assert reduce.points_to_full(np.array([0.0, 1.0]), 2).tolist() == [0.5, 2.5]
    assert reduce.points_to_full(np.array([0.0]), 4).tolist() == [1.5]


@pytest.mark.parametrize(
    ("sides", "expected"), [((600,), 2), ((1100,), 4), ((1100, 600), 2), ((1100, 500), 1), ((500,), 1)]
)
def test_the_smallest_face_decides(sides, expected):
    assert choose_reduction(follow(*sides), jpeg(np.zeros((64, 64, 3), np.uint8), 0.1)) == expected


def test_a_frame_that_is_searched_or_does_not_divide_stays_whole():
    even, odd = (jpeg(np.zeros((64, width, 3), np.uint8), 0.1) for width in (64, 66))
    assert choose_reduction(follow(1100), odd) == 2
    searching = follow(1100)
    searching.options = StreamOptions(max_faces=8)
    searching.tracks.last_search_s = -5.0
    assert choose_reduction(searching, even) == choose_reduction(Stream(), even) == 1


def test_other_formats_and_damaged_headers_stay_whole():
    assert choose_reduction(follow(1100), Frame("rgb8", b"", 0.1, (64, 64))) == 1
    assert choose_reduction(follow(1100), Frame("jpeg", b"no picture", 0.1)) == 1


def test_tracks_are_told_back_even_when_the_work_fails():
    stream = follow(700)
    track: Track = stream.tracks.live[0]
    before = track.points_px.copy(), track.matrix.copy()

    class Job:
        reduction, candidates = 2, ()

    job = Job()
    job.stream = stream
    with pytest.raises(RuntimeError), reduce.in_reduced_pixels([job]):
        assert not np.allclose(track.matrix, before[1])
        raise RuntimeError("made")
    assert np.allclose(track.points_px, before[0]) and np.allclose(track.matrix, before[1])


def test_a_large_face_keeps_its_landmarks_and_the_pictures_size(pipeline):
    image = read_face_photograph()[0:300, 70:370]
    image = cv2.resize(image, (1800, 1800), interpolation=cv2.INTER_CUBIC)
    found = []
    for whole in (True, False):
        pipeline.networks.frames.reduces = not whole
        stream = pipeline.open_stream(StreamOptions(smooth=False, max_faces=1))
        for index in range(3):
            (result,) = pipeline.process([(stream, jpeg(image, index / 30))])
        found.append(result)
    assert found[0].size_hw == found[1].size_hw == (1800, 1800)
    face, reduced = (result.faces[0] for result in found)
    assert not np.array_equal(face.landmarks_px, reduced.landmarks_px)
    width = np.ptp(face.landmarks_px[:, 0])
    assert np.abs(face.landmarks_px - reduced.landmarks_px).mean() < 0.004 * width
    assert np.allclose(face.translation_m, reduced.translation_m, atol=0.01)
    assert np.allclose(face.box_xyxy_px, reduced.box_xyxy_px, atol=0.02 * width)
