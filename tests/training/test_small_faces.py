"""Small faces: shrinking by hand, and the command on a real photograph."""

import json

import numpy as np
import pytest

from engines import landmark98
from engines.stages import align
from tests.training.photographs import photograph_faces
from training import small_faces
from training.small_faces import markdown, shrink


def test_a_picture_is_shrunk_until_the_crop_spans_so_many_pixels(astronaut):
    faces, truth = photograph_faces(astronaut)
    image, points = faces.decode(0), truth[0].astype(float)
    smaller, there = shrink(image, points, 64)
    span = align.CROP_SIZE / np.hypot(*align.crop_from_points(there)[:, 0])
    assert span == pytest.approx(64, rel=0.01) and smaller.shape[0] < image.shape[0]
    assert np.allclose((there + 0.5) / smaller.shape[1::-1], (points + 0.5) / image.shape[1::-1])
    assert shrink(image, points, 5000)[0] is image


def test_the_table_marks_what_the_pipeline_takes():
    errors = {span: {256: 3.0, 224: 3.1, 192: 3.2} for span in (256, 128)}
    table = markdown({"command": "c", "date": "d", "profiles": {"lite": errors}})
    assert "| 256 | **3.00** | 3.10 | 3.20 |" in table and "| 128 | 3.00 | **3.10** | 3.20 |" in table


def test_the_command_measures_both_crops_of_each_profile(astronaut, tmp_path, monkeypatch):
    faces, truth = photograph_faces(astronaut)
    faces.labels["gt68"] = truth[:, landmark98.TO_68]
    monkeypatch.setattr(small_faces, "load_faces", lambda folder, name: faces)
    monkeypatch.setattr(small_faces, "PROFILES", ("lite",))
    monkeypatch.setattr("sys.argv", ["small_faces", "--data", "x", "--out", str(tmp_path)])
    small_faces.main()
    errors = json.loads((tmp_path / "small_faces.json").read_text())["profiles"]["lite"]
    assert list(errors) == [str(span) for span in small_faces.SPANS_PX]
    assert all(0 < error < 8 for sizes in errors.values() for error in sizes.values())
    assert "| 320 | **" in (tmp_path / "small_faces.md").read_text()
