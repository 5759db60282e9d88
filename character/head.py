"""The whole character: parts, colours and the 52 shapes on every part that they move."""

from collections.abc import Callable

import numpy as np

from character import shapes_eyes, shapes_jaw, shapes_mouth
from character.details import SKIN_MATERIAL, make_brow, make_collar, make_ear
from character.eyes import make_eye, make_lash, turned
from character.field import Field
from character.hair import make_hair
from character.mouth_parts import make_tongue, teeth_row
from character.paint import SKIN_TONE, paint_skin
from character.part import Material, Part, join, mirror, split, vertex_normals
from character.skin import Skin, make_skin
from proto.tables import BLENDSHAPES

METRES = 0.01
MOUTH_MATERIAL = Material("mouth", 1.0)
POCKET_DEPTH = 0.3  # deeper than this the mouth has its own dull material
SMALLEST_M = 8e-5  # displacements below this are dropped: a twelfth of a millimetre is not seen

Brush = Callable[[Field], np.ndarray]


class MissingShapeError(ValueError):
    """Say that the generator does not make what the wire names."""


def other_side(name: str) -> str:
    """Turn ...Left into ...Right."""
    return name.removesuffix("Left") + "Right"


def mirrored_twin(shape: Brush) -> Brush:
    """Make the right side's shape from the left side's."""
    return lambda field: mirror(shape(field.mirrored()))


def symmetric(shape: Brush) -> Brush:
    """Evaluate on the left half alone and reflect, so that both sides agree to the last bit."""

    def both(field: Field) -> np.ndarray:
        flip = field.points[:, 0] < 0
        folded = Field(
            np.where(flip[:, None], mirror(field.points), field.points), field.lip, field.side, field.depth
        )
        move = shape(folded)
        move[field.points[:, 0] == 0, 0] = 0.0
        return np.where(flip[:, None], mirror(move), move)

    return both


def both_sides(left: dict[str, Brush]) -> dict[str, Brush]:
    """Add the right-hand shape to each left-hand one."""
    return {**left, **{other_side(n): mirrored_twin(f) for n, f in left.items()}}


def lid_brushes(lash: bool) -> dict[str, Brush]:
    """List the lids' shapes of both eyes."""

    def brush_of(name: str) -> Brush:
        return lambda field: shapes_eyes.lid_shape(name, field.points, lash)

    return both_sides({n: brush_of(n) for n in shapes_eyes.LID_SHAPES})


def add_shapes(part: Part, field: Field, brushes: dict[str, Brush]) -> None:
    """Evaluate shapes on a part and add them to what it has."""
    for name, shape in brushes.items():
        part.shapes[name] = part.shapes.get(name, 0) + shape(field)


def skin_brushes() -> list[dict[str, Brush]]:
    """List every shape of the skin; a name may come twice, its movements add up."""
    centre = {**shapes_jaw.CENTRE, **shapes_mouth.CENTRE, **shapes_eyes.BROW_CENTRE}
    left = {**shapes_jaw.LEFT, **shapes_mouth.LEFT, **shapes_eyes.BROW_LEFT}
    return [{n: symmetric(f) for n, f in centre.items()}, both_sides(left), lid_brushes(False), brow_sneer()]


def brow_sneer() -> dict[str, Brush]:
    """List the part of the sneer that draws the brows down."""
    return both_sides({"noseSneerLeft": shapes_eyes.brow_sneer})


def make_face(skin: Skin) -> list[Part]:
    """Build the skin with both ears and its shapes, and the pocket of the mouth."""
    face = Part("face", SKIN_MATERIAL, skin.vertices, skin.triangles, paint_skin(skin))
    for brushes in skin_brushes():
        add_shapes(face, Field.of_skin(skin), brushes)
    inner = (skin.depth[skin.triangles] > POCKET_DEPTH).all(1)
    face, pocket = split(face, inner, "mouth", MOUTH_MATERIAL)
    for side in (1, -1):
        face = join(face, make_ear(side, SKIN_TONE))
    return [face, pocket]


