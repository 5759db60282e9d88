"""MediaPipe against itself: sides are swapped back, and frames are matched by number."""

from types import SimpleNamespace

import numpy as np

from proto.tables import BLENDSHAPES
from tests.training.expression.test_clips import answer
from training.expression import ceiling

LEFT, RIGHT = BLENDSHAPES.index("mouthSmileLeft"), BLENDSHAPES.index("mouthSmileRight")


def test_the_picture_is_mirrored_and_the_sides_are_swapped_back(monkeypatch, tmp_path):
    frame = np.zeros((4, 6, 3), np.uint8)
    frame[:, 0] = 255

    def detect(image):
        assert (image[:, -1] == 255).all() and (image[:, 0] == 0).all()
        return answer(mouthSmileLeft=0.75)

    landmarker = SimpleNamespace(detect=detect, close=lambda: None)
    monkeypatch.setattr(ceiling, "open_reference", lambda: (landmarker, lambda image: image))
    monkeypatch.setattr(ceiling, "read_frames", lambda path: [frame] * 5)
    found = ceiling.read_mirrored(tmp_path / "a.mp4", np.array([1, 4]))
    assert sorted(found) == [1, 4] and found[1][RIGHT] == 0.75 and found[1][LEFT] == 0


def test_frames_are_matched_by_number():
    rng = np.random.default_rng(1)
    reference = np.zeros((30, 52))
    reference[:, LEFT] = rng.uniform(0, 1, 30)
    frames = np.arange(30) * 2
    mirrored = {int(number): reference[row] for row, number in enumerate(frames) if row % 3}
    each = ceiling.agreement(reference, frames, mirrored)
    np.testing.assert_allclose(each["mouthSmileLeft"], 1)
    assert list(each) == ["mouthSmileLeft"]
