"""Gaze: recovery on built eyes, the sign conventions, agreement with MediaPipe on photographs."""

import numpy as np
import pytest

from engines import landmark98
from engines.stages import gaze
from engines.stages.gaze import estimate_gaze
from engines.stages.pose import HeadPose, rotation_from_euler

EYES = ((landmark98.LEFT_PUPIL, 68, 72), (landmark98.RIGHT_PUPIL, 60, 64))


def look(yaw: float, pitch: float, euler=(0, 0, 0), scale=2000.0, open_eyes=True) -> tuple:
    """Build a face whose eyes look along (yaw, pitch) of the head: points (1, 98, 2), rotation (1, 3, 3)."""
    shape = HeadPose().mean_m.copy()
    direction = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    for pupil, first, second in EYES:
        width = np.linalg.norm(shape[first] - shape[second])
        ball = (shape[first] + shape[second]) / 2 + width * np.array([0, gaze.EYEBALL_UP, -gaze.EYEBALL_BACK])
        shape[pupil] = ball + width * gaze.EYEBALL_RADIUS * direction
    if not open_eyes:
        shape[[61, 62, 63, 69, 70, 71]] = shape[[67, 66, 65, 75, 74, 73]]
    rotation = rotation_from_euler(np.array([euler], float))
    points = (shape @ rotation[0].T)[:, :2] * (1, -1) * scale + 300
    return points[None], rotation


@pytest.mark.parametrize("euler", [(0, 0, 0), (30, 0, 0), (-25, 15, 0), (10, -15, 30)])
@pytest.mark.parametrize("angles", [(0, 0), (0.3, 0), (-0.35, 0.1), (0.1, -0.25)])
def test_recovers_built_eyes(angles, euler):
    found = estimate_gaze(*look(*angles, euler))
    assert found.shape == (1, 2, 2)
    np.testing.assert_allclose(found[0], [angles, angles], atol=0.06)


def test_pupil_to_the_right_of_the_picture_is_the_subjects_left():
    points, rotation = look(0, 0)
    before = estimate_gaze(points, rotation)[0]
    points[0, landmark98.RIGHT_PUPIL :, 0] += 5
    assert (estimate_gaze(points, rotation)[0, :, 0] > before[:, 0] + 0.05).all()
    points[0, landmark98.RIGHT_PUPIL :, 1] -= 5  # up in the picture
    assert (estimate_gaze(points, rotation)[0, :, 1] > before[:, 1] + 0.05).all()


def test_mirrored_points_swap_the_eyes_and_the_yaw():
    points, rotation = look(0.2, 0.1, (20, 5, 10))
    points[0, 90:] += np.random.default_rng(1).standard_normal((8, 2)) * 2
    other = points[:, landmark98.FLIP] * (-1, 1) + (640, 0)
    mirror = np.diag([-1.0, 1, 1])
    swapped = estimate_gaze(other, mirror @ rotation @ mirror)
    np.testing.assert_allclose(swapped, estimate_gaze(points, rotation)[:, ::-1] * (-1, 1), atol=1e-9)


def test_a_shut_eye_follows_the_open_one():
    points, rotation = look(0.2, 0)
    points[0, [61, 62, 63]] = points[0, [67, 66, 65]]
    points[0, landmark98.RIGHT_PUPIL] += (12, 4)  # a guess behind the lid
    found = estimate_gaze(points, rotation)[0]
    np.testing.assert_allclose(found[1], found[0], atol=0.02)


def test_coinciding_points_and_no_face():
    assert np.isfinite(estimate_gaze(np.full((1, 98, 2), 50.0), np.eye(3)[None])).all()
    assert estimate_gaze(np.zeros((0, 98, 2)), np.zeros((0, 3, 3))).shape == (0, 2, 2)


def test_agrees_with_mediapipe_on_photographs(shared_data):
    with np.load(shared_data / "faces" / "train.npz") as archive:
        rows = np.flatnonzero(archive["lm98_trust"] > 0)[::4]
        points, size, scores = (archive[k][rows] for k in ("lm98", "size_hw", "mp_blendshapes"))
        names = [str(name) for name in archive["mp_blendshape_names"]]
    score = {name: scores[:, i].astype(float) for i, name in enumerate(names)}
    awake = (score["eyeBlinkLeft"] < 0.4) & (score["eyeBlinkRight"] < 0.4)
    ours = estimate_gaze(points, HeadPose().estimate(points, size)[0])[awake]
    left = (score["eyeLookOutLeft"] - score["eyeLookInLeft"])[awake]
    right = (score["eyeLookInRight"] - score["eyeLookOutRight"])[awake]
    up = (score["eyeLookUpLeft"] - score["eyeLookDownLeft"])[awake]
    assert np.corrcoef(ours[:, 0, 0], left)[0, 1] > 0.93
    assert np.corrcoef(ours[:, 1, 0], right)[0, 1] > 0.93
    # A free linear fit of both eyes and the head's angles reaches 0.78 on these photographs.
    assert np.corrcoef(ours[:, 0, 1], up)[0, 1] > 0.7
