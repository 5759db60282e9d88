"""Neutral calibration: ranges, not subtraction; storage that survives and notices damage."""

import numpy as np
import pytest

from engines.stages.calibrate import CAPTURE_S, CalibrationError, Neutral, NeutralCapture, values_of
from proto import tables
from tests.engines.faces import make_face

BLINK = tables.BLENDSHAPES.index("eyeBlinkLeft")
SMILE = tables.BLENDSHAPES.index("mouthSmileLeft")
LOOK = tables.BLENDSHAPES.index("eyeLookInLeft")


def neutral_of(**weights) -> Neutral:
    return Neutral.of_rows([values_of(make_face(**weights))] * 3)


def test_rest_becomes_zero_and_full_stays_full():
    neutral = neutral_of(mouthSmileLeft=0.2, eyeBlinkLeft=0.3)
    rest = make_face(mouthSmileLeft=0.2, eyeBlinkLeft=0.3)
    full = make_face(mouthSmileLeft=1.0, eyeBlinkLeft=1.0)
    half = make_face(mouthSmileLeft=0.6)
    for face in (rest, full, half):
        neutral.apply(face)
    assert rest.blendshapes_01[[SMILE, BLINK]] == pytest.approx([0, 0], abs=1e-6)
    assert full.blendshapes_01[[SMILE, BLINK]] == pytest.approx([1, 1])  # a closed lid is closed
    assert half.blendshapes_01[SMILE] == pytest.approx((0.6 - 0.2) / 0.8)


def test_looks_are_left_alone():
    face = make_face(eyeLookInLeft=0.5)
    neutral_of(eyeLookInLeft=0.5).apply(face)
    assert face.blendshapes_01[LOOK] == pytest.approx(0.5)


def test_a_grimace_at_capture_cannot_silence_a_weight():
    face = make_face(mouthSmileLeft=0.95)
    neutral_of(mouthSmileLeft=0.95).apply(face)
    assert 0.5 < face.blendshapes_01[SMILE] < 1


def test_action_units_are_mapped_in_their_range():
    rest = make_face()
    rest.action_units_05[:] = 1.0
    neutral = Neutral.of_rows([values_of(rest)] * 3)
    face = make_face()
    face.action_units_05[:] = 3.0
    neutral.apply(face)
    assert face.action_units_05 == pytest.approx(np.full(18, 2.5))


def test_bytes_round_trip():
    neutral = neutral_of(mouthSmileLeft=0.123, eyeBlinkLeft=0.321)
    again = Neutral.from_bytes(neutral.to_bytes())
    assert np.abs(again.rest_01 - neutral.rest_01).max() < 1e-5
    assert again.to_bytes() == neutral.to_bytes()


@pytest.mark.parametrize("fault", ["empty", "short", "long", "version", "flipped_bit"])
def test_damaged_bytes_are_refused(fault):
    data = bytearray(neutral_of(mouthSmileLeft=0.2).to_bytes())
    damaged = {
        "empty": b"", "short": data[:-1], "long": data + b"\0", "version": b"\x09" + data[1:],
        "flipped_bit": data[:20] + bytes([data[20] ^ 1]) + data[21:],
    }[fault]  # fmt: skip
    with pytest.raises(CalibrationError) as caught:
        Neutral.from_bytes(bytes(damaged))
    assert caught.value.code in tables.ERRORS


def test_capture_takes_half_a_second_and_the_median():
    capture, step = NeutralCapture(), 0.1
    for index in range(5):
        blink = 1.0 if index == 2 else 0.2  # a blink during the capture does not count
        assert capture.add(make_face(eyeBlinkLeft=blink), index * step) is None
    neutral = capture.add(make_face(eyeBlinkLeft=0.2), CAPTURE_S)
    assert neutral.rest_01[BLINK] == pytest.approx(0.2, abs=1e-6)


def test_another_face_starts_the_capture_again():
    capture = NeutralCapture()
    for index in range(5):
        capture.add(make_face(track=1), index * 0.1)
    assert capture.add(make_face(track=2), 0.5) is None
    for index in range(4):
        assert capture.add(make_face(track=2), 0.6 + index * 0.1) is None
    assert capture.add(make_face(track=2), 1.0) is not None


def test_a_clock_that_was_set_back_starts_the_capture_again():
    capture = NeutralCapture()
    for time_s in (600.0, 600.2, 3.0, 3.2, 3.4):
        assert capture.add(make_face(), time_s) is None
    assert capture.add(make_face(), 3.5) is not None
