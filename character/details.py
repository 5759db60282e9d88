"""Brows, ears and the collar."""

import numpy as np

from character.part import Material, Part, grid_triangles, linear, mirror
from character.sculpt import cast, gradient
from character.tubes import bezier, outward, tube

BROW_MATERIAL = Material("brow", 0.6)
SKIN_MATERIAL = Material("skin", 0.52)
CLOTH_MATERIAL = Material("cloth", 0.85)
BROW_CURVE = np.array([(1.3, 6.75), (2.5, 7.45), (4.3, 7.75), (5.95, 6.85)])
EAR_CENTRE = np.array([7.7, 2.0, -0.9])
# The ear from the hollow to the rim and behind: share of the outline, height over the ear's plane.
EAR_PROFILE = (
    (0.16, -0.42), (0.34, -0.40), (0.5, -0.22), (0.62, 0.10), (0.72, 0.10), (0.8, -0.04), (0.87, 0.06),
    (0.93, 0.24), (0.99, 0.27), (1.02, 0.12), (1.0, -0.12), (0.93, -0.35), (0.8, -0.75), (0.66, -1.5),
)  # fmt: skip
EAR_COLUMNS = 26


def make_brow(side: int) -> Part:
    """Build one brow as a soft strip on the brow ridge."""
    flat = bezier(BROW_CURVE, 20)
    front = np.tile([0.0, 0, 1], (len(flat), 1))
    skin = cast(np.column_stack([flat, np.zeros(len(flat))]), front)
    up = gradient(skin)
    t = np.linspace(0, 1, len(flat))
    half_width = 0.44 * np.minimum(1, (t + 0.03) / 0.12) ** 0.5 * (1 - 0.72 * t**1.6)
    vertices, triangles = tube(skin + up * 0.06, up, half_width, 0.24 * half_width / 0.44 + 0.04, 10)
    triangles = outward(vertices - vertices.mean(0), triangles)
    if side < 0:
        vertices, triangles = mirror(vertices), triangles[:, ::-1]
    name = "brow_left" if side > 0 else "brow_right"
    return Part(name, BROW_MATERIAL, vertices, triangles, np.tile(linear("#4a2b1d"), (len(vertices), 1)))


def make_ear(side: int, tone: np.ndarray) -> Part:
    """Build one ear as a shell with a hollow, a fold and a rolled rim."""
    phi = np.linspace(0, 2 * np.pi, EAR_COLUMNS, endpoint=False)
    outline_u = 1.55 * np.cos(phi) * (1 + 0.18 * np.sin(phi))
    outline_v = 2.45 * np.sin(phi)
    hollow = np.array([0.28, -0.35])
    flare, lean = np.deg2rad(24), np.deg2rad(10)
    forward = np.array([-np.sin(flare), 0, np.cos(flare)])
    upward = np.array([0, np.cos(lean), -np.sin(lean)])
    outside = np.cross(upward, forward)
    outside /= np.linalg.norm(outside)
    vertices, colours = (
        [EAR_CENTRE + forward * hollow[0] + upward * hollow[1] - outside * 0.45],
        [tone * 0.72],
    )
    for share, height in EAR_PROFILE:
        blend = hollow * max(0.0, 1 - share)
        u, v = outline_u * share + blend[0], outline_v * share + blend[1]
        lobe = np.clip(-np.sin(phi) - 0.55, 0, 1) / 0.45
        h = height * (1 - 0.75 * lobe) if share > 0.45 and height > -0.3 else np.full_like(phi, height)
        vertices.append(EAR_CENTRE + u[:, None] * forward + v[:, None] * upward + h[:, None] * outside)
        shade = 1 - 0.28 * np.clip(-height / 0.42, 0, 1) * (share < 0.9)
        colours.append(np.tile(tone * [1.0, 0.93, 0.92] * shade, (EAR_COLUMNS, 1)))
    vertices = np.concatenate([vertices[0][None], *vertices[1:]])
    fan = [(0, 1 + c, 1 + (c + 1) % EAR_COLUMNS) for c in range(EAR_COLUMNS)]
    rings = grid_triangles(len(EAR_PROFILE), EAR_COLUMNS, True)[:, ::-1] + 1
    triangles = np.concatenate([np.array(fan), rings])
    if np.cross(*(vertices[triangles[0][1:]] - vertices[0])) @ outside < 0:
        triangles = triangles[:, ::-1]
    if side < 0:
        vertices, triangles = mirror(vertices), triangles[:, ::-1]
    return Part("ear", SKIN_MATERIAL, vertices, triangles, np.concatenate([colours[0][None], *colours[1:]]))


def make_collar() -> Part:
    """Build a roll-neck collar on a short bust."""
    rows = (  # height, half width, half depth, centre z; from the closed foot up and into the neck
        (-16.4, 0.4, 0.3, -2.0), (-16.4, 8.4, 5.3, -2.0), (-16.2, 8.9, 5.7, -2.0), (-15.7, 9.0, 5.8, -2.0),
        (-14.6, 8.3, 5.4, -2.0), (-13.6, 6.6, 4.9, -2.0), (-12.9, 5.2, 4.6, -2.0), (-12.5, 4.55, 4.4, -2.0),
        (-12.4, 4.75, 4.75, -1.9), (-12.0, 5.1, 5.05, -1.9), (-11.2, 5.2, 5.15, -1.9),
        (-10.5, 5.1, 5.05, -1.85), (-10.1, 4.8, 4.75, -1.8), (-10.0, 4.4, 4.35, -1.8),
        (-10.3, 4.0, 3.95, -1.8), (-11.2, 3.2, 3.2, -1.3),
    )  # fmt: skip
    turn = np.linspace(0, 2 * np.pi, 56, endpoint=False)
    vertices, colours = [], []
    for k, (y, width, depth, z) in enumerate(rows):
        rib = 1 + (0.012 * np.cos(turn * 28) if 8 <= k <= 13 else np.zeros_like(turn))
        vertices.append(
            np.stack([width * rib * np.sin(turn), np.full_like(turn, y), z + depth * rib * np.cos(turn)], 1)
        )
        tint = linear("#3f8f8a") if k < 8 else linear("#4ba39b")
        shade = 0.6 if k in (7, 8) else (0.45 if k >= 14 else 1.0)
        colours.append(np.tile(tint * shade, (len(turn), 1)))
    triangles = grid_triangles(len(rows), len(turn), True)
    return Part("collar", CLOTH_MATERIAL, np.concatenate(vertices), triangles, np.concatenate(colours))
