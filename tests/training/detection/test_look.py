"""Looks: what each does to levels and edges, and that none moves anything."""

from __future__ import annotations

import numpy as np
import pytest

from training.detection import look as lk


def gradient() -> np.ndarray:
    """Levels 100 to 130 from left to right, grey."""
    return np.repeat(np.linspace(100, 130, 64).astype(np.uint8)[None, :, None], 64, axis=0).repeat(3, axis=2)


def edge() -> np.ndarray:
    """Dark left, bright right, the border between columns 31 and 32."""
    image = np.full((64, 64, 3), 80, np.uint8)
    image[:, 32:] = 160
    return image


def test_raise_local_contrast_spreads_a_flat_gradient():
    raised = lk.raise_local_contrast(gradient(), 8.0)
    assert raised.shape == (64, 64, 3) and np.ptp(raised) > 2 * np.ptp(gradient())


def test_sharpen_overshoots_at_an_edge_and_nowhere_else():
    sharp = lk.sharpen(edge(), 1.0, 0.02)[32, :, 0].astype(int)
    assert sharp[31] < 70 and sharp[32] > 170
    assert sharp[5] == 80 and sharp[60] == 160


def test_stretch_contrast_spreads_around_the_middle_and_cuts_the_ends():
    levels = np.array([[[0] * 3, [90] * 3, [100] * 3, [110] * 3, [255] * 3]], np.uint8)
    assert lk.stretch_contrast(levels, 2.0, 100)[0, :, 0].tolist() == [0, 80, 100, 120, 255]


@pytest.mark.parametrize("seed", range(3))
def test_a_drawn_look_keeps_form_and_place(seed):
    rng = np.random.default_rng(seed)
    for _ in range(20):
        seen = lk.look(edge(), rng)
        assert seen.shape == (64, 64, 3) and seen.dtype == np.uint8
        assert seen[:, 44:].mean() > seen[:, :20].mean()  # bright stays right


def test_looks_differ_and_repeat_with_the_seed():
    drawn = [lk.look(gradient(), np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert np.array_equal(drawn[0], drawn[1]) and not np.array_equal(drawn[0], drawn[2])
