"""A publisher's state: neutral capture, correction, smoothing and lost tracks."""

import numpy as np
import pytest

from engines.stages.calibrate import CalibrationError
from engines.stream import Stream, StreamOptions
from proto import tables
from tests.engines.faces import make_face

SMILE = tables.BLENDSHAPES.index("mouthSmileLeft")


def test_capture_then_map_then_hand_back():
    stream = Stream(StreamOptions(smooth=False))
    assert stream.neutral is None
    stream.capture_neutral()
    for index in range(6):
        stream.finish([make_face(mouthSmileLeft=0.2)], index * 0.1)
    assert stream.neutral is not None and not stream.capturing
    face = make_face(mouthSmileLeft=0.2)
    stream.finish([face], 0.7)
    assert face.blendshapes_01[SMILE] == pytest.approx(0, abs=1e-6)

    other = Stream(StreamOptions(smooth=False))
    other.set_neutral(stream.neutral)
    face = make_face(mouthSmileLeft=0.6)
    other.finish([face], 0.0)
    assert face.blendshapes_01[SMILE] == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize("smooth", [False, True])
def test_a_second_capture_takes_what_the_network_gave_not_what_was_made_of_it(smooth):
    stream = Stream(StreamOptions(smooth=smooth))
    captured = []
    for start in (0.0, 1.0):
        stream.capture_neutral()
        for index in range(6):
            # 0.5 is a lid that correction stretches; what rests there is 0.5 all the same.
            stream.finish([make_face(mouthSmileLeft=0.2, eyeBlinkLeft=0.5)], start + index * 0.1)
        captured.append(stream.neutral)
    assert captured[0] == captured[1]
    face = make_face(mouthSmileLeft=0.2, eyeBlinkLeft=0.5)
    other = Stream(StreamOptions(smooth=False))
    other.set_neutral(captured[1])
    other.finish([face], 0.0)
    at_rest = [SMILE, tables.BLENDSHAPES.index("eyeBlinkLeft")]
    assert face.blendshapes_01[at_rest] == pytest.approx([0, 0], abs=1e-4)


def test_a_damaged_neutral_leaves_the_old_one():
    stream = Stream()
    stream.capture_neutral()
    for index in range(6):
        stream.finish([make_face(mouthSmileLeft=0.2)], index * 0.1)
    before = stream.neutral
    with pytest.raises(CalibrationError):
        stream.set_neutral(b"damaged")
    assert stream.neutral == before


def test_the_neutral_serves_the_face_tracked_first():
    stream = Stream(StreamOptions(smooth=False))
    stream.capture_neutral()
    for index in range(6):
        stream.finish([make_face(2), make_face(1, mouthSmileLeft=0.4)], index * 0.1)
    first, second = make_face(1, mouthSmileLeft=0.4), make_face(2, mouthSmileLeft=0.4)
    stream.finish([second, first], 0.7)
    assert first.blendshapes_01[SMILE] == pytest.approx(0, abs=1e-6)
    assert second.blendshapes_01[SMILE] == pytest.approx(0.4)


def test_lost_tracks_are_told_once():
    stream = Stream()
    assert stream.finish([make_face(1), make_face(2)], 0.0) == []
    assert stream.finish([make_face(2)], 0.1) == [1]
    assert stream.finish([], 0.2) == [2] and stream.finish([], 0.3) == []


def test_smoothing_is_a_switch():
    smooth, raw = Stream(), Stream(StreamOptions(smooth=False))
    for stream in (smooth, raw):
        stream.finish([make_face()], 0.0)
    faces = make_face(mouthSmileLeft=1.0), make_face(mouthSmileLeft=1.0)
    smooth.finish([faces[0]], 1 / 30)
    raw.finish([faces[1]], 1 / 30)
    assert faces[1].blendshapes_01[SMILE] == 1 and 0.1 < faces[0].blendshapes_01[SMILE] < 1
    assert np.isfinite(faces[0].landmarks_px).all()
