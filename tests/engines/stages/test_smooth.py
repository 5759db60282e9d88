"""One-Euro filters: the published formula, real time units, and faces that keep what matters."""

import numpy as np
import pytest

from engines.stages.smooth import (
    GROUPS,
    RESET_AFTER_S,
    FaceSmoother,
    OneEuroFilter,
    OneEuroSetting,
    smoothing_factor,
)
from proto import tables
from tests.engines.faces import make_face


def test_factor_by_hand():
    assert smoothing_factor(1.0, 0.1) == pytest.approx(2 * np.pi * 0.1 / (2 * np.pi * 0.1 + 1))


def test_filter_follows_the_published_steps():
    run = OneEuroFilter(OneEuroSetting(1.0, 0.5, 1.0))
    assert run(np.array([1.0]), 0.0) == 1.0
    alpha = smoothing_factor(1.0, 0.1)
    speed = alpha * ((2.0 - 1.0) / 0.1)
    expected = 1.0 + smoothing_factor(1.0 + 0.5 * speed, 0.1)
    assert run(np.array([2.0]), 0.1)[0] == pytest.approx(expected)


@pytest.mark.parametrize("rate_hz", [15, 30, 60, 120])
def test_step_response_is_the_same_in_time_at_any_frame_rate(rate_hz):
    run = OneEuroFilter(OneEuroSetting(0.8, 0.0))
    run(np.array([0.0]), 0.0)
    for step in range(1, rate_hz // 5 + 1):  # 0.2 s
        value = run(np.array([1.0]), step / rate_hz)
    exact = 1 - np.exp(-2 * np.pi * 0.8 * 0.2)
    assert value[0] == pytest.approx(exact, abs=0.06)


def test_noise_at_rest_shrinks_and_a_fast_move_is_followed():
    rng = np.random.default_rng(0)
    run = OneEuroFilter(OneEuroSetting(1.5, 1.0))
    noisy = 0.3 + rng.normal(0, 0.02, 300)
    out = np.array([run(np.array([v]), i / 30)[0] for i, v in enumerate(noisy)])
    assert out[60:].std() < 0.5 * noisy[60:].std()
    for i in range(300, 309):
        value = run(np.array([1.0]), i / 30)[0]
    assert value > 0.9


def test_a_clock_that_stands_or_goes_back_changes_nothing():
    run = OneEuroFilter(OneEuroSetting(1.0, 0.0))
    first = run(np.array([0.5]), 1.0)
    assert run(np.array([0.9]), 1.0) == first and run(np.array([0.9]), 0.5) == first


def test_a_clock_that_was_set_back_does_not_freeze_the_face():
    run = OneEuroFilter(OneEuroSetting(0.5, 0.0))
    run(np.array([0.0]), 600.0)
    assert run(np.array([1.0]), 3.0)[0] == 1.0
    assert run(np.array([0.0]), 3.1)[0] < 1.0  # and it filters on from there


def test_after_a_pause_the_filter_starts_anew():
    run = OneEuroFilter(OneEuroSetting(0.5, 0.0))
    run(np.array([0.0]), 0.0)
    assert run(np.array([1.0]), RESET_AFTER_S + 0.01)[0] == 1.0


def test_a_blink_of_a_tenth_of_a_second_survives():
    blink = tables.BLENDSHAPES.index("eyeBlinkLeft")
    smoother, peak = FaceSmoother(), 0.0
    for i in range(30):
        face = make_face()
        face.blendshapes_01[blink] = 1.0 if 12 <= i < 15 else 0.0
        smoother(face, i / 30)
        peak = max(peak, face.blendshapes_01[blink])
    assert GROUPS[blink] == "eyes" and peak > 0.8
    assert face.blendshapes_01[blink] < 0.1


def test_rotation_takes_the_short_way_and_stays_a_unit():
    smoother = FaceSmoother()
    first, second = make_face(), make_face()
    first.rotation_xyzw = np.array([0, 0.1, 0, 0.995], np.float32)
    second.rotation_xyzw = -first.rotation_xyzw
    smoother(first, 0.0)
    smoother(second, 1 / 30)
    assert np.linalg.norm(second.rotation_xyzw) == pytest.approx(1, abs=1e-6)
    assert second.rotation_xyzw @ first.rotation_xyzw > 0.999


def test_weights_stay_in_range_and_keep_their_type():
    rng, smoother = np.random.default_rng(2), FaceSmoother()
    for i in range(50):
        face = make_face()
        face.blendshapes_01 = rng.random(52, dtype=np.float32)
        smoother(face, i / 30)
        assert face.blendshapes_01.min() >= 0 and face.blendshapes_01.max() <= 1
    assert face.blendshapes_01.dtype == np.float32 and face.landmarks_px.shape == (98, 2)
