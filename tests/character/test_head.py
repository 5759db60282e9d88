import numpy as np
import pytest

from character import head as head_module
from character.field import Field
from character.head import MissingShapeError, make_head, mirrored_twin, other_side, symmetric
from character.part import Part, vertex_normals
from proto.tables import BLENDSHAPES

MIRRORED_PARTS = {"eye_left": "eye_right", "lash_left": "lash_right", "brow_left": "brow_right"}
GLINTS = 2 * 17  # the eyes' reflections are on the same side in both, on purpose


def by_name(parts: list[Part]) -> dict[str, Part]:
    return {p.name: p for p in parts}


def mirrored_name(name: str) -> str:
    if name in ("jawLeft", "mouthLeft") or name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


def twins(part: Part, other: Part) -> np.ndarray:
    """Find for each vertex the mirrored vertex of the other part; the normal tells lips that touch apart."""
    found = {}
    for i, v in enumerate(other.vertices * [-1, 1, 1]):
        found.setdefault(tuple(np.round(v * 1e7).astype(int)), []).append(i)
    normals, others = (vertex_normals(p.vertices, p.triangles) for p in (part, other))
    out = []
    for v, n in zip(part.vertices, normals * [-1, 1, 1], strict=True):
        here = found[tuple(np.round(v * 1e7).astype(int))]
        out.append(max(here, key=lambda i: others[i] @ n))
    return np.array(out)


def test_all_52_shapes_in_apples_order(head):
    assert len(BLENDSHAPES) == 52
    assert {n for p in head for n in p.shapes} == set(BLENDSHAPES)
    for part in head:
        assert list(part.shapes) == [n for n in BLENDSHAPES if n in part.shapes]


@pytest.mark.parametrize("name", BLENDSHAPES)
def test_every_shape_can_be_seen(head, name):
    assert max(np.linalg.norm(p.shapes[name], axis=1).max() for p in head if name in p.shapes) > 2e-3


def test_size_is_a_heads_and_light(head):
    vertices = np.concatenate([p.vertices for p in head])
    assert len(vertices) <= 12_600
    assert 0.16 < np.ptp(vertices[:, 0]) < 0.22 and 0.28 < np.ptp(vertices[:, 1]) < 0.36
    eyes = [by_name(head)[n].pivot for n in ("eye_left", "eye_right")]
    assert 0.055 < eyes[0][0] - eyes[1][0] < 0.075, "left is at +x"


def test_meshes_are_sound(head):
    for part in head:
        assert np.isfinite(part.vertices).all() and np.isfinite(part.normals).all()
        assert np.allclose(np.linalg.norm(part.normals, axis=1), 1)
        assert np.array_equal(np.unique(part.triangles), np.arange(len(part.vertices)))
        corner = part.vertices[part.triangles]
        area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1) / 2
        assert area.min() > 1e-10, part.name
        assert all(np.isfinite(m).all() for m in [*part.shapes.values(), *part.shape_normals.values()])


@pytest.mark.parametrize("name", ["face", "mouth", "teeth", "tongue"])
def test_middle_parts_are_exactly_symmetric(head, name):
    part = by_name(head)[name]
    twin = twins(part, part)
    for shape, move in part.shapes.items():
        other = part.shapes[mirrored_name(shape)]
        assert np.abs(move * [-1, 1, 1] - other[twin]).max() < 1e-12, shape


@pytest.mark.parametrize("name", MIRRORED_PARTS)
def test_paired_parts_are_exactly_symmetric(head, name):
    left, right = by_name(head)[name], by_name(head)[MIRRORED_PARTS[name]]
    keep = len(left.vertices) - (GLINTS if name.startswith("eye") else 0)
    trimmed = [
        Part(p.name, p.material, p.vertices[:keep], p.triangles[(p.triangles < keep).all(1)], p.colours)
        for p in (left, right)
    ]
    twin = twins(*trimmed)
    assert {mirrored_name(n) for n in left.shapes} == set(right.shapes)
    for shape, move in left.shapes.items():
        assert np.abs(move[:keep] * [-1, 1, 1] - right.shapes[mirrored_name(shape)][twin]).max() < 1e-12, (
            shape
        )


@pytest.mark.parametrize("name", [n for n in BLENDSHAPES if n.startswith(("eye", "brow", "cheekSquint"))])
def test_shapes_of_the_eyes_stay_away_from_mouth_and_other_side(head, name):
    for part in head:
        move = part.shapes.get(name)
        if move is None:
            continue
        touched = part.vertices[move.any(1)]
        assert touched[:, 1].min() > -0.02, part.name
        if name.endswith("Left"):
            assert touched[:, 0].min() > -0.012
        elif name.endswith("Right"):
            assert touched[:, 0].max() < 0.012


@pytest.mark.parametrize("name", [n for n in BLENDSHAPES if n.startswith(("mouth", "jaw", "tongue"))])
def test_shapes_of_the_mouth_leave_eyes_and_brows_alone(head, name):
    for part in head:
        if name in part.shapes:
            assert part.name in ("face", "mouth", "teeth", "tongue")
            assert part.vertices[part.shapes[name].any(1), 1].max() < 0.031


def test_lower_teeth_and_tongue_follow_the_jaw(head):
    parts = by_name(head)
    teeth = parts["teeth"]
    moved = teeth.shapes["jawOpen"].any(1)
    assert 0.4 < moved.mean() < 0.6 and teeth.shapes["jawOpen"][moved, 1].max() < -0.01
    assert parts["tongue"].shapes["jawOpen"][:, 1].max() < 0


def test_missing_name_stops_the_generator(monkeypatch):
    monkeypatch.setattr(head_module, "BLENDSHAPES", (*BLENDSHAPES, "earWiggle"))
    with pytest.raises(MissingShapeError, match="earWiggle"):
        make_head()


def test_unknown_name_stops_the_generator(monkeypatch):
    monkeypatch.setattr(head_module, "BLENDSHAPES", BLENDSHAPES[:-1])
    with pytest.raises(MissingShapeError, match="tongueOut"):
        make_head()


def test_mirroring_helpers():
    field = Field.of_points(np.array([[1.0, 2, 9], [-1, 2, 9], [0, 3, 9]]))
    lopsided = mirrored_twin(lambda f: f.points * (f.points[:, :1] > 0))(field)
    assert np.allclose(lopsided, [[0, 0, 0], [-1, 2, 9], [0, 0, 0]])
    even = symmetric(lambda f: f.points + [0.5, 0, 0])(field)
    assert np.allclose(even, [[1.5, 2, 9], [-1.5, 2, 9], [0, 3, 9]])
    assert other_side("jawLeft") == "jawRight"
