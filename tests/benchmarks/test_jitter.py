"""The jitter benchmark on movement that is known, and on a photograph that holds still."""

from __future__ import annotations

import argparse
import json

import cv2
import numpy as np
import pytest

from benchmarks import jitter
from engines import landmark98


def points(shift: float = 0.0) -> np.ndarray:
    """68 points whose outer eye corners are 50 pixels apart."""
    placed = np.random.default_rng(0).uniform(0, 100, (68, 2))
    right, left = landmark98.OUTER_EYE_CORNERS_68
    placed[right], placed[left] = (20, 40), (70, 40)
    return placed + (shift, 0)


def test_jitter_is_the_mean_step_over_the_eye_corners():
    assert jitter.jitter([points(), points(0.5), points(0.5)]) == pytest.approx([0.01, 0])
    contour = points()
    contour[:17] += (0.5, 0)
    assert jitter.jitter([points(), contour]) == pytest.approx([0.01 * 17 / 68])
    assert jitter.jitter([points(), contour], landmark98.INNER_51) == pytest.approx([0])


def test_a_missed_frame_is_no_step():
    assert jitter.jitter([points(), None, points(5), points(5.5)]) == pytest.approx([0.01])
    measured = jitter.measure(lambda frames: [points()[None], np.zeros((0, 68, 2))], [[None, None]])
    assert measured == {"frames": 2, "missed": 1, "nmj68_percent": None, "nmj51_percent": None}


def test_one_person_is_followed_among_others():
    person, other = points(), points(400) * (1, 0.9)
    found = [np.stack([person, other * 0.5]), np.stack([other, person + 1]), other[None], person[None] + 2]
    chosen = jitter.follow(found)
    assert np.allclose(chosen[0], person) and np.allclose(chosen[1], person + 1)
    assert chosen[2] is None and np.allclose(chosen[3], person + 2)


def test_filmed_frames_differ_by_noise_alone():
    photograph = np.full((64, 64, 3), 120, np.uint8)
    frames = jitter.film(photograph, 4, np.random.default_rng(0))
    assert len(frames) == 4 and not np.array_equal(frames[0], frames[1])
    assert np.abs(np.mean(frames) - 120) < 1
    assert 1 < np.std(np.diff(np.array(frames, np.float32), axis=0)) < 10


def test_the_stillest_frames_are_found_and_copies_left_out():
    rng = np.random.default_rng(0)
    still = rng.integers(0, 255, (40, 40, 3)).astype(np.uint8)
    moving = [np.roll(still, 4 * i, axis=1) for i in range(6)]
    calm = [np.clip(still + rng.normal(0, 6, still.shape), 0, 255).astype(np.uint8) for _ in range(5)]
    frames = [*moving, calm[0], calm[1], calm[1], *calm[2:]]
    found = jitter.stillest_frames(frames, 4)
    assert len(found) == 4
    assert all(any(np.array_equal(f, c) for c in calm) for f in found)
    assert len({f.tobytes() for f in found}) == 4
    assert len(jitter.stillest_frames([still] * 5, 3)) == 1  # one picture, repeated


def test_the_pipeline_at_rest_on_a_real_photograph(astronaut, tmp_path, monkeypatch):
    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), cv2.cvtColor(astronaut[:300, 50:400], cv2.COLOR_RGB2BGR))
    monkeypatch.setattr(jitter, "REST_FRAMES", 3)
    monkeypatch.setattr(jitter, "is_installed", lambda: False)
    words = ["jitter", "--pictures", str(path), "--profiles", "lite", "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", words)
    assert jitter.main() == 0
    (row,) = json.loads((tmp_path / "jitter.json").read_text())["sequences"].values()
    assert list(row) == ["lite, following the face", "lite, each frame alone"]
    for value in row.values():
        assert value["frames"] == 3 and value["missed"] == 0
        assert 0 < value["nmj51_percent"] < 3 and 0 < value["nmj68_percent"] < 3
    assert "| 1 photographs, filmed | " in (tmp_path / "jitter.md").read_text()


def test_clips_and_the_data_pack_are_opened(clip_path, tmp_path):
    (tmp_path / "clip.mp4").write_bytes(clip_path.read_bytes())
    writer = cv2.VideoWriter(str(tmp_path / "short.mp4"), cv2.VideoWriter_fourcc(*"mp4v"), 24, (64, 64))
    for level in range(30):  # too short to hold a second of rest
        writer.write(np.full((64, 64, 3), 8 * level, np.uint8))
    writer.release()
    arguments = argparse.Namespace(data=None, pictures=[], videos=tmp_path)
    ((name, (frames,)),) = jitter.open_sequences(arguments).items()
    assert name == "clip, stillest second" and 20 <= len(frames) <= 30
    assert frames[0].shape == (360, 640, 3)
