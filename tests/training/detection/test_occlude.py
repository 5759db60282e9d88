"""Coverings: where they fall, and that the photograph itself stays whole."""

from __future__ import annotations

import numpy as np
import pytest

from engines import landmark98
from tests.training.detection.conftest import template_points
from training.detection import occlude

POINTS = template_points() * 40 + 100


def plain_image() -> np.ndarray:
    return np.random.default_rng(0).integers(150, 256, (200, 200, 3)).astype(np.uint8)


def changed_at(before: np.ndarray, after: np.ndarray, point: np.ndarray) -> bool:
    x, y = np.rint(point).astype(int)
    return bool((before[y, x].astype(int) - after[y, x] != 0).any())


@pytest.mark.parametrize("seed", range(5))
def test_sunglasses_cover_both_eyes_and_leave_the_mouth(seed):
    image = plain_image()
    worn = occlude.wear_sunglasses(image, POINTS, np.random.default_rng(seed))
    for pupil in (landmark98.RIGHT_PUPIL, landmark98.LEFT_PUPIL):
        assert changed_at(image, worn, POINTS[pupil])
    assert not changed_at(image, worn, POINTS[landmark98.OUTER_LIP].mean(axis=0))


def test_a_mask_covers_the_mouth_and_leaves_the_eyes():
    image = plain_image()
    worn = occlude.wear_mask(image, POINTS, np.random.default_rng(3))
    assert changed_at(image, worn, POINTS[landmark98.OUTER_LIP].mean(axis=0))
    assert not changed_at(image, worn, POINTS[landmark98.RIGHT_PUPIL])


@pytest.mark.parametrize("shift", [0, -90, 150])
def test_a_patch_fits_wherever_the_face_is(shift):
    image = plain_image()
    for seed in range(10):
        held = occlude.hold_patch(image, POINTS + shift, np.random.default_rng(seed))
        share = (held != image).any(axis=-1).mean()
        assert held.shape == image.shape and share < 0.06


def test_occlude_covers_its_share_and_never_writes_to_the_photograph():
    image = plain_image()
    rng = np.random.default_rng(0)
    covered = [occlude.occlude(image, POINTS, rng) is not image for _ in range(400)]
    assert np.mean(covered) == pytest.approx(occlude.SHARE, abs=0.06)
    assert np.array_equal(image, plain_image())
