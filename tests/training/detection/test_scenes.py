"""Scenes: labels must follow the picture through every change."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines import landmark98
from training.detection import scenes as scn
from training.detection.train import load_photographs
from training.faces import DataError


@pytest.fixture(scope="module")
def photos(data_pack) -> scn.Photographs:
    return load_photographs(data_pack, None, 4)


def marked_scene() -> scn.Scene:
    """A black picture with a white dot on the nose tip."""
    points = np.zeros((1, 98, 2), np.float32)
    points[0, :, 0], points[0, :, 1] = np.linspace(20, 80, 98), np.linspace(30, 60, 98)
    image = np.zeros((100, 120, 3), np.uint8)
    x, y = np.rint(points[0, landmark98.NOSE_TIP]).astype(int)
    cv2.circle(image, (int(x), int(y)), 4, (255, 255, 255), -1)
    return scn.Scene(image, points, np.array([[90, 10, 110, 40]], np.float32))


def centre_of_light(image: np.ndarray) -> np.ndarray:
    weight = image[..., 0].astype(float)
    rows, columns = np.indices(weight.shape)
    return np.array([(columns * weight).sum(), (rows * weight).sum()]) / weight.sum()


@pytest.mark.parametrize("scale", [0.5, 1.0, 1.7])
@pytest.mark.parametrize("degrees", [0.0, 25.0, -15.0])
@pytest.mark.parametrize("flip", [False, True])
def test_transform_moves_points_with_the_picture(scale, degrees, flip):
    scene = scn.transform(marked_scene(), scale, degrees, flip, cv2.BORDER_CONSTANT)
    # The nose tip lies on the middle line, so mirroring keeps its index.
    assert (
        np.abs(centre_of_light(scene.image) - scene.points[0, landmark98.NOSE_TIP]).max() < 0.5 + 0.5 * scale
    )


def test_transform_flip_moves_ignored_boxes_and_renames_left_and_right():
    scene = scn.transform(marked_scene(), 1.0, 0.0, True, cv2.BORDER_CONSTANT)
    assert scene.ignored.tolist() == [[10, 10, 30, 40]]
    before = marked_scene().points[0, landmark98.LEFT_PUPIL]
    assert scene.points[0, landmark98.RIGHT_PUPIL].tolist() == [119 - before[0], before[1]]


def test_vary_gives_the_face_the_asked_size(photos):
    rng = np.random.default_rng(0)
    for side in (20.0, 60.0):
        boxes = np.array([scn.vary(photos.scene_of(0), side, rng).truth[0] for _ in range(8)])
        sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
        assert np.all(np.abs(sides / side - 1) < 0.35)  # turning widens the points' box


def test_cut_keeps_truth_in_place(photos):
    rng = np.random.default_rng(3)
    whole = photos.scene_of(1)
    moved = [scn.cut(whole, rng) for _ in range(12)]
    assert any(scene.image.shape != whole.image.shape for scene in moved)
    for scene in moved:
        top, left = np.subtract(whole.image.shape[:2], scene.image.shape[:2])
        assert np.array_equal(scene.image, whole.image[top:, left:])
        assert np.allclose(scene.points, whole.points - (left, top))


def test_mosaic_holds_several_faces_inside_the_picture(photos):
    rng = np.random.default_rng(1)
    counts = []
    for _ in range(10):
        scene = scn.mosaic_scene(photos, rng)
        counts.append(len(scene.points))
        centres = scene.points.mean(axis=1)
        assert (centres > 0).all() and (centres < scene.image.shape[1::-1]).all()
    assert max(counts) > 2


def test_empty_scene_has_no_face(photos):
    scene = scn.empty_scene(photos, np.random.default_rng(0))
    assert scene.truth.shape == (0, 4) and scene.image.dtype == np.uint8 and min(scene.image.shape[:2]) >= 12


def test_scene_of_ignores_other_faces_only(photos):
    name = str(photos.faces.labels["image"][0])
    own = photos.scene_of(0).truth[0]
    other = np.array([1, 1, 12, 14], np.float32)
    known = scn.Photographs(photos.faces, {name: np.array([own + 1, other])}, [])
    assert known.scene_of(0).ignored.tolist() == [other.tolist()]


def test_load_empty_halves_are_disjoint_and_complete(data_pack):
    even, odd, both = (scn.load_empty(data_pack / "no_faces.tar", half) for half in (0, 1, None))
    assert len(even) == len(odd) == 2
    assert all(np.array_equal(a, b) for a, b in zip(both, [even[0], odd[0], even[1], odd[1]], strict=True))


def test_load_ignored_names_a_damaged_list(tmp_path):
    path = tmp_path / "ignored.json"
    path.write_text("[]")
    with pytest.raises(DataError, match=r"ignored\.json: expected a list of boxes"):
        scn.load_ignored(path)
    assert scn.load_ignored(None) == {}
