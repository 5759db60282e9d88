"""Clips: MediaPipe's answer by name, the first crop, and what an earlier call kept."""

from types import SimpleNamespace

import numpy as np
import pytest

from engines.stages import align
from engines.stages.expression import APPEARANCE
from engines.stages.landmarks import Readings
from proto.tables import BLENDSHAPES
from training.expression import clips
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
    kept = {"points_px": points, "appearance": np.zeros((1, 52)), "reference": reference}
    np.savez(tmp_path / "a.npz", size_hw=(4, 6), frames=[0], **kept)
    clip = load_clip(tmp_path / "a.mp4", None, tmp_path)
    assert clip.size_hw == (4, 6) and clip.reference.shape == (1, 52)


def test_a_clip_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no\.mp4"):
        list(read_frames(tmp_path / "no.mp4"))


class Middle:
    """A reader that sees every point in the middle of the crop, and remembers how often it was asked."""

    asked = 0

    def read(self, crops):
        self.asked += 1
        points = np.random.default_rng(1).uniform(100, 156, (len(crops), 98, 2))
        return Readings(points, np.ones((len(crops), 98)), np.full((len(crops), APPEARANCE), 0.5, np.float32))


def test_a_clip_is_followed_where_the_reference_sees_a_face(monkeypatch, tmp_path):
    nobody = SimpleNamespace(face_landmarks=[])
    seen = iter([answer(jawOpen=0.1), answer(jawOpen=0.2), nobody, answer(jawOpen=0.3)])
    landmarker = SimpleNamespace(detect=lambda image: next(seen), close=lambda: None)
    monkeypatch.setattr(clips, "open_reference", lambda: (landmarker, lambda image: image))
    monkeypatch.setattr(clips, "read_frames", lambda path: [np.zeros((80, 120, 3), np.uint8)] * 4)
    monkeypatch.setattr(clips, "crop_from_mesh", lambda mesh: align.crop_matrix(np.array([60, 40]), 50, 0))
    reader = Middle()
    clip = clips.read_clip(tmp_path / "a.mp4", reader)
    assert clip.frames.tolist() == [0, 1, 3] and clip.size_hw == (80, 120)
    assert clip.points_px.shape == (3, 98, 2) and (clip.appearance == 0.5).all()
    np.testing.assert_allclose(clip.reference[:, BLENDSHAPES.index("jawOpen")], (0.1, 0.2, 0.3))
    assert reader.asked == 2 * clips.FIRST_PASSES + 1
