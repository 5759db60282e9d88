"""Drawing faces: ranges, what is drawn how often, and the camera."""

import dataclasses

import numpy as np
import pytest

from engines.stages.pose import HeadPose, euler_deg
from proto.tables import BLENDSHAPES
from training.expression.sampling import (
    EYE_LOOK,
    IMAGE_HW,
    INDEX,
    Sampling,
    add_noise,
    draw_rotations,
    draw_samples,
    draw_weights,
    load_takes,
    project,
    rarity,
)
from training.faces import DataError

SHIFT = np.zeros((98, 3))


@pytest.fixture
def takes() -> list[np.ndarray]:
    """A recording in which only the jaw and the brows move."""
    take = np.zeros((200, 52), np.float32)
    take[:, INDEX["jawOpen"]] = np.linspace(0, 1, 200)
    take[:, INDEX["browInnerUp"]] = np.linspace(1, 0, 200)
    take[100:, INDEX["tongueOut"]] = 1  # nothing that the head could show
    return [take]


def test_weights_are_within_range_and_close_needs_jaw(takes):
    weights = draw_weights(takes, 4000, Sampling(), np.random.default_rng(1))
    assert weights.shape == (4000, 52) and weights.min() >= 0 and weights.max() <= 1
    assert (weights[:, INDEX["mouthClose"]] <= weights[:, INDEX["jawOpen"]] + 1e-6).all()
    assert not weights[:, INDEX["tongueOut"]].any()
    assert (weights[:, INDEX["jawLeft"]] * weights[:, INDEX["jawRight"]] == 0).all()


def test_rare_shapes_are_drawn_and_rest_is_rest(takes):
    weights = draw_weights(takes, 6000, Sampling(), np.random.default_rng(2))
    for name in ("jawLeft", "mouthRollUpper", "cheekPuff", "eyeWideLeft"):
        assert (weights[:, INDEX[name]] > 0.5).mean() > 0.002
    at_rest = (weights[:, ~EYE_LOOK] == 0).all(axis=1).mean()
    assert 0.08 < at_rest < 0.2


def test_some_at_rest_look_straight_ahead(takes):
    takes[0][:, EYE_LOOK] = 0.5
    weights = draw_weights(takes, 4000, Sampling(share_still=0.5), np.random.default_rng(3))
    still = (weights == 0).all(axis=1).mean()
    assert 0.03 < still < 0.1


def test_rarity_prefers_what_recordings_seldom_move(takes):
    share = rarity(takes)
    assert np.isclose(share.sum(), 1) and share[INDEX["tongueOut"]] == 0
    assert share[INDEX["jawLeft"]] > 5 * share[INDEX["jawOpen"]]


def test_rotations_keep_their_limits():
    setting = Sampling(yaw_limit=45)
    euler = euler_deg(draw_rotations(2000, setting, np.random.default_rng(3)))
    assert np.abs(euler[:, 0]).max() <= 45 + 1e-6 and np.abs(euler[:, 0]).max() > 40
    assert np.abs(euler[:, 1]).max() <= setting.pitch_limit + 1e-6


def test_projection_by_hand():
    setting = Sampling(near_m=1.0, far_m=1.0, focal_spread=0.0)
    points = np.array([[[0.0, 0, 0], [0.1, 0, 0], [0, 0.1, 0]]])
    image = project(points, np.eye(3)[None], setting, np.random.default_rng(4))[0]
    focal = 0.9 * max(IMAGE_HW)
    np.testing.assert_allclose(image[1] - image[0], (0.1 * focal, 0), atol=1e-9)
    np.testing.assert_allclose(image[2] - image[0], (0, -0.1 * focal), atol=1e-9)  # up is less y


def test_noise_has_the_size_that_is_asked_for(small_basis, takes):
    quiet = Sampling(noise_low=0, noise_high=0)
    points = draw_samples(small_basis, SHIFT, takes, 400, quiet, np.random.default_rng(5)).points_px
    noisy = add_noise(points, Sampling(noise_low=0.02, noise_high=0.02), np.random.default_rng(6))
    unit = np.linalg.norm(points[:, 60:68].mean(1) - points[:, 68:76].mean(1), axis=1)
    frontal = np.abs(unit - np.median(unit)) < 0.2 * np.median(unit)
    relative = ((noisy - points)[frontal] / unit[frontal, None, None])[:, 33:]
    assert 0.015 < relative.std() < 0.03


def test_samples_carry_the_pose_that_is_seen(small_basis, takes):
    setting = dataclasses.replace(Sampling(), noise_low=0.0, noise_high=0.0, focal_spread=0.0)
    samples = draw_samples(small_basis, SHIFT, takes, 100, setting, np.random.default_rng(7))
    rotation, _ = HeadPose().estimate(samples.points_px, IMAGE_HW)
    error = np.abs(euler_deg(rotation) - euler_deg(samples.rotation))
    assert np.median(error, axis=0).max() < 3


def test_recordings_are_ordered_by_name_and_missing_ones_are_named(tmp_path):
    names = np.array([*BLENDSHAPES[::-1], "HeadYaw"])
    values = np.arange(53, dtype=np.float32)[None] / 60
    np.savez(tmp_path / "takes.npz", names=names, one=values)
    take = load_takes(tmp_path)["one"]
    np.testing.assert_allclose(take[0], np.arange(52)[::-1] / 60, atol=1e-6)
    with pytest.raises(DataError, match=r"takes\.npz"):
        load_takes(tmp_path / "nowhere")
