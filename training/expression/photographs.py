"""The landmark network's own points on the labelled photographs: what serving sees, errors included.

`python -m training.expression.photographs --data DIR --model FILE.onnx --out FILE.npz`
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines import landmark98
from engines.backends import Session, open_session
from engines.models import model_path
from engines.stages import align
from training.faces import Faces, load_faces

BATCH = 8
# How far the crop of a tracked face is off: a frame's motion. Shares of the side, degrees.
SHIFT, SCALE, ROLL_DEG = 0.015, 0.05, 3.0


def jittered_crop(points_px: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Place a crop around known points, a little off. Shapes: (98, 2) -> (2, 3)."""
    roll = align.roll_of_eyes(
        points_px[landmark98.RIGHT_EYE].mean(axis=0), points_px[landmark98.LEFT_EYE].mean(axis=0)
    )
    centre, side = align.upright_square(points_px, roll)
    side *= align.CROP_MARGIN * np.exp(rng.normal(0, SCALE))
    centre = centre + rng.normal(0, SHIFT, 2) * side
    return align.crop_matrix(centre, side, roll + np.deg2rad(rng.normal(0, ROLL_DEG)))


def predict_points(faces: Faces, session: Session, seed: int = 1) -> np.ndarray:
    """Run the landmark network on every photograph, cropped by its label. Shapes: -> (N, 98, 2) pixels."""
    rng = np.random.default_rng(seed)
    points = np.empty((len(faces), landmark98.COUNT, 2), np.float32)
    for start in tqdm(range(0, len(faces), BATCH), desc="landmarks", unit="batch", mininterval=20):
        rows = range(start, min(start + BATCH, len(faces)))
        matrices = [jittered_crop(faces.labels["lm98"][row].astype(float), rng) for row in rows]
        crops = [align.warp(faces.decode(row), matrix) for row, matrix in zip(rows, matrices, strict=True)]
        (found,) = session.run({"image": np.stack(crops)}, ["points"])
        points[rows.start : rows.stop] = align.to_image(found.astype(np.float64), np.stack(matrices))
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--model", type=Path, help="an exported landmark network; default: the committed one")
    parser.add_argument("--out", type=Path, required=True, help="an npz of points, rows as in train.npz")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    session = open_session(arguments.model or model_path("landmarks_lite"), threads=1)
    faces = load_faces(arguments.data / "faces", "train")
    np.savez_compressed(arguments.out, points_px=predict_points(faces, session, arguments.seed))
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
