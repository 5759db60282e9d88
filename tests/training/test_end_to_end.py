"""Labelled faces found by the command: which face is meant, and that a missed one is not forgiven."""

import numpy as np
import pytest

from engines import landmark98
from engines.models import manifest
from tests.training.datasets.drawn import face_points
from tests.training.photographs import photograph_faces
from training.end_to_end import (
    analyze_faces,
    crop_of_labels,
    errors_of,
    labelled_face,
    name_network,
    read_given_crops,
    window_around,
)
from training.errors import DataError


def face98(shift=(0.0, 0.0)) -> np.ndarray:
    points = np.random.default_rng(1).uniform((100, 100), (200, 220), (98, 2))
    points[landmark98.RIGHT_EYE_OUTER], points[landmark98.LEFT_EYE_OUTER] = (120, 150), (180, 150)
    return points + shift


def record(*faces) -> dict:
    return {"faces": [{"landmarks": face.tolist()} for face in faces]}


def test_the_overlapping_face_is_the_labelled_one():
    truth = face98()[landmark98.TO_68]
    assert np.allclose(labelled_face(record(face98((400, 0)), face98((2, 0))), truth), face98((2, 0)))
    assert labelled_face(record(face98((400, 0))), truth) is None
    assert labelled_face({"error": {}}, truth) is None


@pytest.mark.parametrize("count", [68, 98])
def test_a_missed_face_counts_as_all_wrong(count):
    truth = np.stack([face98() if count == 98 else face98()[landmark98.TO_68]] * 3)
    errors, found = errors_of([face98(), face98((3, 0)), None], truth)
    assert found == 2 and errors == pytest.approx([0, 0.05, 1.0])


def test_a_window_stays_inside_its_picture():
    points = np.array([[40.0, 40], [60, 60]])
    assert window_around(points, (200, 300), 3.0) == (20, 20, 80, 80)
    assert window_around(points, (70, 55), 5.0) == (0, 0, 55, 70)
    with pytest.raises(DataError, match="expected a face inside its picture"):
        window_around(points + 500, (200, 300), 3.0)


def test_crops_of_68_and_of_98_points_agree():
    points = face_points()
    whole, part = crop_of_labels(points), crop_of_labels(points[landmark98.TO_68])
    assert np.abs(whole - part).max() < 0.1 * np.abs(whole).max()


def test_a_real_face_is_found_whole_in_a_window_and_in_its_crop(astronaut):
    faces, truth = photograph_faces(astronaut)
    for found in (
        analyze_faces(faces, truth, "lite", "onnxruntime"),
        analyze_faces(faces, truth, "lite", "onnxruntime", 2.5),
        read_given_crops(faces, truth, "lite", "onnxruntime"),
    ):
        errors, count = errors_of(found, truth)
        assert count == 1 and errors[0] < 0.03


def test_the_network_is_named_with_its_hash():
    sha256 = manifest()["landmarks_lite"]["sha256"][:12]
    assert name_network("lite", "onnxruntime").startswith(f"landmarks_lite {sha256} on onnxruntime (")
