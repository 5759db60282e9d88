"""WFLW's files: what a line means, the six subsets, and the faults that a copy may have."""

import numpy as np
import pytest

from engines import landmark98
from tests.training.datasets.drawn import ATTRIBUTES, SIZE, face_points
from training.datasets.wflw import load_wflw, subsets_of
from training.errors import DamagedDataError, MissingDataError

TRAIN = "WFLW_annotations/list_98pt_rect_attr_train_test/list_98pt_rect_attr_train.txt"
BLUR = "WFLW_annotations/list_98pt_test/list_98pt_test_blur.txt"


def test_points_rectangles_attributes_and_pictures_line_up(wflw):
    faces = load_wflw(wflw, "train")
    assert len(faces) == 3
    for row in range(3):
        points = face_points(side=60.0 + 4 * row)
        assert np.allclose(faces.labels["lm98"][row], points, atol=1e-4)
        assert np.allclose(faces.labels["rect_xyxy"][row], [*points.min(0), *points.max(0)], atol=1)
        assert tuple(faces.labels["attributes"][row]) == ATTRIBUTES["train"][row]
    assert np.array_equal(faces.labels["gt68"], faces.labels["lm98"][:, landmark98.TO_68])
    assert set(faces.labels["source"]) == {"wflw_train"} and set(faces.labels["lm98_trust"]) == {2}
    assert faces.decode(2).shape == (SIZE, SIZE, 3)
    assert len(set(faces.labels["image"])) == 1  # the three faces of one picture stay three rows


def test_subsets_come_from_the_published_lists(wflw):
    faces = load_wflw(wflw, "test")
    subsets = subsets_of(wflw, faces)
    assert {name: rows.tolist() for name, rows in subsets.items()} == {
        "pose": [True, False], "expression": [False, False], "illumination": [False, True],
        "make-up": [False, False], "occlusion": [False, False], "blur": [True, False],
    }  # fmt: skip
    # The list decides, where it is there; without it the attributes do.
    lines = (wflw / BLUR.replace("blur", "illumination")).read_text()
    (wflw / BLUR).write_text(lines)
    assert subsets_of(wflw, faces)["blur"].tolist() == [False, True]
    (wflw / BLUR).unlink()
    assert subsets_of(wflw, faces)["blur"].tolist() == [True, False]


def test_a_list_of_other_faces_is_refused(wflw):
    line = (wflw / BLUR).read_text()
    (wflw / BLUR).write_text(line.replace("test_0", "other"))
    with pytest.raises(DamagedDataError, match=r"blur\.txt, line 1: expected a face of the test part"):
        subsets_of(wflw, load_wflw(wflw, "test"))


def test_a_name_may_hold_blanks(wflw):
    name = "0--Parade/train_0.jpg"
    (wflw / "WFLW_images" / name).rename(wflw / "WFLW_images/0--Parade/a face.jpg")
    (wflw / TRAIN).write_text((wflw / TRAIN).read_text().replace(name, "0--Parade/a face.jpg"))
    assert load_wflw(wflw, "train").decode(0).shape == (SIZE, SIZE, 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda words: words[:-1], "line 2: expected 196 coordinates, 4 of the rectangle, 6 attributes"),
        (lambda words: ["x", *words[1:]], "line 2: expected coordinates, rectangle and attributes"),
        (lambda words: [*words[:-2], "2", words[-1]], "line 2: expected six attributes of 0 or 1"),
        (lambda words: ["nan", *words[1:]], "line 2: .*finite"),
    ],
)
def test_a_damaged_line_is_named(wflw, change, message):
    lines = (wflw / TRAIN).read_text().splitlines()
    lines[1] = " ".join(change(lines[1].split()))
    (wflw / TRAIN).write_text("\n".join(lines))
    with pytest.raises(DamagedDataError, match=message):
        load_wflw(wflw, "train")


def test_missing_files_are_named(wflw, tmp_path):
    with pytest.raises(MissingDataError, match="expected WFLW's labels as one of"):
        load_wflw(tmp_path, "train")
    (wflw / "WFLW_images/0--Parade/test_1.jpg").unlink()
    with pytest.raises(MissingDataError, match=r"expected 2 pictures, 1 are missing, first .*test_1\.jpg"):
        load_wflw(wflw, "test")
    (wflw / TRAIN).write_text("")
    with pytest.raises(DamagedDataError, match="the file is empty"):
        load_wflw(wflw, "train")
