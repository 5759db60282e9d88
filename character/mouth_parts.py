"""Teeth, gums and tongue."""

import numpy as np

from character.part import Material, Part, grid_triangles, linear
from character.skin import MOUTH_Y
from character.tubes import outward, tube

TEETH_MATERIAL = Material("teeth", 0.25)
TONGUE_MATERIAL = Material("tongue", 0.4)
TEETH_BACK = 0.72  # the front teeth stand this far behind the lips' meeting line
TOOTH_COLUMNS, TEETH = 61, 12
# A row's share of the height from the biting edge to the gum, its step toward the lips, and its colour.
PROFILE = (
    (0.55, -0.42, "tooth"), (0.06, -0.34, "tooth"), (0.0, -0.2, "tooth"), (0.07, -0.02, "tooth"),
    (0.5, 0.04, "tooth"), (0.86, 0.0, "tooth"), (0.94, 0.05, "gum"), (1.15, 0.07, "gum"), (1.7, -0.1, "gum"),
)  # fmt: skip


def teeth_row(lip_z: float, upper: bool) -> Part:
    """Build one row of teeth with its gum along the jaw's arch."""
    t = (np.arange(TOOTH_COLUMNS) - TOOTH_COLUMNS // 2) / (TOOTH_COLUMNS // 2)
    x = t * (2.4 if upper else 2.2)
    arch_z = lip_z - TEETH_BACK - 0.24 * np.abs(x) ** 2.2 - (0.0 if upper else 0.12)
    normal = np.stack([0.66 * np.sign(x) * np.abs(x) ** 1.2, np.ones_like(x)], 1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    gap = np.abs(np.sin(t * np.pi * TEETH / 2)) ** 0.45  # 0 between two teeth
    height = (0.98 if upper else 0.8) * (1 - 0.3 * t**2)
    edge = MOUTH_Y + (0.10 if upper else 0.0)
    sign = 1 if upper else -1
    vertices, colours = [], []
    for share, step, name in PROFILE:
        is_tooth = name == "tooth"
        out = step - (0.09 * (1 - gap) if is_tooth else 0.0)
        bite = 0.16 * (1 - gap) * (share < 0.3)
        y = edge + sign * (share * height + bite + (0.10 * (1 - gap) * (share > 0.8)))
        vertices.append(np.stack([x + normal[:, 0] * out, y, arch_z + normal[:, 1] * out], 1))
        tint = linear("#f7f1e6") if is_tooth else linear("#c9736f")
        colours.append(tint * (0.72 + 0.28 * gap if is_tooth else np.ones_like(gap))[:, None])
    triangles = grid_triangles(len(PROFILE), TOOTH_COLUMNS)
    if not upper:
        triangles = triangles[:, ::-1]
    name = "teeth_upper" if upper else "teeth_lower"
    return Part(name, TEETH_MATERIAL, np.concatenate(vertices), triangles, np.concatenate(colours))


def tongue_path(lip_z: float, share: np.ndarray, out: bool) -> np.ndarray:
    """Give the tongue's middle line from the root, 0, to the tip, 1; at rest or stuck out."""
    if out:
        y = MOUTH_Y - 0.62 + 0.25 * np.sin(share * np.pi) - 1.75 * np.clip(share - 0.52, 0, 1) ** 1.6 / 0.31
        z = lip_z - 3.9 + 6.2 * share - 1.3 * np.clip(share - 0.6, 0, 1) ** 1.5
    else:
        y = MOUTH_Y - 1.25 + 0.35 * np.sin(share * np.pi * 0.8)
        z = lip_z - 4.4 + 3.05 * share
    return np.stack([np.zeros_like(share), y, z], 1)


def make_tongue(lip_z: float) -> Part:
    """Build the tongue with its own shape, `tongueOut`."""
    share = 1 - (1 - np.linspace(0, 1, 18)) ** 1.25
    tip = np.sqrt(np.clip(1 - np.clip((share - 0.74) / 0.27, 0, 1) ** 2.2, 0.02, 1))
    up = np.tile([0, 1.0, 0.15], (len(share), 1))
    poses = []
    for out in (False, True):
        width = (1.05 if not out else 1.08) * tip * (0.9 + 0.1 * np.sin(share * np.pi))
        vertices, triangles = tube(tongue_path(lip_z, share, out), up, width, 0.42 * tip**0.8, 16)
        centre = np.exp(-((vertices[:, 0] / 0.28) ** 2))
        ring_up = np.tile(np.sin(np.linspace(0, 2 * np.pi, 16, endpoint=False)), len(share))
        vertices[:-2, 1] -= 0.14 * centre[:-2] * np.maximum(ring_up, 0)
        poses.append(vertices)
    rest, stuck_out = poses
    colours = linear("#d9747a") * (0.8 + 0.2 * np.clip((rest[:, 2:3] - lip_z + 4.4) / 3, 0, 1))
    part = Part("tongue", TONGUE_MATERIAL, rest, outward(rest - rest.mean(0), triangles), colours)
    part.shapes["tongueOut"] = stuck_out - rest
    return part
