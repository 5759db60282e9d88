"""WIDER FACE's files: boxes, attributes, the picture of no faces, and the faults that a copy may have."""

import pytest

from tests.training.datasets.drawn import SIZE, WIDER_BLOCKS
from training.datasets.wider import ATTRIBUTES, load_wider
from training.errors import DamagedDataError, MissingDataError

TRAIN = "wider_face_split/wider_face_train_bbx_gt.txt"


def test_boxes_and_attributes_are_read(wider):
    two, none, invalid = load_wider(wider, "train")
    assert two.name == "0--Parade/two.jpg" and two.decode().shape == (SIZE, SIZE, 3)
    assert two.boxes_xyxy_px.tolist() == [[20, 24, 90, 108], [100, 10, 130, 46]]
    assert dict(zip(ATTRIBUTES, two.attributes[1].tolist(), strict=True)) == {
        "blur": 2, "expression": 1, "illumination": 0, "invalid": 0, "occlusion": 1, "pose": 1,
    }  # fmt: skip
    assert two.judged.tolist() == [True, True]
    assert none.boxes_xyxy_px.shape == (0, 4) and none.judged.shape == (0,)
    assert invalid.judged.tolist() == [True, False, False]  # one marked invalid, one without area


def test_both_parts_are_there(wider):
    assert [p.name for p in load_wider(wider, "val")] == [p.name for p in load_wider(wider, "train")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("two.jpg\n2\n", "two.jpg\n3\n", r"line 5: expected x1 y1 w h blur.*\(10 numbers\), got '1:"),
        ("two.jpg\n2\n", "two.jpg\n1\n", "line 4: expected a picture's name, got '100 10 30 36"),
        ("two.jpg\n2\n", "two.jpg\nmany\n", "line 2: expected the number of faces in .*two.jpg, got 'many'"),
        ("20 24 70 84", "20 24 70 a", r"line 3: expected x1 y1 w h"),
        ("none.jpg\n0\n0 0 0 0 0", "none.jpg\n0\n9 9 9 9 0", "line 7: expected a line of zeros"),
        (
            "50 50 0 9 0 0 0 0 0 0 \n",
            "",
            "line 12: expected face 3 of 3 in .*invalid.jpg.*the file ends here",
        ),
    ],
)
def test_a_damaged_file_is_told_by_its_line(wider, old, new, message):
    (wider / TRAIN).write_text(WIDER_BLOCKS.replace(old, new, 1))
    with pytest.raises(DamagedDataError, match=message):
        load_wider(wider, "train")


def test_missing_files_are_named(wider, tmp_path):
    with pytest.raises(MissingDataError, match="expected WIDER FACE's labels as one of"):
        load_wider(tmp_path / "none", "train")
    (wider / "WIDER_train/images/0--Parade/none.jpg").unlink()
    with pytest.raises(MissingDataError, match=r"expected 3 pictures, 1 are missing, first .*none\.jpg"):
        load_wider(wider, "train")
    (wider / TRAIN).write_text("\n")
    with pytest.raises(DamagedDataError, match="the file is empty"):
        load_wider(wider, "train")
