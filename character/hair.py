"""The hair: a cap on the skull and swept locks over it; it does not move with the face."""

import numpy as np

from character.part import Material, Part, grid_triangles, join, linear
from character.sculpt import cast, gradient
from character.tubes import bezier, outward, tube

HAIR_MATERIAL = Material("hair", 0.48)
CENTRE = np.array([0.0, 4.5, 0.0])
LOCK_SIDES = 10
DARK, LIGHT = "#4a2b1d", "#7d4a2c"
# Hairline: elevation in degrees seen from CENTRE, at azimuths 0 (front) .. 180 (back).
LINE_AZIMUTH = (0, 20, 40, 55, 65, 71, 79, 84, 90, 106, 116, 126, 150, 180)
LINE_ELEVATION = (33, 33, 30, 24, 10, -10, -14, 0, 5, 4, -18, -36, -44, -45)
# Locks: azimuth and elevation of four Bézier controls, half width, half thickness, lift.
LOCKS = (
    ((38, 66), (18, 52), (-8, 40), (-34, 22), 1.55, 0.75, 0.95),
    ((30, 74), (0, 58), (-28, 44), (-52, 20), 1.7, 0.75, 1.0),
    ((25, 80), (-20, 68), (-48, 50), (-72, 0), 1.8, 0.7, 0.95),
    ((44, 58), (30, 46), (10, 37), (-12, 27), 1.2, 0.62, 0.75),
    ((46, 66), (54, 48), (56, 34), (54, 12), 1.2, 0.6, 0.6),
    ((50, 72), (68, 54), (75, 34), (74, -8), 1.35, 0.6, 0.65),
    ((60, 76), (84, 56), (88, 34), (86, 6), 1.5, 0.6, 0.7),
    ((40, 84), (-60, 76), (-80, 52), (-86, 8), 1.8, 0.65, 0.85),
    ((80, 80), (106, 56), (108, 32), (104, 6), 1.7, 0.6, 0.7),
    ((60, 86), (-98, 76), (-106, 48), (-106, 8), 1.9, 0.65, 0.8),
    ((110, 82), (130, 52), (130, 20), (124, -26), 1.9, 0.6, 0.8),
    ((-120, 84), (-122, 60), (-122, 26), (-122, -26), 2.0, 0.62, 0.8),
    ((150, 80), (156, 48), (152, 14), (146, -36), 2.0, 0.6, 0.8),
    ((-150, 80), (-148, 48), (-146, 14), (-142, -36), 2.0, 0.6, 0.8),
    ((180, 76), (178, 44), (180, 8), (170, -40), 2.0, 0.6, 0.8),
    ((200, 76), (196, 44), (192, 8), (196, -40), 1.8, 0.6, 0.8),
    ((42, 62), (50, 46), (46, 36), (38, 27), 1.1, 0.55, 0.5),
    ((40, 76), (44, 62), (30, 50), (14, 38), 1.2, 0.6, 0.85),
)  # fmt: skip


def directions(azimuth_deg: np.ndarray, elevation_deg: np.ndarray) -> np.ndarray:
    """Turn angles seen from CENTRE into unit vectors."""
    a, e = np.deg2rad(azimuth_deg), np.deg2rad(elevation_deg)
    return np.stack([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], -1)


def on_skull(azimuth_deg: np.ndarray, elevation_deg: np.ndarray) -> np.ndarray:
    """Find the skin in the given directions."""
    ray = directions(azimuth_deg, elevation_deg).reshape(-1, 3)
    return cast(np.tile(CENTRE, (len(ray), 1)), ray)


def make_cap() -> Part:
    """Build the shell that covers the scalp, rounded down to the skin at the hairline."""
    azimuth = np.linspace(-180, 180, 64, endpoint=False)
    line = np.interp(np.abs(azimuth), LINE_AZIMUTH, LINE_ELEVATION)
    share = np.array([-0.03, 0.0, 0.02, 0.05, 0.1, 0.17, 0.26, 0.36, 0.47, 0.58, 0.7, 0.82, 0.93])
    height = np.array([-0.3, 0.05, 0.28, 0.42, 0.5, 0.56, 0.62, 0.68, 0.74, 0.8, 0.9, 1.0, 1.05])
    elevation = line + share[:, None] * (90 - line)
    skin = on_skull(np.broadcast_to(azimuth, elevation.shape), elevation)
    groove = (
        0.06 * np.cos(np.deg2rad(azimuth) * 24) * np.minimum(share[:, None] * 8, 1) * (1 - share[:, None])
    )
    lift = (height[:, None] + groove * (height[:, None] > 0.3)).reshape(-1, 1)
    vertices = np.concatenate(
        [skin + gradient(skin) * lift, on_skull(np.array([0.0]), np.array([90.0])) + [0, 1.1, 0]]
    )
    rows, columns = elevation.shape
    top = rows * columns
    fan = [(top - columns + c, top - columns + (c + 1) % columns, top) for c in range(columns)]
    triangles = np.concatenate([grid_triangles(rows, columns, True), np.array(fan)])
    colours = np.tile(0.72 * linear(DARK) + 0.28 * linear(LIGHT), (len(vertices), 1))
    return Part("hair", HAIR_MATERIAL, vertices, triangles, colours)


def make_lock(controls: tuple, half_width: float, half_height: float, lift: float) -> Part:
    """Build one lock that leaves the cap at its root and ends in a point."""
    share = np.linspace(0, 1, 15)
    angles = bezier(np.array(controls, float), len(share))
    skin = on_skull(angles[:, 0], angles[:, 1])
    up = gradient(skin)
    rise = lift * (0.75 + 0.5 * np.sin(share * np.pi)) * (1 - 0.2 * share**3)
    swell = np.sin(np.pi * (0.16 + 0.82 * share)) ** 0.75
    vertices, triangles = tube(
        skin + up * rise[:, None], up, half_width * swell, half_height * swell, LOCK_SIDES
    )
    triangles = outward(vertices - vertices.mean(0), triangles)
    along = np.concatenate([np.repeat(share, LOCK_SIDES), [0, 1]])
    across = np.concatenate(
        [np.tile(np.sin(np.linspace(0, 2 * np.pi, LOCK_SIDES, endpoint=False)), len(share)), [0, 0]]
    )
    mix = np.clip(0.25 + 0.55 * along + 0.25 * across, 0, 1)[:, None]
    return Part("hair", HAIR_MATERIAL, vertices, triangles, linear(DARK) * (1 - mix) + linear(LIGHT) * mix)


def make_hair() -> Part:
    """Build all of the hair as one part."""
    hair = make_cap()
    for *controls, half_width, half_height, lift in LOCKS:
        hair = join(hair, make_lock(tuple(controls), half_width, half_height, lift))
    return hair
