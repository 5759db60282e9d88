"""Draw the ICT head and our character, posed by our weights, below the pictures that they came from.

`python -m training.expression.strips --data DIR --clip FILE --cache DIR --out strip.png` takes the frames in
which a blink, an open jaw, a smile, raised brows and one-sided movements are strongest, and one at rest.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from character.head import make_head
from character.part import Part
from engines.backends import open_session
from engines.models import model_path
from engines.stages import align
from engines.stages.expression import Expression
from engines.stages.pose import HeadPose
from proto.tables import BLENDSHAPES
from training.expression.clips import Clip, load_clip, read_frames
from training.expression.equation13 import draw_heads
from training.expression.ict import Head, load_head
from training.expression.photographs import open_reader

TILE = 240  # pixels
# What each picture of a strip shows most: a signed sum of coefficients.
SHOWN = {
    "blink": {"eyeBlinkLeft": 1, "eyeBlinkRight": 1},
    "open jaw": {"jawOpen": 1},
    "smile": {"mouthSmileLeft": 1, "mouthSmileRight": 1},
    "brows up": {"browInnerUp": 1, "browOuterUpLeft": 0.5, "browOuterUpRight": 0.5},
    "left wink": {"eyeBlinkLeft": 1, "eyeBlinkRight": -1},
    "right wink": {"eyeBlinkRight": 1, "eyeBlinkLeft": -1},
    "left smile": {"mouthSmileLeft": 1, "mouthSmileRight": -1},
    "right smile": {"mouthSmileRight": 1, "mouthSmileLeft": -1},
}


def strongest_frames(weights_01: np.ndarray) -> dict[str, int]:
    """Choose a row for each picture: the strongest of each kind, and the calmest. Shapes: (F, 52)."""
    chosen = {}
    for label, signs in SHOWN.items():
        columns = [BLENDSHAPES.index(name) for name in signs]
        chosen[label] = int((weights_01[:, columns] @ np.array(list(signs.values()))).argmax())
    looks = np.array([name.startswith("eyeLook") for name in BLENDSHAPES])
    chosen["at rest"] = int(weights_01[:, ~looks].sum(axis=1).argmin())
    return chosen


def draw_column(
    image: np.ndarray, points_px: np.ndarray, heads: tuple[Head, list[Part]], weights_01, rotation, label: str
) -> np.ndarray:
    """Draw one column: the picture with its points above, both posed heads below. -> (3 TILE, TILE, 3)"""
    matrix = align.crop_from_points(points_px, TILE)
    upright = align.crop_matrix(
        align.to_image(np.array([[(TILE - 1) / 2] * 2]), matrix)[0], TILE / np.hypot(*matrix[0, :2]), 0, TILE
    )
    photograph = align.warp(image, upright, TILE)
    for x, y in align.to_crop(points_px, upright):
        cv2.circle(photograph, (round(x * 8), round(y * 8)), 10, (90, 255, 120), -1, cv2.LINE_AA, 3)
    ict, character = draw_heads(*heads, weights_01, rotation, TILE)
    words = [f"{BLENDSHAPES[i]} {weights_01[i]:.2f}" for i in np.argsort(-weights_01)[:4]]
    for row, text in enumerate([label, *words]):
        cv2.putText(ict, text, (4, 12 + 12 * row), 0, 0.36, (255, 255, 255), 1, cv2.LINE_AA)
    return np.concatenate([photograph, ict, character])


def draw_strip(
    path: Path, clip: Clip, heads: tuple[Head, list[Part]], expression: Expression, shown: list[str]
) -> np.ndarray:
    """Draw the strip of one clip, with some kinds of pictures. -> (3 TILE, columns * TILE, 3) RGB"""
    rotation, _ = HeadPose().estimate(clip.points_px, clip.size_hw)
    weights, _ = expression.estimate(clip.points_px, rotation, clip.appearance)
    chosen, columns = strongest_frames(weights), {}
    for number, image in enumerate(read_frames(path)):
        for label in shown:
            row = chosen[label]
            if number == clip.frames[row]:
                points = clip.points_px[row]
                columns[label] = draw_column(image, points, heads, weights[row], rotation[row], label)
    return np.concatenate([columns[label] for label in shown], axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps the clips' points")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="another expression.onnx than the committed one")
    kinds = [*SHOWN, "at rest"]
    parser.add_argument("--show", nargs="+", choices=kinds, default=kinds, help="which pictures, in order")
    arguments = parser.parse_args()
    clip = load_clip(arguments.clip, open_reader(model_path("landmarks_lite")), arguments.cache)
    expression = Expression(open_session(arguments.weights or model_path("expression")))
    heads = load_head(arguments.data / "ict"), make_head()
    strip = draw_strip(arguments.clip, clip, heads, expression, arguments.show)
    cv2.imwrite(str(arguments.out), cv2.cvtColor(strip, cv2.COLOR_RGB2BGR))
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
