"""The rules that hold for every face."""

import numpy as np
import pytest

from engines.stages.correct import INDEX, correct_face, head_yaw_rad
from tests.engines.faces import make_face


def turned(yaw_rad: float, **weights):
    face = make_face(**weights)
    face.rotation_xyzw = np.array([0, np.sin(yaw_rad / 2), 0, np.cos(yaw_rad / 2)], np.float32)
    return face


@pytest.mark.parametrize("yaw", [-0.9, 0.0, 0.5])
def test_yaw_of_a_rotation_about_the_vertical(yaw):
    assert head_yaw_rad(turned(yaw).rotation_xyzw) == pytest.approx(yaw, abs=1e-6)


def test_mouth_close_needs_an_open_jaw():
    face = make_face(mouthClose=0.8, jawOpen=0.3)
    correct_face(face)
    assert face.blendshapes_01[INDEX["mouthClose"]] == pytest.approx(0.3)


LIDS = [(0.0, 0.0), (0.3, 0.3), (0.535, 0.675), (0.72, 1.0), (1.0, 1.0)]


@pytest.mark.parametrize(("before", "after"), LIDS)
def test_shut_lids_are_shut_and_open_ones_left_alone(before, after):
    face = make_face(eyeBlinkLeft=before)
    correct_face(face)
    assert face.blendshapes_01[INDEX["eyeBlinkLeft"]] == pytest.approx(after, abs=1e-6)


def test_a_closed_eye_is_not_wide():
    face = make_face(eyeWideLeft=0.6, eyeBlinkLeft=1.0, eyeWideRight=0.6)
    correct_face(face)
    assert face.blendshapes_01[INDEX["eyeWideLeft"]] == 0
    assert face.blendshapes_01[INDEX["eyeWideRight"]] == pytest.approx(0.6)


def test_facing_the_camera_each_eye_is_its_own():
    face = turned(0.2, eyeBlinkLeft=1.0)
    correct_face(face)
    assert face.blendshapes_01[INDEX["eyeBlinkRight"]] == 0


@pytest.mark.parametrize(("yaw", "far", "near"), [(0.9, "Left", "Right"), (-0.9, "Right", "Left")])
def test_a_turned_head_trusts_the_visible_eye(yaw, far, near):
    face = turned(yaw, **{f"eyeBlink{near}": 1.0, f"eyeBlink{far}": 0.1})
    correct_face(face)
    assert face.blendshapes_01[INDEX[f"eyeBlink{far}"]] == pytest.approx(1.0)
    assert face.blendshapes_01[INDEX[f"eyeBlink{near}"]] == pytest.approx(1.0)


def test_the_hand_over_does_not_jump():
    values = []
    for yaw in np.linspace(0.3, 0.8, 200):
        face = turned(yaw, eyeBlinkRight=1.0)
        correct_face(face)
        values.append(face.blendshapes_01[INDEX["eyeBlinkLeft"]])
    assert np.abs(np.diff(values)).max() < 0.02 and values[0] == 0 and values[-1] == pytest.approx(1)
