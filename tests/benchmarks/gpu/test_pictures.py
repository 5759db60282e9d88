"""Faces for the benchmark: from a folder or at hand, each crop a little off, the face still inside."""

import cv2
import numpy as np
import pytest
import skimage.data

from benchmarks.gpu import pictures
from engines.errors import FacecastError, SourceError
from engines.stages import align
from tests.engines.stages.test_align import face_points


def test_a_folder_of_photographs_is_read_as_rgb(tmp_path):
    image = skimage.data.chelsea()
    cv2.imwrite(str(tmp_path / "cat.png"), image[..., ::-1])
    (tmp_path / "notes.txt").write_text("no picture")
    (found,) = pictures.find_pictures(tmp_path)
    assert np.array_equal(found, image)
    (tmp_path / "cat.png").write_bytes(b"broken")
    with pytest.raises(SourceError, match=r"cat\.png"):
        pictures.find_pictures(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(SourceError, match="found none"):
        pictures.find_pictures(tmp_path)


def test_there_are_pictures_without_a_folder():
    assert all(picture.ndim == 3 for picture in pictures.find_pictures(None))


def test_crops_vary_and_keep_the_face_inside():
    points = face_points()
    matrices, owners = pictures.vary_crops([(3, points), (5, points + 40)], 20)
    assert owners == [3, 5] * 10 and len({matrix.tobytes() for matrix in matrices}) == 20
    for matrix, owner in zip(matrices, owners, strict=True):
        inside = align.to_crop(points + (40 if owner == 5 else 0), matrix)
        assert inside.min() > -25 and inside.max() < 280
        assert np.abs(inside.mean(0) - 127.5).max() < 60
    again, _ = pictures.vary_crops([(3, points), (5, points + 40)], 20)
    assert np.array_equal(matrices, again)


def test_faces_are_found_and_a_cat_is_not_enough():
    ((owner, points),) = pictures.find_faces([skimage.data.chelsea(), skimage.data.astronaut()])
    assert owner == 1 and points.shape == (98, 2)
    with pytest.raises(FacecastError, match="found none"):
        pictures.find_faces([np.zeros((200, 200, 3), np.uint8)])
