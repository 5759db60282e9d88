"""Draw the character: `python -m character.render [FILE]` makes the contact sheet of `docs/character.md`."""

import argparse
from pathlib import Path

import cv2
import numpy as np

from character.build import ROOT
from character.head import make_head
from character.part import Part, vertex_normals
from character.raster import look_at, rasterise, shade
from proto.tables import BLENDSHAPES

SHEET = ROOT / "docs/images/character.png"
PAPER = (0.93, 0.935, 0.945)
FACE_VIEW = ((0.0, 0.012, 0.02), 0.092)  # centre and half height in metres of the small pictures
BUST_VIEW = ((0.0, 0.004, 0.0), 0.168)
THUMB, COLUMNS, CAPTION = 158, 9, 15
COMBINATIONS = (
    ("smile", {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.9, "cheekSquintLeft": 0.7,
               "cheekSquintRight": 0.7}),
    ("laugh", {"mouthSmileLeft": 1, "mouthSmileRight": 1, "jawOpen": 0.55, "cheekSquintLeft": 0.8,
               "cheekSquintRight": 0.8, "eyeSquintLeft": 0.7, "eyeSquintRight": 0.7, "mouthUpperUpLeft": 0.4,
               "mouthUpperUpRight": 0.4, "browInnerUp": 0.3}),
    ("surprise", {"jawOpen": 0.6, "eyeWideLeft": 1, "eyeWideRight": 1, "browInnerUp": 1, "browOuterUpLeft": 1,
                  "browOuterUpRight": 1, "mouthFunnel": 0.4}),
    ("anger", {"browDownLeft": 1, "browDownRight": 1, "noseSneerLeft": 0.8, "noseSneerRight": 0.8,
               "mouthFrownLeft": 0.6, "mouthFrownRight": 0.6, "eyeSquintLeft": 0.6, "eyeSquintRight": 0.6,
               "mouthPressLeft": 0.5, "mouthPressRight": 0.5}),
    ("sad", {"browInnerUp": 1, "mouthFrownLeft": 0.9, "mouthFrownRight": 0.9, "mouthShrugLower": 0.6,
             "eyeLookDownLeft": 0.4, "eyeLookDownRight": 0.4}),
    ("jaw open, lips closed", {"jawOpen": 1, "mouthClose": 1}),
    ("blink and squint", {"eyeBlinkLeft": 1, "eyeBlinkRight": 1, "eyeSquintLeft": 1, "eyeSquintRight": 1}),
    ("kiss and wink", {"mouthPucker": 1, "eyeBlinkLeft": 1, "mouthSmileLeft": 0.3, "browOuterUpRight": 0.6}),
    ("tongue", {"jawOpen": 0.5, "tongueOut": 1, "eyeBlinkRight": 1, "mouthSmileLeft": 0.5,
                "mouthSmileRight": 0.5}),
)  # fmt: skip


def screen_points(points: np.ndarray, turn: np.ndarray, view: tuple, size: int) -> np.ndarray:
    """Project with a long lens.

    Shapes: (V, 3) metres -> (V, 3) pixel x, pixel y, depth toward the viewer.
    """
    centre, half = view
    seen = (points - np.array(centre)) @ turn.T
    distance = 5.6 * half
    scale = distance / (distance - seen[:, 2]) * (size / 2 / half)
    return np.stack([size / 2 + seen[:, 0] * scale, size / 2 - seen[:, 1] * scale, seen[:, 2]], 1)


def hit_parts(
    parts: list[Part], weights: dict[str, float], yaw_deg: float, view: tuple, size: int
) -> np.ndarray:
    """Tell which part each pixel sees, -1 for none.

    Shapes: -> (size, size).
    """
    points, triangles, owner = _scene(parts, weights)
    found, _ = rasterise(screen_points(points, look_at(yaw_deg, 0), view, size), triangles, size)
    return np.where(found >= 0, owner[found], -1).reshape(size, size)


