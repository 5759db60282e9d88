"""A small z-buffer renderer for the pictures in the documentation and for the tests."""

import numpy as np

LIGHTS = (  # direction towards the light, colour: a warm key, a cool fill, a rim from behind
    ((-0.45, 0.65, 0.75), (1.75, 1.62, 1.5)),
    ((0.85, 0.1, 0.55), (0.42, 0.47, 0.56)),
    ((0.5, 0.5, -0.9), (0.55, 0.58, 0.65)),
)
SKY, GROUND = np.array([0.52, 0.55, 0.6]), np.array([0.34, 0.28, 0.26])
WRAP = 0.25  # light that creeps past the terminator, as in skin and vinyl


def look_at(yaw_deg: float, pitch_deg: float) -> np.ndarray:
    """Rotate the model for a camera that stands yaw degrees to the subject's left.

    Shapes: -> (3, 3), world to camera.
    """
    y, p = np.deg2rad([-yaw_deg, pitch_deg])
    turn = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    tilt = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    return tilt @ turn


def rasterise(screen: np.ndarray, triangles: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest front-facing triangle behind each pixel.

    Shapes: screen (V, 3) pixel x, pixel y (down), depth toward the viewer -> (size²,) triangle or -1,
    (size², 3) barycentric weights.
    """
    corner = screen[triangles]
    xy = corner[:, :, :2]
    edge1, edge2 = xy[:, 1] - xy[:, 0], xy[:, 2] - xy[:, 0]
    area = edge1[:, 0] * edge2[:, 1] - edge1[:, 1] * edge2[:, 0]
    low = np.clip(np.ceil(xy.min(1) - 0.5), 0, size).astype(np.int64)
    high = np.clip(np.floor(xy.max(1) - 0.5) + 1, 0, size).astype(np.int64)
    span = np.maximum(high - low, 0)
    keep = np.flatnonzero((area < 0) & (span.prod(1) > 0))
    count = span[keep].prod(1)
    owner = np.repeat(keep, count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    px = low[owner, 0] + step % span[owner, 0]
    py = low[owner, 1] + step // span[owner, 0]
    offset = np.stack([px, py], 1) + 0.5 - xy[owner, 0]
    b1 = (offset[:, 0] * edge2[owner, 1] - offset[:, 1] * edge2[owner, 0]) / area[owner]
    b2 = (edge1[owner, 0] * offset[:, 1] - edge1[owner, 1] * offset[:, 0]) / area[owner]
    weights = np.stack([1 - b1 - b2, b1, b2], 1)
    inside = np.flatnonzero((weights >= -1e-9).all(1))
    depth = (weights[inside] * corner[owner[inside], :, 2]).sum(1)
    inside = inside[np.argsort(depth, kind="stable")]
    winner = np.full(size * size, -1, np.int64)
    winner[py[inside] * size + px[inside]] = inside
    hit = winner >= 0
    triangle, share = np.full(size * size, -1, np.int64), np.zeros((size * size, 3))
    triangle[hit], share[hit] = owner[winner[hit]], weights[winner[hit]]
    return triangle, share


def shade(normal: np.ndarray, colour: np.ndarray, roughness: np.ndarray) -> np.ndarray:
    """Light pixels seen from +z: wrapped diffuse, a Blinn highlight and light from sky and ground.

    Shapes: (P, 3), (P, 3) linear, (P,) -> (P, 3) linear.
    """
    up = normal[:, 1:2] * 0.5 + 0.5
    diffuse = up * SKY + (1 - up) * GROUND
    gloss = np.zeros_like(colour)
    power = 2 / np.maximum(roughness, 0.05) ** 4
    for direction, tint in LIGHTS:
        to_light = np.array(direction) / np.linalg.norm(direction)
        half = to_light + [0, 0, 1]
        half /= np.linalg.norm(half)
        facing = normal @ to_light
        diffuse += np.maximum(facing + WRAP, 0)[:, None] / (1 + WRAP) * np.array(tint) / np.pi * 1.25
        lobe = np.maximum(normal @ half, 0) ** power * (power + 8) / (8 * np.pi) * 0.04
        gloss += (lobe * (facing > 0))[:, None] * np.array(tint)
    edge = (1 - np.clip(normal[:, 2:3], 0, 1)) ** 4 * 0.10
    return colour * diffuse + np.minimum(gloss, 2.0) + edge * SKY
