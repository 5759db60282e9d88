"""The eye's opening and the lids, in angles around the left eyeball."""

import numpy as np

from character.sculpt import EYE_CENTRE

HALF_WIDTH_DEG = 45.0  # from the middle of the opening to either corner
MIDDLE_DEG = 4.0  # the opening looks a little outward
UPPER_DEG, LOWER_DEG = 26.5, 24.5
TILT = 0.07  # the outer corner sits higher than the inner one
MEET = 0.22  # where closed lids meet, from the lower margin up


def to_ball(p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Express points as azimuth (deg, outward +), elevation (deg) and radius around the left eyeball."""
    q = p - EYE_CENTRE
    radius = np.linalg.norm(q, axis=-1)
    azimuth = np.rad2deg(np.arctan2(q[..., 0], q[..., 2]))
    elevation = np.rad2deg(np.arcsin(np.clip(q[..., 1] / np.maximum(radius, 1e-9), -1, 1)))
    return azimuth, elevation, radius


def from_ball(azimuth: np.ndarray, elevation: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Turn angles in degrees and radius around the left eyeball into points."""
    a, e = np.deg2rad(azimuth), np.deg2rad(elevation)
    unit = np.stack([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], -1)
    return EYE_CENTRE + unit * np.asarray(radius)[..., None]


def margins(azimuth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the elevations of the upper and the lower lid margin; beyond the corners both are the corner's."""
    x = np.clip((azimuth - MIDDLE_DEG) / HALF_WIDTH_DEG, -1, 1)
    arch = np.maximum(1 - np.abs(x) ** 2.3, 0)
    line = TILT * x * HALF_WIDTH_DEG - 1.0
    upper = line + UPPER_DEG * arch**0.72 * (1 + 0.06 * x)
    return upper, line - LOWER_DEG * arch**0.8 * (1 + 0.10 * x)


def meeting_line(azimuth: np.ndarray) -> np.ndarray:
    """Give the elevation at which the closed lids meet."""
    upper, lower = margins(azimuth)
    return lower + MEET * (upper - lower)
