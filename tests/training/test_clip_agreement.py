"""Agreement on clips: frames are matched by number, and the right columns are compared."""

import numpy as np
import pytest

from proto.tables import BLENDSHAPES
from training.clip_agreement import agreement, analyze_clip, markdown

JAW = BLENDSHAPES.index("jawOpen")


def test_frames_that_only_one_has_are_left_out():
    frames = np.arange(20)
    reference = np.zeros((20, 52))
    reference[:, JAW] = np.sin(frames)
    weights = {int(frame): reference[frame] * 0.5 + 0.1 for frame in frames[3:]}
    result = agreement(weights, frames, reference)
    assert result["common_frames"] == 17 and result["frames"] == 20
    assert result["correlation"] == {"jawOpen": pytest.approx(1)} and result["mean"] == 1
    opposite = agreement({f: -w for f, w in weights.items()}, frames, reference)
    assert opposite["mean"] == pytest.approx(-1)


def test_table_names_the_weakest():
    each = {"jawOpen": 0.95, "eyeBlinkLeft": 0.85}
    clip = {"frames": 9, "common_frames": 8, "mean": 0.9, "correlation": each}
    text = markdown({"command": "c", "date": "d", "pairs": 2, "mean": 0.9, "clips": {"talk": clip}})
    assert "| talk | 9, 8 | 0.900 | eyeBlinkLeft 0.85, jawOpen 0.95 |" in text


def test_the_command_gives_weights_by_frame(tmp_path, astronaut):
    import cv2

    video = cv2.VideoWriter(str(tmp_path / "a.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 25.0, (512, 512))
    for _ in range(3):
        video.write(np.ascontiguousarray(astronaut[..., ::-1]))
    video.release()
    weights = analyze_clip(tmp_path / "a.mp4", "lite", smooth=False)
    assert sorted(weights) == [0, 1, 2] and weights[0].shape == (52,)
    assert weights[0][BLENDSHAPES.index("mouthSmileLeft")] > 0.4
