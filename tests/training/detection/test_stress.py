"""Hard looks: labels follow the copies, and hits are counted by look and detector."""

from __future__ import annotations

import numpy as np
import pytest

from engines.stages.detect import Detections
from training.detection import scenes as scn
from training.detection import stress
from training.detection.train import load_photographs


@pytest.fixture(scope="module")
def photos(data_pack):
    return load_photographs(data_pack, None, 4, held=True)


class Knows:
    """Stands for a detector that knows the truth of some images, by their bytes."""

    def __init__(self) -> None:
        self.truth: dict[bytes, np.ndarray] = {}

    def detect(self, images):
        boxes = np.concatenate([np.zeros((0, 4), np.float32)] + [
            self.truth[i.tobytes()] for i in images if i.tobytes() in self.truth
        ])  # fmt: skip
        return [Detections(boxes, np.ones(len(boxes), np.float32), np.zeros((len(boxes), 5, 2)))]


def test_recall_is_counted_by_look_and_detector(photos):
    plain, blind = Knows(), Knows()
    for row in range(len(photos.faces)):
        scene = photos.scene_of(row)
        plain.truth[scene.image.tobytes()] = scene.truth
    report = stress.measure_looks({"plain": plain, "blind": blind}, photos)
    assert report["photographs"] == len(photos.faces) == 4
    assert report["recall"]["as it is"] == {"plain": 1.0, "blind": 0.0}
    assert report["recall"]["contrast doubled"] == {"plain": 0.0, "blind": 0.0}
    assert list(report["recall"]) == list(stress.LOOKS)


def test_mosaics_count_large_faces_alone(photos, monkeypatch):
    monkeypatch.setattr(stress, "MOSAICS", 6)
    monkeypatch.setattr(stress, "MOSAIC_PX", 36.0)
    scenes, knows = [], Knows()

    def draw(given, rng):
        scenes.append(scn.mosaic_scene(given, rng))
        knows.truth[scenes[-1].image.tobytes()] = scenes[-1].truth
        return scenes[-1]

    monkeypatch.setattr(stress, "mosaic_scene", draw)
    report = stress.measure_mosaics({"knows": knows, "blind": Knows()}, photos)
    sides = [(s.truth[:, 2:] - s.truth[:, :2]).max(axis=1) for s in scenes]
    large = sum(int((side >= 36).sum()) for side in sides)
    assert report["faces"] == large and 0 < large < sum(map(len, sides))
    assert report["recall"] == {"knows": 1.0, "blind": 0.0} and report["pictures"] == 6


def test_small_faces_are_small_and_turned_ones_keep_their_labels(photos):
    scene = photos.scene_of(0)
    small = stress.shrink(scene).truth[0]
    assert (small[2:] - small[:2]).max() == pytest.approx(stress.SMALL_PX, rel=0.05)
    turned = stress.turn(90)(scene)
    expected = scene.points[0, :, ::-1] * (1, -1) + (0, scene.image.shape[0] - 1)
    assert turned.points[0] == pytest.approx(expected, abs=0.6)


def test_edits_keep_the_labels_and_change_the_pixels(photos):
    scene = photos.scene_of(0)
    for title, look in stress.LOOKS.items():
        changed = look(scene)
        if changed.image.shape == scene.image.shape and not title.startswith("turned"):
            assert np.array_equal(changed.points, scene.points)
        assert title == "as it is" or not np.array_equal(changed.image, scene.image)
