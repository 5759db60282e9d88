"""300-W in its published files: one `.pts` of 68 points beside each picture.

    version: 1
    n_points: 68
    {
    x y          (68 lines)
    }

Points count from 1, as in Matlab: the first pixel's centre is (1, 1). Here it is (0, 0).
Source: Sagonas et al. 2013, "300 Faces in-the-Wild Challenge".
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines import landmark98
from training.datasets.labels import LabelLines
from training.datasets.pictures import FileFaces, PictureFiles
from training.errors import MissingDataError

POINTS = 68
FIRST_PIXEL = 1.0  # the coordinate of the first pixel's centre in a .pts file
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".JPG", ".PNG")
# The customary parts, by the folders that the authors publish: what a path must hold, all of it.
PARTS = {
    "challenging": [("ibug",)],
    "common": [("helen", "testset"), ("lfpw", "testset")],
    "train": [("helen", "trainset"), ("lfpw", "trainset"), ("afw",)],
    "private": [("01_Indoor",), ("02_Outdoor",)],
}


def read_pts(path: Path) -> np.ndarray:
    """Read the points of a `.pts` file, counted from 0. Shapes: -> (68, 2) float32.

    Raises: MissingDataError, DamagedDataError naming the line.
    """
    lines = LabelLines(path)
    header(lines, "version")
    count = header(lines, "n_points")
    if count != str(POINTS):
        raise lines.damaged(f"n_points: {POINTS}", f"n_points: {count}")
    brace = lines.take("{")
    if brace != "{":
        raise lines.damaged("{", brace)
    points = np.zeros((POINTS, 2))
    for row in range(POINTS):
        words = lines.take(f"point {row + 1} of {POINTS}: x y").split()
        points[row] = lines.numbers(words, 2, f"point {row + 1} of {POINTS}: x y")
    brace = lines.take("}")
    if brace != "}":
        raise lines.damaged("}", brace)
    return (points - FIRST_PIXEL).astype(np.float32)


def header(lines: LabelLines, key: str) -> str:
    """Take a line `key: value` and return the value. Raises: DamagedDataError."""
    line = lines.take(f"{key}: …")
    name, colon, value = line.partition(":")
    if not colon or name.strip() != key:
        raise lines.damaged(f"{key}: …", line)
    return value.strip()


def load_300w(folder: Path) -> FileFaces:
    """Load every `.pts` file below a folder with the picture of the same name.

    Labels: image (the path below the folder), source (the part's name, or `other`), gt68 (N, 68, 2),
    lm98 (N, 98, 2) of NaN, lm98_trust 0. Raises: MissingDataError, DamagedDataError.
    """
    files = sorted(folder.rglob("*.pts"))
    if not files:
        raise MissingDataError(f"{folder}: expected .pts files of 300-W, found none")
    bar = tqdm(files, desc="300-W", unit="face", mininterval=1, leave=False)
    points = [read_pts(path) for path in bar]
    pictures = [picture_of(path) for path in files]
    labels = {
        "image": np.array([picture.relative_to(folder).as_posix() for picture in pictures]),
        "source": np.array([part_of(path.resolve()) for path in files]),
        "gt68": np.stack(points),
        "lm98": np.full((len(files), landmark98.COUNT, 2), np.nan, np.float32),
        "lm98_trust": np.zeros(len(files), int),
    }
    return FileFaces(PictureFiles(pictures), labels)


def picture_of(path: Path) -> Path:
    """Find the picture beside a `.pts` file. Raises: MissingDataError."""
    for suffix in PICTURE_SUFFIXES:
        if path.with_suffix(suffix).is_file():
            return path.with_suffix(suffix)
    raise MissingDataError(f"{path}: expected a picture of the same name beside it, found none")


def part_of(path: Path) -> str:
    """Tell the customary part of a file by the three folders that it is in."""
    folders = set(path.parts[-4:-1])
    for name, alternatives in PARTS.items():
        if any(folders.issuperset(needed) for needed in alternatives):
            return name
    return "other"
