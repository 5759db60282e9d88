"""Pictures on the disk: read when asked for, and named when missing or damaged."""

import numpy as np
import pytest

from tests.training.datasets.drawn import SIZE, face_points, write_picture
from training.datasets.pictures import FileFaces, PictureFiles, read_picture, require_pictures
from training.errors import DamagedDataError, MissingDataError


@pytest.fixture
def faces(tmp_path) -> FileFaces:
    paths = [tmp_path / f"{row}.jpg" for row in range(3)]
    for path in paths:
        write_picture(path, face_points())
    labels = {"image": np.array([path.name for path in paths]), "names": np.array(["x", "y"])}
    return FileFaces(PictureFiles(paths), labels)


def test_rows_are_decoded_when_asked_for(faces):
    faces.images.paths[1].unlink()  # loading did not read it, and the others do not need it
    assert faces.decode(0).shape == (SIZE, SIZE, 3) and len(faces) == 3
    with pytest.raises(MissingDataError, match=r"1\.jpg: expected a picture, found no such file"):
        faces.decode(1)


def test_selection_reads_nothing(faces):
    faces.images.paths[0].unlink()
    kept = faces.select(np.array([True, False, True]))
    assert list(kept.labels["image"]) == ["0.jpg", "2.jpg"] and list(kept.labels["names"]) == ["x", "y"]
    assert isinstance(kept, FileFaces) and kept.decode(1).shape == (SIZE, SIZE, 3)


@pytest.mark.parametrize("content", [b"", b"not a picture", None])
def test_a_damaged_picture_is_named(faces, content):
    path = faces.images.paths[2]
    path.write_bytes(path.read_bytes()[:20] if content is None else content)
    with pytest.raises(DamagedDataError, match=r"2\.jpg: expected a picture, could not decode its \d+ bytes"):
        faces.decode(2)
    with pytest.raises(DamagedDataError, match=r"2\.jpg"):
        read_picture(path)


def test_missing_pictures_are_counted(faces, tmp_path):
    require_pictures(faces.images.paths, "a set")
    paths = [*faces.images.paths, faces.images.paths[0], tmp_path / "none.jpg"]
    with pytest.raises(
        MissingDataError, match=r"a set: expected 4 pictures, 1 are missing, first .*none\.jpg"
    ):
        require_pictures(paths, "a set")
