"""The judgement: equal passes, different fails, nonsense fails."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from engines.build import parity
from engines.face import FrameResult

BATCH = {"x": np.ones((2, 3), np.float32)}


class Fixed:
    """A session that always gives the same."""

    def __init__(self, value):
        self.value = np.asarray(value, np.float32)

    def run(self, inputs, outputs):
        return [self.value for _ in outputs]


def compare(wanted, got, output="score", name="onet", precision="fp32"):
    return parity.compare_network(name, Fixed(wanted), Fixed(got), [BATCH], [output], precision)[0]


def test_equal_passes_and_different_fails():
    assert compare([0.5, 0.1], [0.5, 0.1]).passed
    line = compare([0.5, 0.1], [0.5, 0.2])
    assert not line.passed and line.mean == pytest.approx(0.05) and line.largest == pytest.approx(0.1)


def test_a_session_that_errs_when_it_sees_a_shape_again_is_found():
    class Forgetful(Fixed):
        runs = 0

        def run(self, inputs, outputs):
            self.runs += 1
            return [self.value + (self.runs > 4) for _ in outputs]

    def judge(rounds):
        batches = [BATCH, {"x": np.ones((5, 3), np.float32)}]
        args = ("onet", Fixed([0.5]), Forgetful([0.5]), batches, ["score"], "fp32", rounds)
        return parity.compare_network(*args)[0]

    assert judge(1).passed and judge(2).passed and not judge(3).passed


def test_not_a_number_and_other_shapes_fail():
    assert not compare([0.5], [np.nan]).passed
    line = compare([0.5, 0.5], [0.5])
    assert not line.passed and line.fault == "expected the shape (2,), got (1,)"


def test_limits_follow_the_output_and_the_precision():
    landmarks = compare([[10.0]], [[10.03]], "points", "landmarks_lite", "fp16")
    assert landmarks.passed and landmarks.unit == "px"
    assert not compare([[10.0]], [[10.03]], "points", "landmarks_lite", "fp32").passed
    assert not compare([[0.5]], [[0.53]], "points", "onet", "fp16").passed, "fractions, not pixels"
    assert compare([[2.0]], [[2.03]], "action_units", "expression", "fp16").unit == "0..5"


def face(weights, box=(0, 0, 100, 100)):
    return SimpleNamespace(blendshapes_01=np.array(weights), box_xyxy_px=np.array(box, np.float32))


def end_to_end(first, second, precision="fp32"):
    return parity.compare_results([FrameResult((9, 9), first)], [FrameResult((9, 9), second)], precision)


def test_weights_are_compared_as_they_travel():
    assert list(parity.to_wire(np.array([0, 0.5, 1, 1.2, -1]))) == [0, 128, 255, 255, 0]
    one_step = end_to_end([face([0.5, 0.1] * 26)], [face([0.5, 0.1] * 25 + [0.5, 0.104])])
    assert one_step.passed and one_step.largest == 1
    assert not end_to_end([face([0.5] * 52)], [face([0.5] * 51 + [0.57])]).passed, "one weight by 18 steps"
    assert end_to_end([face([0.5] * 52)], [face([0.5] * 51 + [0.57])], "fp16").passed
    assert not end_to_end([face([0.5] * 52)], [face([0.6] * 52)], "int8").passed, "all weights by 25 steps"


def test_faces_are_paired_by_their_boxes():
    left, right = face([0.1] * 52), face([0.9] * 52, (200, 0, 300, 100))
    assert end_to_end([left, right], [right, left]).passed


@pytest.mark.parametrize("found", [[], [face([0.5] * 52, (50, 0, 150, 100))], [face([0.5] * 52)] * 2])
def test_a_missing_a_moved_and_a_second_face_fail(found):
    line = end_to_end([face([0.5] * 52)], found)
    assert not line.passed and "picture 1: expected 1 faces" in line.fault


def test_pictures_without_faces_prove_nothing():
    assert end_to_end([], []).fault == "no face in any picture" and not end_to_end([], []).passed


def test_json_has_no_nan():
    told = compare([0.5, 0.5], [0.5]).to_json()
    assert told["mean"] is None and told["passed"] is False and json.dumps(told, allow_nan=False)


def test_the_table_names_what_failed():
    text = parity.table([compare([0.5], [0.5]), compare([0.5], [0.9])])
    assert text.count("onet.score") == 2 and text.count("FAILED") == 1
