"""Label lines: every fault of a text file is told with its place."""

import pytest

from training.datasets.labels import LabelLines, first_folder
from training.errors import DamagedDataError, MissingDataError


def lines_of(tmp_path, text: str) -> LabelLines:
    (tmp_path / "labels.txt").write_text(text)
    return LabelLines(tmp_path / "labels.txt")


def test_lines_are_taken_in_order_and_the_end_is_an_error_with_its_line(tmp_path):
    lines = lines_of(tmp_path, " one \ntwo\n\n\n")
    assert len(lines) == 2 and lines.take("a word") == "one" and lines.left == 1
    assert lines.take("a word") == "two" and lines.number == 2
    with pytest.raises(DamagedDataError, match=r"labels\.txt, line 3: expected a word, the file ends here"):
        lines.take("a word")


@pytest.mark.parametrize("text", ["1 2", "1 2 3 4", "1 2 x", "1 2 nan", "1 2 inf"])
def test_numbers_must_be_so_many_and_finite(tmp_path, text):
    lines = lines_of(tmp_path, text)
    with pytest.raises(
        DamagedDataError, match=r"line 1: expected a point \(3 (finite )?numbers\), got '.*1 2"
    ):
        lines.numbers(lines.take("a point").split(), 3, "a point")


def test_numbers_are_parsed(tmp_path):
    lines = lines_of(tmp_path, "1 -2.5 3e2")
    assert lines.numbers(lines.take("a point").split(), 3, "a point").tolist() == [1, -2.5, 300]


def test_a_long_wrong_line_is_shortened(tmp_path):
    lines = lines_of(tmp_path, "x" * 500)
    assert len(str(lines.damaged("a number", lines.take("a number")))) < len(str(tmp_path)) + 150


def test_missing_and_binary_files_are_named(tmp_path):
    with pytest.raises(MissingDataError, match=r"none\.txt: expected a file of labels, found no such file"):
        LabelLines(tmp_path / "none.txt")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(DamagedDataError, match=r"binary\.txt: expected a text file"):
        LabelLines(tmp_path / "binary.txt")


def test_the_first_place_that_is_there_is_taken_and_missing_ones_are_listed(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "c").mkdir()
    assert first_folder(tmp_path, ("a", "b", "c"), "pictures") == tmp_path / "b"
    with pytest.raises(MissingDataError, match="expected pictures as one of x, y; found none"):
        first_folder(tmp_path, ("x", "y"), "pictures")
