"""Equation 13 of MTHR-Face, and the same formula of every blendshape paper, written out as a reference.

    B = B0 + sum of w_i (B_i - B0)

B0 is the face at rest and B_i the whole face with shape i at its fullest. `python -m
training.expression.equation13 --data DIR --out FILE` draws a photograph with the ICT head and our own
character head beside it, both posed by this formula with the weights that the pipeline reads.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import skimage.data

from character.head import make_head
from character.part import Part
from character.render import draw
from engines.face import Face, Frame
from engines.pipeline import Pipeline
from engines.stages.pose import euler_deg, rotation_matrix
from proto.tables import BLENDSHAPES
from training.expression.ict import EYEBALL_CENTRE, EYEBALL_VERTICES, Head, load_head, look_rotation
from training.expression.render import render_head
from training.expression.sampling import EYE_LOOK

TILE = 240  # pixels
CHARACTER_VIEW = ((0.0, 0.004, 0.0), 0.15)  # centre and half height in metres


def pose_morph(
    rest: np.ndarray, shapes: Mapping[str, np.ndarray], weights_01: Mapping[str, float]
) -> np.ndarray:
    """Pose any morph head: `shapes` are whole faces, not displacements; a shape it lacks moves nothing.

    Shapes: (V, 3), name -> (V, 3) -> (V, 3).
    Source: MTHR-Face, equation 13.
    """
    posed = rest.astype(np.float64)
    for name, weight in weights_01.items():
        if name in shapes:
            posed = posed + weight * (shapes[name] - rest)
    return posed


def named(weights_01: np.ndarray) -> dict[str, float]:
    """Name a row of weights. Shapes: (52,)."""
    return {name: float(weight) for name, weight in zip(BLENDSHAPES, weights_01, strict=True)}


def pose_ict(head: Head, weights_01: np.ndarray) -> np.ndarray:
    """Pose the ICT head; its eyeballs turn instead of morphing. Shapes: (52,) -> (V, 3)."""
    shapes = {
        name: head.neutral + moved
        for name, moved, looks in zip(BLENDSHAPES, head.expression, EYE_LOOK, strict=True)
        if weights_01[BLENDSHAPES.index(name)] or not looks
    }
    vertices = pose_morph(head.neutral, shapes, named(weights_01))
    for side, rows in EYEBALL_VERTICES.items():
        centre, turn = np.array(EYEBALL_CENTRE[side]), look_rotation(weights_01[None], side)[0]
        vertices[rows] = (vertices[rows] - centre) @ turn.T + centre
    return vertices


def pose_character(parts: list[Part], weights_01: np.ndarray) -> list[Part]:
    """Pose our own head, part by part."""
    posed = []
    for part in parts:
        shapes = {name: part.vertices + moved for name, moved in part.shapes.items()}
        vertices = pose_morph(part.vertices, shapes, named(weights_01))
        posed.append(Part(part.name, part.material, vertices, part.triangles, part.colours, part.pivot))
    return posed


def draw_heads(
    head: Head, parts: list[Part], weights_01: np.ndarray, rotation: np.ndarray, size: int = TILE
) -> tuple[np.ndarray, np.ndarray]:
    """Draw both heads in one pose and from one side. Shapes: (52,), (3, 3) -> twice (size, size, 3)."""
    ict, _ = render_head(head, pose_ict(head, weights_01), rotation, size, centre=(0.0, 0.0, 6.0))
    yaw, pitch, _ = euler_deg(rotation[None])[0]
    posed = pose_character(parts, weights_01)
    return ict, draw(posed, {}, size, -yaw, CHARACTER_VIEW, -pitch)


def read_face(picture: np.ndarray) -> Face:
    """Find the largest face of a photograph. Shapes: (H, W, 3) uint8 RGB. Raises: ValueError without one."""
    pipeline = Pipeline.load("auto")
    frame = Frame("rgb8", np.ascontiguousarray(picture).tobytes(), 0.0, picture.shape[:2])
    (result,) = pipeline.process([(pipeline.open_stream(), frame)])
    pipeline.close()
    if not result.faces:
        raise ValueError("expected a photograph of a face, found none")
    return max(result.faces, key=lambda face: np.ptp(face.box_xyxy_px[[1, 3]]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--picture", type=Path, help="a photograph; default: scikit-image's astronaut")
    parser.add_argument("--out", type=Path, default=Path("docs/images/equation13.jpg"))
    arguments = parser.parse_args()
    picture = skimage.data.astronaut()
    if arguments.picture:
        picture = cv2.cvtColor(cv2.imread(str(arguments.picture)), cv2.COLOR_BGR2RGB)
    face = read_face(picture)
    size = 2 * TILE
    low, high = face.landmarks_px.min(axis=0), face.landmarks_px.max(axis=0)
    side = 1.6 * (high - low).max()
    scale = size / side
    shift = size / 2 - scale * ((low + high) / 2 - (0, 0.1 * side))
    matrix = np.column_stack([np.eye(2) * scale, shift])
    cut = cv2.warpAffine(picture, matrix, (size, size), flags=cv2.INTER_CUBIC)
    face = read_face(cut)  # again: turned as it looks in the middle of a picture, not near its edge
    heads = draw_heads(
        load_head(arguments.data / "ict"), make_head(), face.blendshapes_01,
        rotation_matrix(face.rotation_xyzw), size,
    )  # fmt: skip
    strip = np.concatenate([cut, *heads], axis=1)
    cv2.imwrite(str(arguments.out), cv2.cvtColor(strip, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 90])
    strongest = sorted(named(face.blendshapes_01).items(), key=lambda item: -item[1])[:6]
    print(f"wrote {arguments.out}: " + ", ".join(f"{name} {weight:.2f}" for name, weight in strongest))


if __name__ == "__main__":
    main()
