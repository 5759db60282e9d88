"""The smoothing benchmark's measures on signals whose answer is known."""

import numpy as np
import pytest

from benchmarks.smoothing import compare, lag_ms, landmark_steps, stillest
from tests.engines.faces import make_face


def test_lag_of_a_delayed_signal():
    times = np.arange(0, 4, 1 / 30)
    raw = np.sin(2 * np.pi * times)[:, None]
    late = np.sin(2 * np.pi * (times - 0.06))[:, None]
    assert lag_ms(raw, late, times) == pytest.approx(60, abs=4)
    assert lag_ms(raw, raw, times) == 0


def test_stillest_window():
    assert stillest(np.array([3.0, 1.0, 1.0, 5.0, 0.5]), 2) == slice(1, 3)


def test_a_noisy_face_gets_calmer_and_a_blink_stays():
    rng, faces = np.random.default_rng(0), []
    for index in range(60):
        blink = 1.0 if 40 <= index < 44 else 0.0
        face = make_face(eyeBlinkLeft=blink, eyeBlinkRight=blink)
        face.landmarks_px = face.landmarks_px + rng.normal(0, 0.5, (98, 2)).astype(np.float32)
        faces.append(face)
    assert landmark_steps(faces).shape == (59,)
    result = compare(faces, np.arange(60) / 30)
    assert result["landmark_jitter_smooth"] < 0.7 * result["landmark_jitter_raw"]
    assert result["blink_kept"] > 0.8 and 0 <= result["lag_ms"] <= 60
