import numpy as np

from character import lids
from character.sculpt import EYE_CENTRE, EYE_RADIUS


def test_ball_angles_round_trip():
    p = EYE_CENTRE + np.random.default_rng(0).normal(size=(50, 3)) + [0, 0, 4]
    assert np.allclose(lids.from_ball(*lids.to_ball(p)), p)


def test_straight_ahead_is_zero():
    azimuth, elevation, radius = lids.to_ball(EYE_CENTRE + [0, 0, EYE_RADIUS])
    assert np.allclose([azimuth, elevation, radius], [0, 0, EYE_RADIUS])


def test_margins_meet_at_the_corners_and_open_between():
    azimuth = lids.MIDDLE_DEG + lids.HALF_WIDTH_DEG * np.linspace(-1, 1, 41)
    upper, lower = lids.margins(azimuth)
    assert np.allclose(upper[[0, -1]], lower[[0, -1]])
    assert (upper[1:-1] > lower[1:-1]).all()
    assert np.ptp(upper) > 20 and np.ptp(lower) > 15


def test_meeting_line_lies_between_the_margins():
    azimuth = lids.MIDDLE_DEG + np.linspace(-40, 40, 33)
    upper, lower = lids.margins(azimuth)
    meet = lids.meeting_line(azimuth)
    assert ((meet > lower) & (meet < upper)).all()
