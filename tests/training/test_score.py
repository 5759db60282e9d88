"""Scoring: which face is meant, and that a missed one is not forgiven."""

import numpy as np
import pytest

from engines import landmark98
from training.score import labelled_face, markdown, plot_ced, score


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


def test_a_missed_face_counts_as_all_wrong():
    truth = np.stack([face98()[landmark98.TO_68]] * 4)
    result = score([record(face98()), record(face98((3, 0))), record(), record(face98())], truth)
    assert result["found"] == 3 and result["faces"] == 4
    assert result["nme68_percent"] == pytest.approx((0 + 5 + 100 + 0) / 4)
    assert result["failure_rate_percent"] == 25


def test_table_and_plot_are_written(tmp_path):
    truth = face98()[landmark98.TO_68][None]
    results = {"lite": score([record(face98((1.2, 0)))], truth)}
    assert "| lite | 1 / 1 | 2.00 |" in markdown(results, "command")
    plot_ced(results, tmp_path / "ced.png")
    assert (tmp_path / "ced.png").stat().st_size > 5000
