"""What the landmark network reads on the labelled photographs: what serving sees, errors included.

`python -m training.expression.photographs --data DIR --model FILE.onnx --out FILE.npz`
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
from tqdm import tqdm

from engines import landmark98
from engines.backends import open_session
from engines.models import model_path
from engines.stages import align
from engines.stages.expression import APPEARANCE, UNSEEN
from engines.stages.landmarks import LandmarkReader
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


def open_reader(path: Path, threads: int = 0) -> LandmarkReader:
    """Open a landmark network with whatever outputs its file has."""
    outputs = {output.name for output in onnx.load(path, load_external_data=False).graph.output}
    return LandmarkReader(open_session(path, threads=threads), "appearance" in outputs)


def read_photographs(
    faces: Faces, reader: LandmarkReader, seed: int = 1, rows: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Read every photograph, or some rows, cropped by its label; what is not read stays NaN and UNSEEN.

    Returns: points_px (N, 98, 2), appearance (N, 248).
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(len(faces)) if rows is None else rows
    points = np.full((len(faces), landmark98.COUNT, 2), np.nan, np.float32)
    appearance = np.full((len(faces), APPEARANCE), UNSEEN, np.float32)
    for start in tqdm(range(0, len(rows), BATCH), desc="landmarks", unit="batch", mininterval=20):
        batch = rows[start : start + BATCH]
        matrices = [jittered_crop(faces.labels["lm98"][row].astype(float), rng) for row in batch]
        crops = [align.warp(faces.decode(row), matrix) for row, matrix in zip(batch, matrices, strict=True)]
        found = reader.read(np.stack(crops))
        points[batch] = align.to_image(found.points.astype(np.float64), np.stack(matrices))
        if found.appearance is not None:
            appearance[batch] = found.appearance
    return {"points_px": points, "appearance": appearance}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--model", type=Path, help="an exported landmark network; default: the committed one")
    parser.add_argument("--out", type=Path, required=True, help="an npz, rows as in train.npz")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    reader = open_reader(arguments.model or model_path("landmarks_lite"), threads=1)
    faces = load_faces(arguments.data / "faces", "train")
    np.savez_compressed(arguments.out, **read_photographs(faces, reader, arguments.seed))
    print(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()
