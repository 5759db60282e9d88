"""WIDER FACE's scenes: boxes go along with the picture, and the cascade trains from published sets alone."""

from __future__ import annotations

import argparse

import numpy as np
import pytest
import torch

from engines import boxes as bx
from tests.training.datasets.drawn import write_wflw
from training.datasets.wider import load_wider
from training.detection import train
from training.detection.fit import FitSettings, losses
from training.detection.samples import NEGATIVE, POSITIVE, first_samples
from training.detection.scenes import random_scene
from training.detection.wider import BoxedScene, WiderScenes, cut_scene, load_published, mirror
from training.errors import DataError


@pytest.fixture
def two(wider):
    """The picture of two faces: (20, 24, 90, 108) and (100, 10, 130, 46) on 160 x 160."""
    return load_wider(wider, "train")[0]


def test_boxes_follow_the_window_and_the_scale(two):
    scene = cut_scene(two.decode(), two, np.array([80.0, 80]), np.array([320.0, 320]), 0.5)
    assert scene.image.shape == (80, 80, 3)
    assert np.allclose(scene.truth, [[10, 12, 45, 54], [50, 5, 65, 23]]) and not len(scene.ignored)
    scene = cut_scene(two.decode(), two, np.array([80.0, 80]), np.array([120.0, 120]), 1.0)
    assert scene.image.shape == (120, 120, 3)
    assert np.allclose(scene.truth, [[0, 4, 70, 88], [80, -10, 110, 26]])


def test_faces_mostly_outside_or_too_small_are_not_judged(two):
    scene = cut_scene(two.decode(), two, np.array([120.0, 60]), np.array([80.0, 120]), 1.0)
    assert np.allclose(scene.truth, [[20, 10, 50, 46]])  # the window begins at (80, 0)
    assert np.allclose(scene.ignored, [[0, 24, 10, 108]])
    scene = cut_scene(two.decode(), two, np.array([80.0, 80]), np.array([160.0, 160]), 0.25)
    assert np.allclose(scene.truth, [[5, 6, 22.5, 27]]) and len(scene.ignored) == 1  # 9 pixels high


def test_a_mirrored_scene_keeps_its_boxes_on_the_faces(two):
    scene = cut_scene(two.decode(), two, np.array([80.0, 80]), np.array([160.0, 160]), 1.0)
    turned = mirror(scene)
    assert np.allclose(turned.truth, [[70, 24, 140, 108], [30, 10, 60, 46]])
    assert np.array_equal(turned.image[:, ::-1], scene.image)
    assert np.allclose(mirror(turned).truth, scene.truth)


def test_drawn_scenes_give_samples_without_points(wider):
    draw, rng = WiderScenes(load_wider(wider, "train")), np.random.default_rng(0)
    scenes = [draw(rng) for _ in range(12)]
    assert any(len(s.truth) for s in scenes) and any(not len(s.truth) for s in scenes)
    scene = next(s for s in scenes if len(s.truth))
    samples = first_samples(scene, 24, rng)
    positive = samples.kinds == POSITIVE
    assert positive.any() and np.isnan(samples.points[positive]).all()
    assert np.isfinite(samples.offsets).all() and (samples.points[samples.kinds == NEGATIVE] == 0).all()


def test_a_face_without_points_teaches_no_points():
    kinds = torch.tensor([POSITIVE, POSITIVE])
    points = torch.zeros(2, 5, 2)
    points[1] = np.nan
    outputs = (torch.zeros(2, 1), torch.zeros(2, 4), torch.full((2, 10), 0.1, requires_grad=True))
    parts = losses(outputs, kinds, torch.zeros(2, 4), points, FitSettings(1, points_weight=1.0))
    assert parts["points"].item() == pytest.approx(10 * 0.01)
    parts["points"].backward()
    assert outputs[2].grad[1].abs().sum() == 0 and torch.isfinite(outputs[2].grad).all()


@pytest.fixture
def published(wider, tmp_path):
    """WIDER FACE and, in its pictures, WFLW's faces. Returns: both folders."""
    wflw = write_wflw(tmp_path / "wflw", {"train": 3})
    labels = wider / "wider_face_split/wider_face_train_bbx_gt.txt"
    with labels.open("a") as file:
        for row in range(2):  # not of the third picture
            name = f"0--Parade/train_{row}.jpg"
            file.write(f"{name}\n2\n40 40 80 90 0 0 0 0 0 0 \n130 20 20 24 0 0 0 0 0 0 \n")
            picture = wflw / "WFLW_images" / name
            (wider / "WIDER_train/images" / name).write_bytes(picture.read_bytes())
    return wider, wflw


def test_wflw_and_wider_complete_each_other(published):
    photos = load_published(*published)
    assert len(photos.faces) == 2  # WIDER FACE knows nothing of the third picture's other faces
    scene = photos.scene_of(0)
    assert scene.points.shape == (1, 98, 2)
    assert scene.ignored.tolist() == [[130, 20, 150, 44]]  # the labelled face itself is not ignored
    assert bx.iou(scene.truth, scene.ignored).max() == 0
    kinds = {type(random_scene(photos, np.random.default_rng(seed))) for seed in range(12)}
    assert BoxedScene in kinds and len(kinds) == 2


def test_strange_pictures_are_refused(wider, wflw):
    with pytest.raises(DataError, match="expected pictures that WIDER FACE labels, found none of 3"):
        load_published(wider, wflw)


def test_a_network_trains_from_published_sets_alone(published, tmp_path, monkeypatch):
    wider, wflw = published
    out = tmp_path / "run"
    words = ["--data-wflw", wflw, "--wider", wider, "--out", out, "--scale", "tiny", "--step", "pnet"]
    monkeypatch.setattr("sys.argv", ["train", *map(str, words)])
    train.main()
    assert (out / "pnet.onnx").is_file()
    with np.load(out / "pnet_samples.npz") as drawn:
        faces = drawn["kinds"] != NEGATIVE
        known = np.isfinite(drawn["points"]).all(axis=(1, 2))
    assert known[faces].any() and not known[faces].all()  # WFLW's faces have points, WIDER FACE's have not


def test_wflw_alone_is_refused(wflw, monkeypatch):
    monkeypatch.setattr("sys.argv", ["train", "--data-wflw", str(wflw), "--out", "x", "--scale", "tiny"])
    with pytest.raises(SystemExit):
        train.main()


def test_wider_joins_the_data_pack(data_pack, wider):
    arguments = argparse.Namespace(data=data_pack, data_wflw=None, wider=wider, ignored=None)
    photos = train.open_photographs(arguments, train.RECIPES["tiny"])
    assert len(photos.faces) and isinstance(photos.more, WiderScenes)
    arguments.wider = None
    assert train.open_photographs(arguments, train.RECIPES["tiny"]).more is None
