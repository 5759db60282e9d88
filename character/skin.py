"""The skin: the ray-space mesh cast onto the sculpture, with lid rims, lips and the inside of the mouth."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from character import lids
from character.part import mirror
from character.sculpt import EYE_RADIUS, LID_RADIUS, cast, gradient
from character.topology import build_half, eye_border, mouth_border, rays, ring_quads, unproject

MOUTH_HALF_WIDTH = 2.35
MOUTH_Y = -2.45
LIP_RINGS = (1.25, 1.0, 0.72, 0.42, 0.17, 0.0)  # from outside the lips to where they meet
LIP_BULGE = (0.0, 0.06, 0.27, 0.33, 0.10, -0.16)
BAG = (  # behind the lips: step back, half height, share of the mouth's width
    (0.22, 0.02, 1.0), (0.5, 0.55, 1.04), (0.9, 1.15, 1.08), (2.0, 1.5, 1.0),
    (3.6, 1.5, 0.85), (5.0, 0.9, 0.5),
)  # fmt: skip


@dataclass
class Skin:
    """Hold the skin of the whole head and what the shapes must know of its vertices.

    Shapes: vertices (V, 3), triangles (T, 3), twin (V,) number of the mirrored vertex (itself on the
    middle line), lip (V,) 0 where lips meet .. 1 at their border .. 9 elsewhere, side (V,) +1 upper lip,
    -1 lower lip, 0 corner or elsewhere, depth (V,) 0 outside .. 1 at the throat, rim (V,) 0.5 on the
    lids' margins, 1 on the rim behind them.
    """

    vertices: np.ndarray
    triangles: np.ndarray
    twin: np.ndarray
    lip: np.ndarray
    side: np.ndarray
    depth: np.ndarray
    rim: np.ndarray


def mouth_line(x: np.ndarray) -> np.ndarray:
    """Give the height at which the lips meet: a faint smile."""
    s = np.clip(np.abs(x) / MOUTH_HALF_WIDTH, 0, 1.2)
    return MOUTH_Y + 0.16 * s**2 - 0.06 * np.cos(s * np.pi) + 0.06


def lip_outline(x01: np.ndarray, upper: bool) -> np.ndarray:
    """Give the height of a lip above (below) the mouth line from the middle, 0, to the corner, 1."""
    taper = np.maximum(1 - x01**2.0, 0) ** 0.75
    if upper:
        return taper * (
            0.56 + 0.10 * np.exp(-(((x01 - 0.2) / 0.16) ** 2)) - 0.03 * np.exp(-((x01 / 0.1) ** 2))
        )
    return -taper * (0.78 - 0.06 * x01)


def lip_rings() -> tuple[np.ndarray, np.ndarray]:
    """Place the rings around the mouth in the front view and tell which lip each point is on.

    Shapes: -> (rings, points, 2) x and y, (points,) side.
    """
    points = len(mouth_border())
    corner = points // 2
    along = np.sin(np.linspace(0, np.pi / 2, corner + 1))
    x01 = np.concatenate([along, along[-2::-1]])
    side = np.concatenate([-np.ones(corner), [0], np.ones(corner)])
    rings = []
    for f in LIP_RINGS:
        x = x01 * (MOUTH_HALF_WIDTH + 0.14 * f)
        height = np.where(side > 0, lip_outline(x01, True), lip_outline(x01, False)) * (side != 0)
        rings.append(np.stack([x, mouth_line(x) + height * f], 1))
    return np.array(rings), side


def eye_contour() -> np.ndarray:
    """Place the lid margins: (points, 3), from the middle of the inner side counter-clockwise."""
    points = len(eye_border())
    x = -np.cos(np.linspace(0, np.pi, points // 2 + 1))
    x = np.sign(x) * np.abs(x) ** 1.08
    azimuth = lids.MIDDLE_DEG + lids.HALF_WIDTH_DEG * x
    upper, lower = lids.margins(azimuth)
    below, above = (lids.from_ball(azimuth, e, np.full(len(x), LID_RADIUS)) for e in (lower, upper))
    ring = np.concatenate([below, above[-2:0:-1]])
    return np.roll(ring, points // 8, axis=0)


def lid_ring(contour: np.ndarray, out_deg: float) -> np.ndarray:
    """Repeat the lid margins a few degrees further out, still on the lid ball."""
    azimuth, elevation, radius = lids.to_ball(contour)
    da, de = azimuth - lids.MIDDLE_DEG, elevation + 1.0
    grow = 1 + out_deg / np.hypot(da, de)
    return lids.from_ball(lids.MIDDLE_DEG + da * grow, de * grow - 1.0, radius)


def make_skin() -> Skin:
    """Build the skin; the right half is the left half mirrored bit by bit."""
    contour = eye_contour()
    lip_xy, side = lip_rings()
    flat = lip_xy.reshape(-1, 2)
    z_axis = np.tile([0.0, 0, 1], (len(flat), 1))
    on_face = cast(np.column_stack([flat, np.zeros(len(flat))]), z_axis)
    eye = np.stack([unproject(lid_ring(contour, d)) for d in (10.0, 4.5, 1.5)] + [unproject(contour)])
    half = build_half(eye, unproject(on_face).reshape(*lip_xy.shape))
    vertices = cast(*rays(half.param))
    vertices[half.eye[-1]] = contour
    lip, lip_side, depth = np.full(len(vertices), 9.0), np.zeros(len(vertices)), np.zeros(len(vertices))
    _shape_lips(vertices, half.mouth[-len(LIP_RINGS) :], side, lip, lip_side)
    builder = _Builder(vertices, list(half.quads), lip, lip_side, depth)
    builder.add_rim(half.eye[-1])
    builder.add_bag(half.mouth[-1], side)
    builder.add_crown(half.param)
    return builder.mirrored()


def _shape_lips(
    vertices: np.ndarray, rings: np.ndarray, side: np.ndarray, lip: np.ndarray, lip_side: np.ndarray
) -> None:
    normal = gradient(vertices[rings])
    for k, (f, bulge) in enumerate(zip(LIP_RINGS, LIP_BULGE, strict=True)):
        x01 = np.abs(vertices[rings[k], 0]) / (MOUTH_HALF_WIDTH + 0.14 * f)
        taper = np.maximum(1 - x01**3, 0) ** 0.6
        corner_dent = -0.14 * np.exp(-(((1 - x01) / 0.12) ** 2)) * np.exp(-((f / 0.6) ** 2))
        swell = np.where(side > 0, 0.85, 1.1) if bulge > 0 else 1.0
        vertices[rings[k]] += (bulge * taper * swell + corner_dent)[:, None] * normal[k]
        lip[rings[k]], lip_side[rings[k]] = f, side


class _Builder:
    """Collect vertices beyond the cast grid, then mirror all."""

    def __init__(self, vertices, quads, lip, side, depth):
        self.vertices, self.lip, self.side, self.depth = vertices, lip, side, depth
        self.quads, self.fans = quads, []
        self.rim = np.zeros(len(vertices))

    def _add(self, points: np.ndarray, side=0.0, depth=0.0, rim=0.0, lip=9.0) -> np.ndarray:
        first = len(self.vertices)
        self.vertices = np.concatenate([self.vertices, points])
        for name, value in (("lip", lip), ("side", side), ("depth", depth), ("rim", rim)):
            values = np.broadcast_to(np.asarray(value, float), len(points))
            setattr(self, name, np.concatenate([getattr(self, name), values]))
        return np.arange(first, len(self.vertices))

    def add_rim(self, margin: np.ndarray) -> None:
        """Turn the lids inward, down to just inside the eyeball."""
        self.rim[margin] = 0.5
        azimuth, elevation, _ = lids.to_ball(self.vertices[margin])
        rings = [margin]
        for radius in (LID_RADIUS - 0.07, EYE_RADIUS - 0.06):
            points = lids.from_ball(azimuth, elevation, np.full(len(margin), radius))
            rings.append(self._add(points, rim=1.0))
        self.quads += ring_quads(np.array(rings), True)

    def add_bag(self, slit: np.ndarray, side: np.ndarray) -> None:
        """Lead the lips' meeting line back into a pocket for teeth and tongue."""
        rest, rings = self.vertices[slit], [slit]
        middle_y = rest[:, 1]
        for k, (back, half_height, width) in enumerate(BAG):
            open_by = side * half_height * np.maximum(1 - (rest[:, 0] / MOUTH_HALF_WIDTH) ** 4, 0) ** 0.5
            z = rest[:, 2] - back
            points = np.stack([rest[:, 0] * width, middle_y + open_by, z], 1)
            rings.append(self._add(points, side, (k + 1) / len(BAG), lip=0.0))
        self.quads += ring_quads(np.array(rings), False)
        last = rings[-1]
        throat = self._add(np.array([[0, MOUTH_Y, self.vertices[last[0], 2] - 0.4]]), 0, 1.0, lip=0.0)
        self.fans += [(a, b, throat[0]) for a, b in pairwise(last)]

    def add_crown(self, param: np.ndarray) -> None:
        """Close the top of the skull."""
        top = np.flatnonzero(param[:, 1] == param[:, 1].max())
        top = top[np.argsort(param[top, 0])]
        pole = self._add(cast(np.array([[0, 3.0, 1.0]]), np.array([[0.0, 1, 0]])))
        self.fans += [(a, b, pole[0]) for a, b in pairwise(top)]

    def mirrored(self) -> Skin:
        """Weld the middle line and append the right half."""
        middle = np.abs(self.vertices[:, 0]) < 1e-6
        self.vertices[middle, 0] = 0
        count = len(self.vertices)
        twin = np.arange(count)
        twin[~middle] = count + np.arange((~middle).sum())
        quads = np.array(self.quads)
        triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]], np.array(self.fans)])
        other = twin[triangles][:, ::-1]
        back = np.concatenate([twin, np.flatnonzero(~middle)])
        both = {
            n: np.concatenate([getattr(self, n), getattr(self, n)[~middle]])
            for n in ("lip", "side", "depth", "rim")
        }
        vertices = np.concatenate([self.vertices, mirror(self.vertices[~middle])])
        return Skin(vertices, np.concatenate([triangles, other]), back, **both)
