"""What the generator builds: parts with vertices, colours, triangles and named shapes."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Material:
    """Describe a surface for physically based renderers; the colour itself sits in the vertices."""

    name: str
    roughness: float
    double_sided: bool = False


@dataclass
class Part:
    """Hold one mesh with the displacements of its shapes.

    Shapes: vertices (V, 3), colours (V, 3) linear RGB 0..1, triangles (T, 3) counter-clockwise from outside,
    normals (V, 3), each entry of `shapes` and `shape_normals` (V, 3) as difference to the rest pose.
    """

    name: str
    material: Material
    vertices: np.ndarray
    triangles: np.ndarray
    colours: np.ndarray
    pivot: np.ndarray = field(default_factory=lambda: np.zeros(3))
    shapes: dict[str, np.ndarray] = field(default_factory=dict)
    normals: np.ndarray | None = None
    shape_normals: dict[str, np.ndarray] = field(default_factory=dict)

    def posed(self, weights: dict[str, float]) -> np.ndarray:
        """Add the weighted shapes to the rest vertices, as every engine does."""
        vertices = self.vertices.copy()
        for name, weight in weights.items():
            if weight and name in self.shapes:
                vertices += weight * self.shapes[name]
        return vertices


def linear(hex_colour: str) -> np.ndarray:
    """Turn an sRGB colour such as "#f0c8a0" into linear RGB.

    Source: IEC 61966-2-1.
    """
    srgb = np.array([int(hex_colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Average the area-weighted triangle normals at each vertex.

    Shapes: (V, 3), (T, 3) -> (V, 3) unit vectors.
    """
    corner = vertices[triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, triangles[:, k], face)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return normals / np.where(length > 0, length, 1)


def mirror(points: np.ndarray) -> np.ndarray:
    """Reflect points or vectors to the other side of the face."""
    return points * np.array([-1.0, 1.0, 1.0])


def join(first: Part, second: Part) -> Part:
    """Put two meshes of one material into one part; a shape that one of them lacks is zero there."""
    names = dict.fromkeys([*first.shapes, *second.shapes])
    blank = [np.zeros_like(p.vertices) for p in (first, second)]
    shapes = {
        n: np.concatenate([first.shapes.get(n, blank[0]), second.shapes.get(n, blank[1])]) for n in names
    }
    return Part(
        first.name,
        first.material,
        np.concatenate([first.vertices, second.vertices]),
        np.concatenate([first.triangles, second.triangles + len(first.vertices)]),
        np.concatenate([first.colours, second.colours]),
        first.pivot,
        shapes,
    )


def split(part: Part, chosen: np.ndarray, name: str, material: Material) -> tuple[Part, Part]:
    """Divide a part by a mask over its triangles: what is left, and what was chosen."""

    def piece(mask: np.ndarray, name: str, material: Material) -> Part:
        used, triangles = np.unique(part.triangles[mask], return_inverse=True)
        shapes = {n: move[used] for n, move in part.shapes.items()}
        return Part(
            name,
            material,
            part.vertices[used],
            triangles.reshape(-1, 3),
            part.colours[used],
            part.pivot,
            shapes,
        )

    return piece(~chosen, part.name, part.material), piece(chosen, name, material)


def grid_triangles(rows: int, columns: int, closed: bool = False) -> np.ndarray:
    """Triangulate a rows × columns grid of vertices; `closed` joins the last column to the first.

    Shapes: -> (T, 3). With rows going up and columns going to the viewer's right the front faces the viewer.
    """
    quads = []
    for r in range(rows - 1):
        for c in range(columns if closed else columns - 1):
            a, b = r * columns + c, r * columns + (c + 1) % columns
            quads += [(a, b, b + columns), (a, b + columns, a + columns)]
    return np.array(quads, np.int64)
