"""Expression: features free of pose, mirror symmetry through the real weights, a face at rest."""

import numpy as np
import pytest

from engines import landmark98
from engines.backends import open_session
from engines.errors import ShapeError
from engines.models import manifest, model_path
from engines.stages.expression import (
    FEATURES,
    POSE_FREE_FEATURES,
    UNSEEN,
    Expression,
    expression_features,
    gather_appearance,
    mean_face_m,
    mirror_blendshapes,
    mirror_features,
    mirror_name,
)
from engines.stages.pose import HeadPose, rotation_from_euler
from proto.tables import ACTION_UNITS, BLENDSHAPES


@pytest.fixture(scope="module")
def expression() -> Expression:
    return Expression(open_session(model_path("expression"), threads=1))


def turned_faces(euler_deg, shape=None, scale=1500.0) -> tuple[np.ndarray, np.ndarray]:
    """See the mean face from some sides, without perspective: points (N, 98, 2) and rotations."""
    rotation = rotation_from_euler(np.array(euler_deg, float).reshape(-1, 3))
    shape = mean_face_m() if shape is None else shape
    return (shape @ rotation.transpose(0, 2, 1))[..., :2] * (1, -1) * scale + (320, 240), rotation


def noisy_faces(count: int = 6) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    points, rotation = turned_faces(rng.uniform(-25, 25, (count, 3)))
    return points + rng.normal(0, 2.0, points.shape), rotation


def test_features_of_the_mean_face_are_zero_from_every_side():
    points, rotation = turned_faces([(0, 0, 0), (40, 0, 0), (-30, 20, 0), (10, -20, 35)])
    features = expression_features(points, rotation)
    assert features.shape == (4, FEATURES) and features.dtype == np.float32
    np.testing.assert_allclose(features[:, :196], 0, atol=1e-5)
    np.testing.assert_allclose(features[1, 196], np.sin(np.deg2rad(40)), atol=1e-6)


def test_plain_points_are_upright_and_of_one_size():
    points, rotation = noisy_faces()
    turned = np.array([[np.cos(0.7), np.sin(0.7)], [-np.sin(0.7), np.cos(0.7)]])
    plain = expression_features(points, rotation)[:, POSE_FREE_FEATURES:]
    again = expression_features(points @ turned * 2, rotation)[:, POSE_FREE_FEATURES:]
    np.testing.assert_allclose(again, plain, atol=1e-4)
    x, y = plain.reshape(-1, 2, 98).transpose(1, 0, 2)
    levels = [y[:, eye].mean(axis=1) for eye in (landmark98.RIGHT_EYE, landmark98.LEFT_EYE)]
    np.testing.assert_allclose(*levels, atol=1e-5)
    assert (x[:, landmark98.LEFT_EYE].mean(axis=1) > x[:, landmark98.RIGHT_EYE].mean(axis=1)).all()


def test_features_do_not_depend_on_size_or_place():
    points, rotation = noisy_faces()
    other = expression_features(points * 3 + (50, -20), rotation)
    np.testing.assert_allclose(other, expression_features(points, rotation), atol=1e-5)


def test_a_raised_point_shows_as_itself_in_the_frontal_view():
    shape = mean_face_m().copy()
    shape[landmark98.NOSE_TIP, 1] += 0.0065  # a tenth of a unit, upward; no anchor
    points, rotation = turned_faces([(0, 0, 0), (30, 10, 20)], shape)
    features = expression_features(points, rotation)[:, :196].reshape(2, 2, 98)
    np.testing.assert_allclose(features[:, 1, landmark98.NOSE_TIP], 0.1, atol=0.01)
    assert np.abs(np.delete(features, landmark98.NOSE_TIP, axis=2)).max() < 0.01


def test_a_profile_gives_finite_features():
    points, rotation = turned_faces([(90, 0, 0), (0, 90, 0)])
    assert np.isfinite(expression_features(points, rotation)).all()
    assert np.isfinite(expression_features(np.full((1, 98, 2), 7.0), np.eye(3)[None])).all()


def test_wrong_shape_is_refused():
    with pytest.raises(ShapeError, match="98"):
        expression_features(np.zeros((1, 68, 2)), np.eye(3)[None])


def test_mirror_names():
    assert mirror_name("eyeBlinkLeft") == "eyeBlinkRight"
    assert mirror_name("jawRight") == "jawLeft"
    assert mirror_name("jawOpen") == "jawOpen"
    assert (mirror_blendshapes()[mirror_blendshapes()] == np.arange(52)).all()


def test_mirrored_points_mirror_the_features():
    points, rotation = noisy_faces()
    mirror = np.diag([-1.0, 1, 1])
    other = expression_features(points[:, landmark98.FLIP] * (-1, 1) + (640, 0), mirror @ rotation @ mirror)
    order, sign = mirror_features()
    np.testing.assert_allclose(other, expression_features(points, rotation)[:, order] * sign, atol=1e-5)


def test_mirrored_faces_swap_left_and_right_weights(expression):
    points, rotation = noisy_faces()
    mirror = np.diag([-1.0, 1, 1])
    weights, units = expression.estimate(points, rotation)
    other, other_units = expression.estimate(
        points[:, landmark98.FLIP] * (-1, 1) + (640, 0), mirror @ rotation @ mirror
    )
    np.testing.assert_allclose(other, weights[:, mirror_blendshapes()], atol=1e-4)
    np.testing.assert_allclose(other_units, units, atol=1e-3)
    assert np.abs(weights - weights[:, mirror_blendshapes()]).max() > 0.02  # the faces are lopsided