def make_eye_parts() -> list[Part]:
    """Build eyeballs that look about and lashes that follow the lids."""
    parts = []
    for side, suffix in ((1, "Left"), (-1, "Right")):
        eye = make_eye(side)
        for way, (yaw, pitch) in shapes_eyes.LOOK_DEG.items():
            eye.shapes[f"eyeLook{way}{suffix}"] = turned(eye, yaw * side, pitch)
        lash = make_lash(side)
        own = {n: f for n, f in lid_brushes(True).items() if n.endswith(suffix)}
        add_shapes(lash, Field.of_points(lash.vertices), own)
        parts += [eye, lash]
    return parts


def make_brow_parts() -> list[Part]:
    """Build brows that ride on the skin."""
    parts = []
    for side in (1, -1):
        brow = make_brow(side)
        field = Field.of_points(brow.vertices)
        centre = {n: symmetric(f) for n, f in shapes_eyes.BROW_CENTRE.items()}
        for brushes in (centre, both_sides(shapes_eyes.BROW_LEFT), brow_sneer()):
            add_shapes(brow, field, brushes)
        parts.append(brow)
    return parts


def make_mouth_parts(skin: Skin) -> list[Part]:
    """Build teeth and tongue; the lower ones follow the jaw."""
    middle = (skin.lip == 0) & (skin.depth == 0) & (skin.vertices[:, 0] == 0)
    lip_z = float(skin.vertices[middle, 2].max())
    upper, lower, tongue = teeth_row(lip_z, True), teeth_row(lip_z, False), make_tongue(lip_z)
    root_to_tip = np.clip((tongue.vertices[:, 2] - lip_z + 4.4) / 3.0, 0, 1)
    for part, share in ((lower, np.ones(len(lower.vertices))), (tongue, 0.45 + 0.55 * root_to_tip)):
        ones = share[:, None]
        part.shapes["jawOpen"] = ones * shapes_jaw.opening(part.vertices)
        part.shapes["jawForward"] = ones * [0, -0.1, 0.85]
        part.shapes["jawLeft"] = ones * [0.95, 0, 0]
        part.shapes["jawRight"] = ones * [-0.95, 0, 0]
    teeth = join(upper, lower)
    teeth.name = "teeth"
    return [teeth, tongue]


def in_metres(part: Part) -> Part:
    """Scale, drop what is too small to see, order the shapes and compute normals."""
    part.vertices, part.pivot = part.vertices * METRES, part.pivot * METRES
    kept = {}
    for name in BLENDSHAPES:
        move = part.shapes.get(name, np.zeros((0, 3))) * METRES
        move = np.where(np.linalg.norm(move, axis=1, keepdims=True) < SMALLEST_M, 0.0, move)
        if move.any():
            kept[name] = move
    part.shapes = kept
    part.normals = vertex_normals(part.vertices, part.triangles)
    for name, move in kept.items():
        part.shape_normals[name] = vertex_normals(part.vertices + move, part.triangles) - part.normals
    return part


def make_head() -> list[Part]:
    """Build the character in metres.

    Raises: MissingShapeError if a name of the wire moves nothing, or a shape has no name there.
    """
    skin = make_skin()
    parts = [*make_face(skin), *make_eye_parts(), *make_brow_parts(), *make_mouth_parts(skin)]
    made = {n for p in parts for n in p.shapes}
    if made - set(BLENDSHAPES):
        raise MissingShapeError(f"expected only names of the wire, got {sorted(made - set(BLENDSHAPES))}")
    parts = [in_metres(p) for p in [*parts, make_hair(), make_collar()]]
    missing = set(BLENDSHAPES) - {n for p in parts for n in p.shapes}
    if missing:
        raise MissingShapeError(f"expected all {len(BLENDSHAPES)} shapes, missing {sorted(missing)}")
    return parts
