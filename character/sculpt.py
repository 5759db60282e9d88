"""The sculpture: a signed distance field of the head, and rays and slides onto its surface."""

import numpy as np

EYE_CENTRE = np.array([3.4, 3.35, 5.0])  # left eye; the right one is its mirror image
EYE_RADIUS = 2.6
LID_RADIUS = 2.84  # the lids ride 0.24 cm above the ball, so that straight morphs never cut into it


def smooth_union(a: np.ndarray, b: np.ndarray, k: float) -> np.ndarray:
    """Blend two distances with a fillet of about k centimetres.

    Source: Quilez, polynomial smooth minimum.
    """
    h = np.maximum(k - np.abs(a - b), 0) / k
    return np.minimum(a, b) - h * h * k / 4


def carve(a: np.ndarray, b: np.ndarray, k: float) -> np.ndarray:
    """Remove b from a with a fillet of about k centimetres."""
    return -smooth_union(-a, b, k)


def ball(p: np.ndarray, centre: tuple, radius: float) -> np.ndarray:
    """Measure the distance to a sphere."""
    return np.linalg.norm(p - centre, axis=-1) - radius


def ellipsoid(p: np.ndarray, centre: tuple, radii: tuple) -> np.ndarray:
    """Measure, to first order, the distance to an ellipsoid.

    Source: Quilez, bound of the ellipsoid's distance by its gradient.
    """
    q = (p - centre) / radii
    k0 = np.linalg.norm(q, axis=-1)
    k1 = np.linalg.norm(q / radii, axis=-1)
    return k0 * (k0 - 1) / np.maximum(k1, 1e-9)


def capsule(p: np.ndarray, a: tuple, b: tuple, radius_a: float, radius_b: float) -> np.ndarray:
    """Measure the distance to a rod whose radius runs from one end to the other."""
    a, b = np.array(a), np.array(b)
    t = np.clip(((p - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
    return np.linalg.norm(p - a - t[..., None] * (b - a), axis=-1) - (radius_a + t * (radius_b - radius_a))


def head_distance(p: np.ndarray) -> np.ndarray:
    """Measure the distance to the bald head without ears; negative inside.

    Shapes: (..., 3) -> (...).
    """
    q = np.stack([np.abs(p[..., 0]), p[..., 1], p[..., 2]], -1)
    d = ellipsoid(q, (0, 6.0, 0.1), (8.35, 8.8, 9.2))
    d = smooth_union(d, ellipsoid(q, (0, -0.4, 3.0), (6.2, 6.7, 5.6)), 3.5)
    d = smooth_union(d, ball(q, (3.6, 0.1, 4.9), 2.8), 2.5)
    d = smooth_union(d, ellipsoid(q, (0, -5.1, 6.3), (2.0, 1.9, 1.9)), 2.2)
    d = smooth_union(d, capsule(q, (0, -16, -1.7), (0, -1, -0.5), 3.8, 3.5), 2.0)
    d = smooth_union(d, ellipsoid(q, (0, -2.3, 6.6), (2.9, 2.0, 1.9)), 1.8)
    d = smooth_union(d, capsule(q, (1.2, 6.9, 7.2), (4.6, 6.8, 5.6), 0.9, 0.8), 1.8)
    d = carve(d, ellipsoid(q, EYE_CENTRE + [0.15, 0.0, 3.6], (2.5, 1.75, 1.7)), 1.6)
    d = smooth_union(d, nose_distance(q), 1.1)
    d = carve(d, ellipsoid(q, (0.55, 0.0, 9.7), (0.33, 0.3, 0.45)), 0.35)
    return smooth_union(d, ball(q, EYE_CENTRE, LID_RADIUS), 0.45)


def nose_distance(q: np.ndarray) -> np.ndarray:
    """Measure the distance to the nose: a soft bridge, a round tip and two small wings."""
    d = capsule(q, (0, 4.2, 7.2), (0, 1.6, 9.1), 0.8, 0.85)
    d = smooth_union(d, ball(q, (0, 1.05, 9.65), 1.08), 0.8)
    return smooth_union(d, ball(q, (0.95, 0.72, 8.95), 0.7), 0.5)


def gradient(p: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Differentiate the field centrally and return unit vectors, the outward normals."""
    axes = np.eye(3) * step
    g = np.stack([head_distance(p + e) - head_distance(p - e) for e in axes], -1)
    return g / np.maximum(np.linalg.norm(g, axis=-1, keepdims=True), 1e-12)


def cast(origin: np.ndarray, direction: np.ndarray, reach: float = 24.0) -> np.ndarray:
    """Walk from far outside back along each ray to the outermost surface.

    Shapes: (N, 3), (N, 3) unit -> (N, 3).
    """
    t = np.full(len(origin), reach)
    for _ in range(160):
        t -= 0.6 * head_distance(origin + t[:, None] * direction)
    return origin + t[:, None] * direction


def slide(p: np.ndarray, move: np.ndarray) -> np.ndarray:
    """Move points along the head while each keeps its height above the surface; returns displacements.

    Shapes: (N, 3), (N, 3) -> (N, 3).
    """
    height = head_distance(p)
    target = p + move
    for _ in range(3):
        target = target - (head_distance(target) - height)[:, None] * gradient(target)
    return target - p


def occlusion(p: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Estimate how open the surroundings of each point are, from 0 (buried) to 1 (free).

    Source: Evans 2006, ambient occlusion from five samples of a distance field.
    """
    blocked = np.zeros(len(p))
    for k in range(1, 6):
        reach = 0.28 * k
        blocked += np.maximum(reach - head_distance(p + reach * normal), 0) / 2**k / 0.28
    return np.clip(1 - 0.55 * blocked, 0, 1)