def _scene(parts: list[Part], weights: dict[str, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    starts = np.cumsum([0] + [len(p.vertices) for p in parts])
    points = np.concatenate([p.posed(weights) for p in parts])
    triangles = np.concatenate([p.triangles + s for p, s in zip(parts, starts, strict=False)])
    return points, triangles, np.repeat(np.arange(len(parts)), [len(p.triangles) for p in parts])


def draw(
    parts: list[Part], weights: dict[str, float] | None = None, size: int = 400, yaw_deg: float = 0.0,
    view: tuple = BUST_VIEW, pitch_deg: float = 0.0, sharp: int = 2,
) -> np.ndarray:  # fmt: skip
    """Draw the character in a pose.

    Shapes: -> (size, size, 3) uint8 RGB.
    """
    points, triangles, _ = _scene(parts, weights or {})
    turn = look_at(yaw_deg, pitch_deg)
    found, share = rasterise(screen_points(points, turn, view, size * sharp), triangles, size * sharp)
    hit = found >= 0
    corner, share = triangles[found[hit]], share[hit][:, :, None]
    normal = (vertex_normals(points, triangles)[corner] * share).sum(1) @ turn.T
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    colour = (np.concatenate([p.colours for p in parts])[corner] * share).sum(1)
    roughness = np.repeat([p.material.roughness for p in parts], [len(p.vertices) for p in parts])
    picture = np.tile(np.array(PAPER) ** 2.2, (len(found), 1))
    picture[hit] = shade(normal, colour, roughness[corner[:, 0]])
    picture = np.clip(picture, 0, 1).reshape(size * sharp, size * sharp, 3).astype(np.float32)
    picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    srgb = np.where(picture <= 0.0031308, 12.92 * picture, 1.055 * picture ** (1 / 2.4) - 0.055)
    return np.round(255 * srgb).astype(np.uint8)


def captioned(picture: np.ndarray, text: str) -> np.ndarray:
    """Write a line under a picture."""
    strip = np.full((CAPTION, picture.shape[1], 3), [round(255 * c) for c in PAPER], np.uint8)
    (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.36, 1)
    at = ((picture.shape[1] - width) // 2, CAPTION - 4)
    cv2.putText(strip, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.36, (40, 40, 48), 1, cv2.LINE_AA)
    return np.concatenate([picture, strip])


def contact_sheet(parts: list[Part]) -> np.ndarray:
    """Draw the rest pose from three sides, each shape alone, and combinations.

    Shapes: -> (H, W, 3) uint8 RGB.
    """
    width = THUMB * COLUMNS
    views = [(0, "front"), (38, "three quarters"), (90, "side")]
    hero = [captioned(draw(parts, size=width // 3, yaw_deg=yaw), name) for yaw, name in views]
    poses = [(name, {name: 1.0}) for name in BLENDSHAPES]
    poses = [
        ("mouthClose + jawOpen", {"mouthClose": 1, "jawOpen": 1}) if n == "mouthClose" else (n, w)
        for n, w in poses
    ]
    poses += [("neutral", {})] * (-len(poses) % COLUMNS) + list(COMBINATIONS)
    cells = [
        captioned(
            draw(parts, weights, THUMB, yaw_deg=55 if name == "jawForward" else 0, view=FACE_VIEW), name
        )
        for name, weights in poses
    ]
    rows = [np.concatenate(cells[i : i + COLUMNS], 1) for i in range(0, len(cells), COLUMNS)]
    return np.concatenate([np.concatenate(hero, 1), *rows])


def main() -> None:
    """Write the contact sheet."""
    parser = argparse.ArgumentParser(prog="python -m character.render", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=SHEET)
    path = parser.parse_args().file
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet = contact_sheet(make_head())
    sheet = (
        (sheet.astype(np.int32) // 6 * 6 + 3).clip(0, 255).astype(np.uint8)
    )  # fewer tones, a third of the bytes
    cv2.imwrite(str(path), sheet[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
