"""The ICT head: sides, landmarks, eyes and Apple's names; needs the data pack."""

import numpy as np
import pytest

from engines import landmark98
from proto.tables import BLENDSHAPES
from training.expression.ict import gaze_rotation, ict_names, load_head
from training.faces import DataError


@pytest.fixture(scope="module")
def head(shared_data):
    return load_head(shared_data / "ict")


def weights_of(**values) -> np.ndarray:
    weights = np.zeros((1, 52))
    for name, value in values.items():
        weights[0, BLENDSHAPES.index(name)] = value
    return weights


def test_names():
    assert ict_names("eyeBlinkLeft") == ["eyeBlink_L"]
    assert ict_names("browInnerUp") == ["browInnerUp_L", "browInnerUp_R"]
    assert ict_names("jawLeft") == ["jawLeft"] and ict_names("mouthRight") == ["mouthRight"]
    assert ict_names("tongueOut") == []


def test_gaze_rotation_by_hand():
    left = gaze_rotation(np.array([np.pi / 2]), np.array([0.0]))[0] @ (0, 0, 1)
    up = gaze_rotation(np.array([0.0]), np.array([np.pi / 2]))[0] @ (0, 0, 1)
    np.testing.assert_allclose(left, (1, 0, 0), atol=1e-12)
    np.testing.assert_allclose(up, (0, 1, 0), atol=1e-12)


def test_missing_head_is_named(tmp_path):
    with pytest.raises(DataError, match="ict_face_model"):
        load_head(tmp_path)


def test_landmarks_are_distinct_and_mirrored(head):
    assert len(set(head.landmarks)) == 98
    points = head.neutral[head.landmarks[:96]]
    mirrored = points[landmark98.FLIP[:96]] * (-1, 1, 1)
    assert np.abs(mirrored - points).max() < 0.12  # centimetres: the mesh is nearly symmetric
    assert points[landmark98.LEFT_EYE, 0].min() > 0


def test_a_left_blink_moves_the_left_lid_only(head):
    basis = head.landmark_basis()
    none = np.zeros((1, 1))
    moved = basis.points(weights_of(eyeBlinkLeft=1), none) - basis.points(weights_of(), none)
    drop = -moved[0, :, 1]
    assert drop[[69, 70, 71]].min() > 0.4 and np.abs(drop[landmark98.RIGHT_EYE]).max() < 0.05


def test_eyes_look_where_the_weights_say(head):
    basis, none = head.landmark_basis(), np.zeros((1, 1))
    rest = basis.points(weights_of(), none)[0]
    look = basis.points(weights_of(eyeLookOutLeft=0.5, eyeLookInRight=0.5), none)[0] - rest
    assert look[landmark98.LEFT_PUPIL, 0] > 0.2 and look[landmark98.RIGHT_PUPIL, 0] > 0.2
    up = basis.points(weights_of(eyeLookUpLeft=0.5, eyeLookUpRight=0.5), none)[0] - rest
    assert up[[96, 97], 1].min() > 0.2


def test_basis_equals_the_whole_head(head):
    rng = np.random.default_rng(1)
    weights, identity = rng.uniform(0, 1, (1, 52)), rng.standard_normal((1, 10))
    whole = head.pose(weights[0], identity[0])[head.landmarks[:96]]
    np.testing.assert_allclose(head.landmark_basis().points(weights, identity)[0, :96], whole, atol=1e-3)
