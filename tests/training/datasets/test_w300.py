"""300-W's files: points counted from 1, the parts by folder, and the faults that a copy may have."""

import numpy as np
import pytest

from engines import landmark98
from tests.training.datasets.drawn import SIZE, face_points, write_picture, write_pts
from training.datasets.w300 import load_300w, part_of, read_pts
from training.errors import DamagedDataError, MissingDataError


def test_points_count_from_the_first_pixel(tmp_path):
    points = face_points()[landmark98.TO_68]
    write_pts(tmp_path / "a.pts", points)
    assert "81.000000" in (tmp_path / "a.pts").read_text()  # what is at 80 here is written as 81
    assert np.allclose(read_pts(tmp_path / "a.pts"), points, atol=1e-4)


def test_faces_pictures_and_parts_line_up(w300):
    faces = load_300w(w300)
    found = dict(zip(faces.labels["image"], faces.labels["source"], strict=True))
    assert found == {
        "helen/testset/a_1.jpg": "common", "lfpw/testset/b_1.png": "common",
        "ibug/c_1.jpg": "challenging", "helen/trainset/d_1.jpg": "train",
    }  # fmt: skip
    assert faces.labels["gt68"].shape == (4, 68, 2) and np.isnan(faces.labels["lm98"]).all()
    assert all(faces.decode(row).shape == (SIZE, SIZE, 3) for row in range(4))


def test_the_opened_folder_itself_may_name_the_part(w300):
    assert set(load_300w(w300 / "ibug").labels["source"]) == {"challenging"}
    assert set(load_300w(w300 / "helen/testset").labels["source"]) == {"common"}


def test_other_folders_are_no_part(tmp_path):
    assert part_of(tmp_path / "mine" / "a.pts") == "other"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version: 1\n", "", "line 1: expected version"),
        ("n_points:  68", "n_points:  29", "line 2: expected n_points: 68, got 'n_points: 29'"),
        ("{", "", "line 3: expected {"),
        ("81.000000 ", "81.000000 1 ", r"expected point \d+ of 68: x y"),
        ("\n}", "", "line 72: expected }, the file ends here"),
    ],
)
def test_a_damaged_file_is_told_by_its_line(tmp_path, old, new, message):
    path = tmp_path / "a.pts"
    points = np.full((68, 2), 80.0)
    write_pts(path, points)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DamagedDataError, match=message):
        read_pts(path)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(MissingDataError, match=r"expected \.pts files of 300-W, found none"):
        load_300w(tmp_path)
    write_pts(tmp_path / "a.pts", np.zeros((68, 2)))
    with pytest.raises(MissingDataError, match=r"a\.pts: expected a picture of the same name"):
        load_300w(tmp_path)
    write_picture(tmp_path / "a.png", np.zeros((0, 2)))
    assert len(load_300w(tmp_path)) == 1
