"""Closed tubes along curves: locks of hair, brows, lashes, the tongue."""

import numpy as np


def bezier(controls: np.ndarray, count: int) -> np.ndarray:
    """Sample a cubic Bézier curve.

    Shapes: (4, D) -> (count, D).
    """
    t = np.linspace(0, 1, count)[:, None]
    u = 1 - t
    a, b, c, d = controls
    return u**3 * a + 3 * u * u * t * b + 3 * u * t * t * c + t**3 * d


def tangents(path: np.ndarray) -> np.ndarray:
    """Give the unit direction of a path at each of its points."""
    d = np.gradient(path, axis=0)
    return d / np.linalg.norm(d, axis=1, keepdims=True)


def tube(
    path: np.ndarray,
    up: np.ndarray,
    half_width: np.ndarray,
    half_height: np.ndarray,
    sides: int,
    roundness: float = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Sweep an ellipse along a path and close both ends with a point.

    Shapes: path (N, 3), up (N, 3) roughly the outward normal, widths (N,) -> vertices (N * sides + 2, 3),
    triangles (T, 3).
    """
    forward = tangents(path)
    across = np.cross(forward, up)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    rise = np.cross(across, forward)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    c, s = np.sign(c) * np.abs(c) ** roundness, np.sign(s) * np.abs(s) ** roundness
    rings = (
        path[:, None]
        + across[:, None] * (half_width[:, None] * c)[..., None]
        + rise[:, None] * (half_height[:, None] * s)[..., None]
    )
    ends = np.stack(
        [path[0] - forward[0] * half_height[0] * 0.5, path[-1] + forward[-1] * half_height[-1] * 0.5]
    )
    return np.concatenate([rings.reshape(-1, 3), ends]), tube_triangles(len(path), sides)


def tube_triangles(rows: int, sides: int) -> np.ndarray:
    """Connect the rings of a tube whose last two vertices close its start and its end."""
    out = []
    for r in range(rows - 1):
        for c in range(sides):
            a, b = r * sides + c, r * sides + (c + 1) % sides
            out += [(a, a + sides, b + sides), (a, b + sides, b)]
    start, end, last = rows * sides, rows * sides + 1, (rows - 1) * sides
    for c in range(sides):
        out += [(c, (c + 1) % sides, start), (last + (c + 1) % sides, last + c, end)]
    return np.array(out, np.int64)


def outward(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Turn all triangles of a closed mesh round if it encloses a negative volume."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    return triangles if np.einsum("ij,ij->", a, np.cross(b, c)) > 0 else triangles[:, ::-1]