def test_ranges_shapes_and_batches(expression):
    points, rotation = noisy_faces(5)
    weights, units = expression.estimate(points, rotation)
    assert weights.shape == (5, len(BLENDSHAPES)) and units.shape == (5, len(ACTION_UNITS))
    assert weights.min() >= 0 and weights.max() <= 1 and units.min() >= 0 and units.max() <= 5
    alone = [expression.estimate(points[i : i + 1], rotation[i : i + 1])[0][0] for i in range(5)]
    np.testing.assert_allclose(np.array(alone), weights, atol=1e-5)


def test_no_face_gives_empty_arrays(expression):
    weights, units = expression.estimate(np.zeros((0, 98, 2)), np.zeros((0, 3, 3)))
    assert weights.shape == (0, 52) and units.shape == (0, 18)


class Recorder:
    """A session that remembers what it was given."""

    def run(self, inputs, outputs):
        self.inputs = inputs
        count = len(inputs["features"])
        return [np.zeros((count, 52), np.float32), np.zeros((count, 18), np.float32)]


def test_without_an_image_branch_the_points_speak_alone(expression):
    points, rotation = noisy_faces(3)
    session = Recorder()
    Expression(session).estimate(points, rotation)
    assert session.inputs["appearance"].shape == (3, 248) and (session.inputs["appearance"] == UNSEEN).all()
    alone, _ = expression.estimate(points, rotation)
    unseen, _ = expression.estimate(points, rotation, gather_appearance([None] * 3))
    np.testing.assert_array_equal(alone, unseen)


def test_appearance_is_gathered_by_face():
    rows = gather_appearance([None, np.full(248, 0.5, np.float32)])
    assert rows.dtype == np.float32 and (rows[0] == UNSEEN).all() and (rows[1] == 0.5).all()
    assert gather_appearance([]).shape == (0, 248)


def test_the_mean_face_at_rest_gives_almost_nothing_as_it_turns(expression):
    euler = [(yaw, pitch, 0) for yaw in (-40, -20, 0, 20, 40) for pitch in (-25, 0, 25)]
    weights, _ = expression.estimate(*turned_faces(euler))
    looks = np.array([name.startswith("eyeLook") for name in BLENDSHAPES])
    assert weights[:, ~looks].max() < 0.3
    assert weights.mean() < 0.04


def moved(rows, dx=0.0, dy=0.0) -> np.ndarray:
    shape = mean_face_m().copy()
    shape[rows, 0] += dx
    shape[rows, 1] += dy
    return shape


def estimate_shape(expression, shape, euler=(0, 0, 0)) -> dict[str, float]:
    weights, units = expression.estimate(*turned_faces([euler], shape))
    return dict(zip(BLENDSHAPES, weights[0], strict=True)) | dict(zip(ACTION_UNITS, units[0], strict=True))


def test_a_shut_left_lid_is_a_left_blink(expression):
    shape = mean_face_m().copy()
    shape[[69, 70, 71], 1] = shape[[75, 74, 73], 1] + 0.0005
    shape[landmark98.LEFT_PUPIL, 1] = shape[[70, 74], 1].mean()
    found = estimate_shape(expression, shape)
    assert found["eyeBlinkLeft"] > 0.5 and found["eyeBlinkLeft"] > found["eyeBlinkRight"] + 0.3


def test_a_dropped_jaw_opens_the_mouth(expression):
    shape = mean_face_m().copy()
    shape[[83, 84, 85, 86, 87, 93, 94, 95], 1] -= 0.02
    shape[12:21, 1] -= 0.02
    found = estimate_shape(expression, shape)
    assert found["jawOpen"] > 0.3 and found["AU26"] > 1 and found["AU25"] > 1
    assert estimate_shape(expression, mean_face_m())["jawOpen"] < 0.1


def test_what_is_not_estimated_is_declared_and_held_at_zero(expression):
    declared = manifest()["expression"]["measured"]["coefficients"]
    assert list(declared) == list(BLENDSHAPES)
    assert not declared["tongueOut"]["estimated"] and declared["tongueOut"]["quality"] is None
    assert not declared["cheekPuff"]["estimated"]
    weights, _ = expression.estimate(*noisy_faces())
    held = [not declared[name]["estimated"] for name in BLENDSHAPES]
    assert (weights[:, held] == 0).all() and (weights[:, ~np.array(held)] > 0).any()
    assert declared["jawOpen"]["estimated"] and declared["jawOpen"]["quality"] > 0.8


def test_tracks_the_pose_stage_in_a_clip_like_sequence(expression):
    """A neutral face that nods before a real camera, through the real pose stage, keeps its weights."""
    head = HeadPose()
    euler = np.stack([np.zeros(21), np.linspace(-20, 20, 21), np.zeros(21)], axis=1)
    points, _ = turned_faces(euler)
    rotation, _ = head.estimate(points, (480, 640))
    weights, _ = expression.estimate(points, rotation)
    assert np.abs(np.diff(weights, axis=0)).max() < 0.1
