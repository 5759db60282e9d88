"""The skin's mesh in ray space: a grid over one half of the head with rings around the eye and the mouth."""

from dataclasses import dataclass

import numpy as np

# Columns: azimuth in degrees from the middle of the face to the middle of the back.
COLUMNS = np.array(
    [
        0, 2.2, 4.4, 6.6, 9, 12, 15.5, 19.5, 24, 28.5, 33, 37.5, 42, 47, 53, 60, 68, 77, 87, 98, 110, 123,
        137, 151, 165.5, 180.0,
    ]
)  # fmt: skip
# Rows from the neck up: (origin y, origin z, elevation in front, elevation behind).
ROWS = np.array(
    [
        (-13.5, -2.0, 0.0, 0.0), (-12, -2.0, 0, 0), (-10.5, -1.9, 0, 0), (-9.2, -1.8, -2, 0),
        (-8.0, -1.4, -12, -2), (-6.4, -0.8, -28, -5), (-4.6, -0.2, -42, -9), (-2.6, 0.3, -49, -14),
        (-0.8, 0.8, -51.5, -19), (0.8, 1.0, -52, -24), (2, 1.0, -50, -27), (3, 1.0, -45.5, -28),
        (3, 1.0, -41.5, -26), (3, 1.0, -37.8, -24), (3, 1.0, -34.4, -22), (3, 1.0, -31.2, -20),
        (3, 1.0, -28, -18), (3, 1.0, -25, -16), (3, 1.0, -22.2, -14), (3, 1.0, -19.6, -12),
        (3, 1.0, -17, -10), (3, 1.0, -14.4, -8), (3, 1.0, -11.6, -6), (3, 1.0, -8.5, -4),
        (3, 1.0, -5.2, -2), (3, 1.0, -1.8, 0), (3, 1.0, 1.6, 2), (3, 1.0, 5, 5), (3, 1.0, 8.4, 8),
        (3, 1.0, 11.8, 11.8), (3, 1.0, 15.4, 15.4), (3, 1.0, 19.2, 19.2), (3, 1.0, 23.2, 23.2),
        (3, 1.0, 27.5, 27.5), (3, 1.0, 32.5, 32.5), (3, 1.0, 38.5, 38.5), (3, 1.0, 46, 46),
        (3, 1.0, 55, 55), (3, 1.0, 65, 65), (3, 1.0, 76, 76),
    ]
)  # fmt: skip
EYE_COLUMNS, EYE_ROWS = (4, 14), (22, 32)
MOUTH_COLUMNS, MOUTH_ROWS = (0, 9), (12, 20)
EYE_FREE_RINGS, MOUTH_FREE_RINGS = 5, 4


@dataclass
class HalfMesh:
    """Hold the left half in (azimuth, row) space and where its rings are.

    Shapes: param (V, 2), quads (Q, 4), eye and mouth rings (rings, points) of vertex numbers, innermost last.
    """

    param: np.ndarray
    quads: np.ndarray
    eye: np.ndarray
    mouth: np.ndarray


