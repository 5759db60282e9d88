"""The data pack's loader on a small pack made here."""

import io
import tarfile

import cv2
import numpy as np
import pytest

from training.faces import HELD_OUT_CLIPS, DataError, load_faces, read_tar, training_rows


@pytest.fixture
def pack(tmp_path):
    """Three pictures in two tars, and their labels."""
    picture = np.full((20, 30, 3), (10, 90, 200), np.uint8)  # BGR
    data = cv2.imencode(".jpg", picture)[1].tobytes()
    for number, names in enumerate((["0.jpg", "1.jpg"], ["2.jpg"])):
        with tarfile.open(tmp_path / f"train_{number:02d}.tar", "w") as tar:
            for name in names:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    np.savez(
        tmp_path / "train.npz", image=np.array(["2.jpg", "0.jpg", "1.jpg"]),
        source=np.array(["lfw", HELD_OUT_CLIPS[0], "lfw"]), lm98_trust=np.array([1, 1, 0]),
        mp_blendshape_names=np.array(["a", "b"]),
    )  # fmt: skip
    return tmp_path


def test_rows_line_up_and_pictures_are_rgb(pack):
    faces = load_faces(pack, "train")
    assert len(faces) == 3
    image = faces.decode(0)
    assert image.shape == (20, 30, 3) and np.abs(image.astype(int) - (200, 90, 10)).max() < 6


def test_selection_keeps_the_arrays_that_are_not_rows(pack):
    faces = load_faces(pack, "train").select(np.array([True, False, True]))
    assert list(faces.labels["image"]) == ["2.jpg", "1.jpg"]
    assert list(faces.labels["mp_blendshape_names"]) == ["a", "b"]


def test_clips_that_results_are_reported_on_never_train(pack):
    assert list(training_rows(load_faces(pack, "train").labels)) == [True, False, False]


def test_missing_and_damaged_files_are_named(pack):
    with pytest.raises(DataError, match="no such file"):
        load_faces(pack, "other")
    (pack / "train_01.tar").unlink()
    with pytest.raises(DataError, match=r"1 are missing, first 2\.jpg"):
        load_faces(pack, "train")
    (pack / "train_00.tar").write_bytes(b"garbage")
    with pytest.raises(DataError, match="expected a readable tar"):
        read_tar(pack / "train_00.tar")


def test_a_damaged_picture_is_named(pack):
    faces = load_faces(pack, "train")
    faces.images[1] = b"damaged"
    with pytest.raises(DataError, match=r"0\.jpg"):
        faces.decode(1)
