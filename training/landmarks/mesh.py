"""MediaPipe's mesh on the photographs that train: `python -m training.landmarks.mesh --data DIR --out FILE`.

The appearance head learns where that mesh lies beside our own points (training/networks/face.py). MediaPipe
and its model are references only; training/expression/clips.py tells how to install them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines import landmark98
from training.errors import DamagedDataError, MissingDataError, told_plainly
from training.expression.clips import open_reference, read_reference
from training.faces import Faces, load_faces

MESH = "mp_mesh98"  # among the labels: (N, 98, 2) pixels, NaN where MediaPipe found no face
# The vertex of MediaPipe's 478 that lies nearest to each of the 98 points on the photographs, both sides of
# the face mirroring each other.
VERTICES = np.array([
    127, 234, 227, 137, 177, 132, 215, 58, 172, 135, 136, 150, 149, 176, 148, 148, 152, 377, 377, 400, 378,
    379, 365, 364, 397, 288, 435, 361, 401, 366, 447, 454, 356,
    70, 63, 105, 66, 107, 55, 65, 223, 53, 336, 296, 334, 293, 300, 283, 443, 295, 285,
    168, 197, 195, 4, 240, 97, 2, 326, 460,
    33, 160, 159, 158, 155, 153, 145, 144, 382, 385, 386, 387, 263, 373, 374, 380,
    61, 74, 37, 11, 267, 304, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
    468, 473,
])  # fmt: skip
# How much each point counts: expressions move the lids and lips, and hardly the contour.
MESH_COUNTS = np.repeat([0.2, 1.0, 0.5, 2.0, 2.0, 1.0], [33, 18, 9, 16, 20, 2]).astype(np.float32)


def read_meshes(faces: Faces) -> np.ndarray:
    """Read every photograph. Shapes: -> (N, 98, 2) pixels, float32; NaN where no face was found."""
    landmarker, as_image = open_reference()
    points = np.full((len(faces), landmark98.COUNT, 2), np.nan, np.float32)
    for row in tqdm(range(len(faces)), desc="mesh", unit="photo", mininterval=20):
        image = faces.decode(row)
        seen = read_reference(landmarker.detect(as_image(image)), image.shape[:2])
        if seen is not None:
            # The mesh counts from the picture's edge, we from the first pixel's centre.
            points[row] = seen[0][VERTICES] - 0.5
    landmarker.close()
    return points


def with_mesh(faces: Faces, path: Path | None) -> Faces:
    """Add what was read of a data pack to its labels; without a file they stay as they are.

    Raises: MissingDataError, DamagedDataError if the file is not of these photographs.
    """
    if path is None:
        return faces
    return Faces(faces.images, {**faces.labels, MESH: read_mesh(path, faces.labels["image"])})


def read_mesh(path: Path, image: np.ndarray) -> np.ndarray:
    """Read what was written of some photographs, told by their names. Shapes: (N,) -> (N, 98, 2).

    Raises: MissingDataError, DamagedDataError if the file is not of these photographs.
    """
    if not path.is_file():
        raise MissingDataError(f"{path}: expected the mesh's points, found no such file")
    with np.load(path, allow_pickle=False) as archive:
        there = {"image", MESH} <= set(archive.files)
        if not (there and np.array_equal(archive["image"], image)):
            raise DamagedDataError(f"{path}: expected the mesh's points of these {len(image)} photographs")
        return archive[MESH]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled faces")
    parser.add_argument("--out", type=Path, required=True, help="an npz, rows as in train.npz")
    arguments = parser.parse_args()
    faces = load_faces(arguments.data, "train")
    points = read_meshes(faces)
    np.savez_compressed(arguments.out, image=faces.labels["image"], **{MESH: points})
    print(f"wrote {arguments.out}: {int(np.isfinite(points[:, 0, 0]).sum())} of {len(faces)} photographs")


if __name__ == "__main__":
    with told_plainly():
        main()
