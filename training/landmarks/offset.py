"""Measure how far labels lie to the right of what they mark.

`python -m training.landmarks.offset --data DIR`

People who place points may place all of them a little to one side. A network that learns from pictures
and their mirrors cannot follow: it finds the middle of both habits, and every point counts as wrong by
the offset. It shows as the part of the network's distance to the labels that changes its sign when
picture and labels are mirrored. Recipes name it as `label_offset` (`training.landmarks.augment`).
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
from training.errors import told_plainly
from training.faces import Faces, load_faces, training_rows

BATCH = 8
SQUARE_PX = align.CROP_SIZE / align.CROP_MARGIN  # the face's upright square in a crop


def sideways_px(session: Session, faces: Faces, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measure how far the network lies to the right of the labels, plainly and with both mirrored.

    Shapes: (N,) -> (N,), (N,) crop pixels, means over a face's points.
    """
    plain, mirrored = [], []
    for start in tqdm(range(0, len(rows), BATCH), desc="faces", unit="batch", mininterval=10):
        batch = rows[start : start + BATCH]
        labels = faces.labels["lm98"][batch].astype(np.float64)
        matrices = np.stack([align.crop_from_points(points) for points in labels])
        crops = np.stack([align.warp(faces.decode(i), m) for i, m in zip(batch, matrices, strict=True)])
        points = align.to_crop(labels, matrices)
        (found,) = session.run({"image": crops}, ["points"])
        plain.extend((found - points)[..., 0].mean(axis=1))
        points = points[:, landmark98.FLIP] * (-1, 1) + (align.CROP_SIZE - 1, 0)
        (found,) = session.run({"image": np.ascontiguousarray(crops[:, :, ::-1])}, ["points"])
        mirrored.extend((found - points)[..., 0].mean(axis=1))
    return np.array(plain), np.array(mirrored)


def measure(session: Session, faces: Faces, rows: np.ndarray) -> tuple[float, float]:
    """Measure the labels' offset to the right and its standard error, in shares of the upright square."""
    plain, mirrored = sideways_px(session, faces, rows)
    offsets = (mirrored - plain) / 2 / SQUARE_PX
    return float(offsets.mean()), float(offsets.std(ddof=1) / np.sqrt(len(offsets)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled faces")
    parser.add_argument(
        "--model", type=Path, help="a landmark network; default: the committed landmarks_lite"
    )
    parser.add_argument("--count", type=int, default=100, help="faces per source")
    arguments = parser.parse_args()
    session = open_session(arguments.model or model_path("landmarks_lite"))
    faces, rng = load_faces(arguments.data, "train"), np.random.default_rng(0)
    usable, sources = training_rows(faces.labels), faces.labels["source"]
    for source in np.unique(sources[usable]):
        rows = np.flatnonzero(usable & (sources == source))
        if len(rows) >= 2:
            rows = rng.choice(rows, min(arguments.count, len(rows)), replace=False)
            offset, error = measure(session, faces, rows)
            print(
                f"{source}: {offset:+.4f} ± {error:.4f} of the face's square, {len(rows)} faces", flush=True
            )


if __name__ == "__main__":
    with told_plainly():
        main()
