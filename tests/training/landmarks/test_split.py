"""A file comes back whole from its parts, or the part that is not right is named."""

import json

import pytest

from training.errors import DamagedDataError, MissingDataError
from training.landmarks import split


@pytest.fixture
def parts(tmp_path):
    """A file of 25 bytes in parts of 10, and its index."""
    whole = tmp_path / "net.onnx"
    whole.write_bytes(bytes(range(25)))
    (tmp_path / "parts").mkdir()
    return whole, split.split_file(whole, tmp_path / "parts", 10)


def test_a_split_file_joins_to_itself(parts, tmp_path):
    whole, index = parts
    described = json.loads(index.read_text())
    assert [part["bytes"] for part in described["parts"]] == [10, 10, 5]
    sha = split.join_file(index, tmp_path / "again.onnx")
    assert (tmp_path / "again.onnx").read_bytes() == whole.read_bytes() and sha == described["sha256"]


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [("missing", MissingDataError, r"net\.onnx\.01: expected a part"),
     ("damaged", DamagedDataError, r"net\.onnx\.01: expected sha256"),
     ("other_whole", DamagedDataError, "of the whole")],
)  # fmt: skip
def test_a_part_that_is_not_right_is_named(parts, tmp_path, fault, error, message):
    _, index = parts
    part = index.parent / "net.onnx.01"
    if fault == "missing":
        part.unlink()
    elif fault == "damaged":
        part.write_bytes(b"other")
    else:
        index.write_text(json.dumps({**json.loads(index.read_text()), "sha256": "0" * 64}))
    with pytest.raises(error, match=message):
        split.join_file(index, tmp_path / "again.onnx")
    assert not (tmp_path / "again.onnx").exists()


def test_an_empty_file_has_one_empty_part(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    index = split.split_file(tmp_path / "empty", tmp_path)
    assert len(json.loads(index.read_text())["parts"]) == 1
    split.join_file(index, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == b""


def test_the_command_splits_and_joins(parts, tmp_path, monkeypatch, capsys):
    whole, _ = parts
    monkeypatch.setattr("sys.argv", ["split", "split", str(whole), "--out", str(tmp_path / "new")])
    split.main()
    index = tmp_path / "new" / "net.onnx.parts.json"
    monkeypatch.setattr("sys.argv", ["split", "join", str(index), "--out", str(tmp_path / "joined")])
    split.main()
    assert (tmp_path / "joined").read_bytes() == whole.read_bytes()
    assert "joined" in capsys.readouterr().out