def rays(param: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Turn (azimuth, row) into ray origins and unit directions."""
    keys = np.stack([np.interp(param[:, 1], np.arange(len(ROWS)), ROWS[:, k]) for k in range(4)], 1)
    azimuth = np.deg2rad(param[:, 0])
    front = (0.5 + 0.5 * np.cos(azimuth)) ** 0.8
    elevation = np.deg2rad(keys[:, 2] * front + keys[:, 3] * (1 - front))
    direction = np.stack(
        [np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)], 1
    )
    origin = np.stack([np.zeros(len(param)), keys[:, 0], keys[:, 1]], 1)
    return origin, direction


def unproject(points: np.ndarray) -> np.ndarray:
    """Find (azimuth, row) of points in the face, whose rays all leave the same centre.

    Shapes: (N, 3) -> (N, 2).
    """
    q = points - np.array([0, ROWS[-1, 0], ROWS[-1, 1]])
    azimuth = np.arctan2(q[:, 0], q[:, 2])
    front = (0.5 + 0.5 * np.cos(azimuth)) ** 0.8
    elevation = np.rad2deg(np.arctan2(q[:, 1], np.hypot(q[:, 0], q[:, 2])))
    first = MOUTH_ROWS[0] - 1
    rows = np.arange(first, len(ROWS))
    found = [
        np.interp(e, ROWS[first:, 2] * f + ROWS[first:, 3] * (1 - f), rows)
        for e, f in zip(elevation, front, strict=True)
    ]
    return np.stack([np.rad2deg(azimuth), np.array(found)], 1)


def eye_border() -> list[tuple[int, int]]:
    """List the cells' corners around the eye block, from the inner side, counter-clockwise to the viewer."""
    (c0, c1), (r0, r1) = EYE_COLUMNS, EYE_ROWS
    return (
        [(r, c0) for r in range(r1, r0, -1)]
        + [(r0, c) for c in range(c0, c1)]
        + [(r, c1) for r in range(r0, r1)]
        + [(r1, c) for c in range(c1, c0, -1)]
    )


def mouth_border() -> list[tuple[int, int]]:
    """List the corners around the left half of the mouth block, from bottom middle to top middle."""
    (c0, c1), (r0, r1) = MOUTH_COLUMNS, MOUTH_ROWS
    return (
        [(r0, c) for c in range(c0, c1)]
        + [(r, c1) for r in range(r0, r1)]
        + [(r1, c) for c in range(c1, c0 - 1, -1)]
    )


def build_half(eye_rings: np.ndarray, mouth_rings: np.ndarray) -> HalfMesh:
    """Lay the grid, replace two blocks by rings that end in the given ones, and relax what is free.

    Shapes: (rings, points, 2) in (azimuth, row), innermost last, one point per border corner in its order.
    """
    number = np.full((len(ROWS), len(COLUMNS)), -1)
    keep = _outside_blocks()
    number[keep] = np.arange(keep.sum())
    rows, columns = np.nonzero(keep)
    param = [np.stack([COLUMNS[columns], rows], 1).astype(float)]
    quads = [
        (number[r, c], number[r, c + 1], number[r + 1, c + 1], number[r + 1, c])
        for r in range(len(ROWS) - 1)
        for c in range(len(COLUMNS) - 1)
        if not _in_block(r, c)
    ]
    total, found = len(param[0]), []
    for border, given, free, closed in (
        (eye_border(), eye_rings, EYE_FREE_RINGS, True),
        (mouth_border(), mouth_rings, MOUTH_FREE_RINGS, False),
    ):
        outer = np.array([number[r, c] for r, c in border])
        share = (np.arange(1, free + 1) / (free + 1))[:, None, None]
        rings = np.concatenate([param[0][outer] * (1 - share) + given[0] * share, given])
        ids = np.concatenate([outer[None], total + np.arange(rings[..., 0].size).reshape(len(rings), -1)])
        param.append(rings.reshape(-1, 2))
        total += len(param[-1])
        quads += ring_quads(ids, closed)
        found.append(ids)
    half = HalfMesh(np.concatenate(param), np.array(quads), found[0], found[1])
    _relax(half, np.concatenate([found[0][-len(eye_rings) :].ravel(), found[1][-len(mouth_rings) :].ravel()]))
    return half


def ring_quads(ids: np.ndarray, closed: bool) -> list[tuple[int, int, int, int]]:
    """Connect successive rings with quads whose front faces the viewer (rings run counter-clockwise).

    Shapes: ids (rings, points), outermost first.
    """
    points = ids.shape[1]
    return [
        (ids[k, i], ids[k, (i + 1) % points], ids[k + 1, (i + 1) % points], ids[k + 1, i])
        for k in range(len(ids) - 1)
        for i in range(points if closed else points - 1)
    ]


def _in_block(r: int, c: int) -> bool:
    for (c0, c1), (r0, r1) in ((EYE_COLUMNS, EYE_ROWS), (MOUTH_COLUMNS, MOUTH_ROWS)):
        if c0 <= c < c1 and r0 <= r < r1:
            return True
    return False


def _outside_blocks() -> np.ndarray:
    keep = np.ones((len(ROWS), len(COLUMNS)), bool)
    keep[EYE_ROWS[0] + 1 : EYE_ROWS[1], EYE_COLUMNS[0] + 1 : EYE_COLUMNS[1]] = False
    keep[MOUTH_ROWS[0] + 1 : MOUTH_ROWS[1], : MOUTH_COLUMNS[1]] = False
    return keep


def _relax(half: HalfMesh, fixed: np.ndarray, rounds: int = 12) -> None:
    """Even out the spacing between the rings and the grid; the middle line keeps its azimuth."""
    edges = np.concatenate([half.quads[:, [i, (i + 1) % 4]] for i in range(4)])
    edges = np.unique(np.sort(edges, 1), axis=0)
    near = half.param
    free = (near[:, 1] > MOUTH_ROWS[0] - 3) & (near[:, 1] < EYE_ROWS[1] + 2) & (near[:, 0] < 58)
    free[fixed] = False
    middle = near[:, 0] == 0
    for _ in range(rounds):
        total, count = np.zeros_like(near), np.zeros(len(near))
        for a, b in ((0, 1), (1, 0)):
            np.add.at(total, edges[:, a], near[edges[:, b]])
            np.add.at(count, edges[:, a], 1)
        near[free] += 0.5 * (total / count[:, None] - near)[free]
        near[middle, 0] = 0
