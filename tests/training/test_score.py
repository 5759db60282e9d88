"""Scoring: the figures of the table by hand, and the command on a real photograph."""

import json

import numpy as np
import pytest

from engines import landmark98
from tests.training.photographs import photograph_faces
from training import score as scoring
from training.score import markdown, score


def face98(shift=(0.0, 0.0)) -> np.ndarray:
    points = np.random.default_rng(1).uniform((100, 100), (200, 220), (98, 2))
    points[landmark98.RIGHT_EYE_OUTER], points[landmark98.LEFT_EYE_OUTER] = (120, 150), (180, 150)
    return points + shift


def test_a_missed_face_counts_as_all_wrong():
    truth = np.stack([face98()[landmark98.TO_68]] * 4)
    result = score([face98(), face98((3, 0)), None, face98()], truth)
    assert result["found"] == 3 and result["faces"] == 4
    assert result["nme68_percent"] == result["nme51_percent"] == pytest.approx((0 + 5 + 100 + 0) / 4)
    assert result["failure_rate_percent"] == 25 and result["errors68"] == [0, 0.05, 1, 0]


def test_the_table_holds_the_figures():
    truth = face98()[landmark98.TO_68][None]
    results = {"lite": score([face98((1.2, 0))], truth)}
    assert "| lite | 1 / 1 | 2.00 | 2.00 | 0.00 | 0.8000 |" in markdown(results, "command")


def test_the_command_writes_table_curve_and_figures(astronaut, tmp_path, monkeypatch):
    faces, truth = photograph_faces(astronaut, shift=(1.0, 0.0))
    faces.labels["gt68"] = truth[:, landmark98.TO_68]
    monkeypatch.setattr(scoring, "load_faces", lambda folder, name: faces)
    words = ["score", "--data", "x", "--out", str(tmp_path), "--profiles", "lite", "--backend", "onnxruntime"]
    monkeypatch.setattr("sys.argv", words)
    scoring.main()
    result = json.loads((tmp_path / "landmarks.json").read_text())["lite"]
    assert (result["found"], result["faces"]) == (1, 1) and 0.5 < result["nme68_percent"] < 3
    assert (tmp_path / "landmarks_ced.png").stat().st_size > 5000
    assert f"| lite | 1 / 1 | {result['nme68_percent']:.2f} |" in (tmp_path / "landmarks.md").read_text()
