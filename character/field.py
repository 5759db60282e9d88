"""What a shape sees of a mesh, and the brushes that shapes are made of."""

from dataclasses import dataclass, replace

import numpy as np

from character.part import mirror
from character.sculpt import gradient, slide
from character.skin import MOUTH_HALF_WIDTH, Skin, mouth_line

CORNER = np.array([MOUTH_HALF_WIDTH, float(mouth_line(np.array(MOUTH_HALF_WIDTH)))])


@dataclass(frozen=True)
class Field:
    """Hold points and their marks (see `skin.Skin`) for the evaluation of a shape."""

    points: np.ndarray
    lip: np.ndarray
    side: np.ndarray
    depth: np.ndarray

    @staticmethod
    def of_skin(skin: Skin) -> "Field":
        """See the skin with all its marks."""
        return Field(skin.vertices, skin.lip, skin.side, skin.depth)

    @staticmethod
    def of_points(points: np.ndarray) -> "Field":
        """See a mesh that rides on the outside of the face."""
        blank = np.zeros(len(points))
        return Field(points, blank + 9.0, blank, blank)

    def mirrored(self) -> "Field":
        """See the same from the other side."""
        return replace(self, points=mirror(self.points))

    @property
    def x(self) -> np.ndarray:
        return self.points[:, 0]

    @property
    def y(self) -> np.ndarray:
        return self.points[:, 1]

    @property
    def z(self) -> np.ndarray:
        return self.points[:, 2]

    @property
    def above(self) -> np.ndarray:
        """Height over the mouth line; where lips touch, a hair's breadth on the lip's own side."""
        height = self.y - mouth_line(self.x)
        height = np.where(self.depth > 0, 0.0, height)
        return np.where(self.side != 0, self.side * np.maximum(np.abs(height), 0.03), height)

    @property
    def outside(self) -> np.ndarray:
        """1 on the face, 0 in the mouth and behind the face."""
        return (self.depth == 0) * smooth(self.z, 0.5, 3.5)


def smooth(value: np.ndarray, low: float, high: float) -> np.ndarray:
    """Step smoothly from 0 at low to 1 at high."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def brush(field: Field, centre: tuple[float, float], radius: tuple[float, float]) -> np.ndarray:
    """Weigh points of the face by a soft round brush in the front view that ends at 2.2 radii."""
    q = ((field.x - centre[0]) / radius[0]) ** 2 + ((field.y - centre[1]) / radius[1]) ** 2
    return np.exp(-q) * smooth(-q, -(2.2**2), -(1.5**2)) * smooth(field.z, 0.5, 3.5)


def left_share(field: Field, half_width: float = 1.1) -> np.ndarray:
    """Share a movement between the sides: both sides' shares sum to 1 everywhere."""
    return smooth(field.x, -half_width, half_width)


def lips(field: Field, reach: float = 1.5) -> np.ndarray:
    """Weigh the lips with 1 and fade out over the skin around; the pocket follows the lips near them."""
    beyond = np.maximum(np.abs(field.x) - MOUTH_HALF_WIDTH, 0)
    high = np.where(field.above > 0, 0.6, 0.85)
    away = np.hypot(beyond, np.maximum(np.abs(field.above) - high, 0))
    weight = smooth(-away, -reach, 0) * smooth(field.z, 3.0, 5.5)
    return np.where(field.depth > 0, smooth(-field.depth, -0.75, -0.1), weight)


def taper(field: Field, power: float = 2.0) -> np.ndarray:
    """Fall from 1 in the middle of the mouth to 0 at its corners and beyond."""
    return np.maximum(1 - np.minimum(np.abs(field.x) / MOUTH_HALF_WIDTH, 1) ** power, 0)


def lip_sign(field: Field) -> np.ndarray:
    """Give +1 on and over the upper lip, -1 on and under the lower lip."""
    return np.where(field.side != 0, field.side, np.clip(field.above / 0.25, -1, 1))


def push(field: Field, amount: np.ndarray) -> np.ndarray:
    """Move along the outward normal."""
    return amount[:, None] * gradient(field.points)


def glide(field: Field, weight: np.ndarray, move: tuple[float, float]) -> np.ndarray:
    """Move over the face's surface by weight times (x, y); the pocket of the mouth goes straight."""
    straight = weight[:, None] * np.array([*move, 0.0])
    sliding = (field.depth == 0) & (weight > 1e-4)
    out = straight.copy()
    out[sliding] = slide(field.points[sliding], straight[sliding])
    return out


def vector(x: np.ndarray | float, y: np.ndarray | float, z: np.ndarray | float, like: Field) -> np.ndarray:
    """Stack components into displacements."""
    return np.stack([np.broadcast_to(np.asarray(c, float), len(like.points)) for c in (x, y, z)], 1)
