"""The eyeballs, painted by vertex colours, and the lashes on the upper lids."""

import numpy as np

from character import lids
from character.part import Material, Part, linear, mirror
from character.sculpt import EYE_CENTRE, EYE_RADIUS, LID_RADIUS
from character.tubes import outward, tube

IRIS_DEG, PUPIL_DEG = 27.0, 12.0
COLUMNS = 36
# Angle from the front (deg), colour; two rings half a degree apart make a crisp edge.
RINGS = (
    (5, "#0b0a0c"), (PUPIL_DEG, "#0b0a0c"), (PUPIL_DEG + 0.8, "iris_in"), (17.5, "iris_mid"),
    (23, "iris_out"), (IRIS_DEG - 2.2, "limbus"), (IRIS_DEG, "limbus"), (IRIS_DEG + 0.9, "white"),
    (34, "white"), (42, "white"), (51, "white"), (61, "white"), (72, "shade"), (85, "shade"),
    (105, "shade"), (130, "shade"), (155, "shade"),
)  # fmt: skip
PAINT = {
    "iris_in": "#3f7f80", "iris_mid": "#3a8f8c", "iris_out": "#2b6f78", "limbus": "#12333f",
    "white": "#fbf8f4", "shade": "#e9dcd4",
}  # fmt: skip
EYE_MATERIAL = Material("eye", 0.22)
LASH_MATERIAL = Material("lash", 0.6)


def make_eye(side: int) -> Part:
    """Build one eyeball; side is +1 for the subject's left and -1 for the right."""
    centre = EYE_CENTRE * [side, 1, 1]
    turn = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    vertices, colours = [np.array([[0, 0, 1.0]])], [linear("#0b0a0c")[None]]
    for angle, name in RINGS:
        a = np.deg2rad(angle)
        ring = np.stack([np.sin(a) * np.cos(turn), np.sin(a) * np.sin(turn), np.full(COLUMNS, np.cos(a))], 1)
        bulge = 0.02 * max(0.0, 1 - (angle / (IRIS_DEG + 5)) ** 2)
        vertices.append(ring * (1 + bulge))
        base = linear(PAINT.get(name, name))
        light = 1 - 0.38 * np.sin(turn) if name.startswith("iris") else np.ones(COLUMNS)
        colours.append(base * light[:, None])
    vertices[0] = vertices[0] * 1.02
    ball = np.concatenate([*vertices, [[0, 0, -1.0]]])
    colour = np.concatenate([*colours, [linear(PAINT["shade"])]])
    triangles = _ball_triangles(len(RINGS))
    glint_v, glint_t = _glint()
    triangles = np.concatenate([triangles, glint_t + len(ball)])
    vertices = np.concatenate([ball, glint_v]) * EYE_RADIUS + centre
    colour = np.concatenate([colour, np.ones((len(glint_v), 3))])
    return Part("eye_left" if side > 0 else "eye_right", EYE_MATERIAL, vertices, triangles, colour, centre)


def _ball_triangles(rings: int) -> np.ndarray:
    out, back = [], 1 + rings * COLUMNS
    for c in range(COLUMNS):
        d = (c + 1) % COLUMNS
        out.append((0, 1 + c, 1 + d))
        for r in range(rings - 1):
            a, b = 1 + r * COLUMNS + c, 1 + r * COLUMNS + d
            out += [(a, a + COLUMNS, b + COLUMNS), (a, b + COLUMNS, b)]
        out.append((back, back - COLUMNS + d, back - COLUMNS + c))
    return np.array(out)


def _glint() -> tuple[np.ndarray, np.ndarray]:
    """Build two small white discs over the cornea, on the same side in both eyes: the window's reflection."""
    vertices, triangles = [], []
    for x, y, radius in ((-10.0, 11.0, 5.2), (8.5, -10.0, 2.4)):
        turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
        a = np.deg2rad(np.concatenate([[x], x + radius * np.cos(turn)]))
        e = np.deg2rad(np.concatenate([[y], y + radius * np.sin(turn)]))
        first = len(vertices)
        vertices += list(np.stack([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], 1) * 1.027)
        triangles += [(first, first + 1 + k, first + 1 + (k + 1) % 16) for k in range(16)]
    return np.array(vertices), np.array(triangles)


def turned(part: Part, yaw_deg: float, pitch_deg: float) -> np.ndarray:
    """Give the displacement of an eyeball that turns by yaw (to +x) and pitch (up)."""
    y, p = np.deg2rad([yaw_deg, -pitch_deg])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    arm = part.vertices - part.pivot
    return arm @ (about_y @ about_x).T - arm


def make_lash(side: int) -> Part:
    """Build the dark line of lashes along one upper lid, thicker toward the outer corner."""
    x = -np.cos(np.linspace(0.06, np.pi - 0.05, 22))
    azimuth = lids.MIDDLE_DEG + lids.HALF_WIDTH_DEG * x
    upper, _ = lids.margins(azimuth)
    path = lids.from_ball(azimuth, upper + 0.6, np.full(len(x), LID_RADIUS + 0.07))
    up = path - EYE_CENTRE
    swell = np.sin(np.clip((x + 1) / 2, 0.02, 0.985) ** 1.5 * np.pi) ** 0.6
    vertices, triangles = tube(path, up, 0.03 + 0.12 * swell, 0.03 + 0.09 * swell, 6)
    triangles = outward(vertices - path.mean(0), triangles)
    if side < 0:
        vertices, triangles = mirror(vertices), triangles[:, ::-1]
    colours = np.tile(linear("#2a1a17"), (len(vertices), 1))
    return Part("lash_left" if side > 0 else "lash_right", LASH_MATERIAL, vertices, triangles, colours)
