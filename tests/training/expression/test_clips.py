"""Clips: MediaPipe's answer by name, the first crop, and what an earlier call kept."""

from types import SimpleNamespace

import numpy as np
import pytest

from engines.stages import align
from proto.tables import BLENDSHAPES
from training.expression.clips import crop_from_mesh, load_clip, read_frames, read_reference
from training.faces import DataError


def answer(**scores):
    point = SimpleNamespace(x=0.25, y=0.5)
    categories = [SimpleNamespace(category_name=name, score=value) for name, value in scores.items()]
    return SimpleNamespace(face_landmarks=[[point] * 478], face_blendshapes=[categories])


def test_reference_is_read_by_name():
    mesh, weights = read_reference(answer(_neutral=0.9, jawOpen=0.4), (100, 200))
    np.testing.assert_allclose(mesh[0], (50, 50))
    assert np.isclose(weights[BLENDSHAPES.index("jawOpen")], 0.4) and np.isclose(weights.sum(), 0.4)


def test_no_face_is_none():
    assert read_reference(SimpleNamespace(face_landmarks=[], face_blendshapes=[]), (10, 10)) is None


def test_the_first_crop_holds_the_mesh():
    mesh = np.random.default_rng(1).uniform(100, 200, (478, 2))
    mesh[[33, 133]], mesh[[362, 263]] = (120, 140), (180, 140)
    inside = align.to_crop(mesh, crop_from_mesh(mesh))
    assert inside.min() > 0 and inside.max() < align.CROP_SIZE


def test_an_earlier_call_is_kept(tmp_path):
    points, reference = np.zeros((1, 98, 2)), np.ones((1, 52))
    np.savez(tmp_path / "a.npz", size_hw=(4, 6), frames=[0], points_px=points, reference=reference)
    clip = load_clip(tmp_path / "a.mp4", None, tmp_path)
    assert clip.size_hw == (4, 6) and clip.reference.shape == (1, 52)


def test_a_clip_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no\.mp4"):
        list(read_frames(tmp_path / "no.mp4"))
