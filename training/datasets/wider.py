"""WIDER FACE in its published files: pictures and the boxes of their faces.

`wider_face_{train,val}_bbx_gt.txt` holds, for each picture: its name, the number of faces, and per
face a line `x1 y1 w h blur expression illumination invalid occlusion pose`. A picture with 0 faces
is followed by one line of zeros all the same.
Source: Yang et al. 2016, "WIDER FACE: A Face Detection Benchmark".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.datasets.labels import LabelLines, first_folder
from training.datasets.pictures import read_picture, require_pictures
from training.errors import DamagedDataError

ATTRIBUTES = ("blur", "expression", "illumination", "invalid", "occlusion", "pose")
FIELDS = 4 + len(ATTRIBUTES)
INVALID = ATTRIBUTES.index("invalid")
FACE_LINE = "x1 y1 w h " + " ".join(ATTRIBUTES)
LABEL_PLACES = (".", "wider_face_split", "annotations")


@dataclass(frozen=True)
class WiderPicture:
    """A picture and its faces.

    Shapes: boxes (N, 4) float32 at pixel edges, attributes (N, 6) int8 in the order of ATTRIBUTES.
    """

    name: str
    path: Path
    boxes_xyxy_px: np.ndarray
    attributes: np.ndarray

    @property
    def judged(self) -> np.ndarray:
        """Which faces count: those marked invalid, and boxes of no area, are not judged. (N,) bool."""
        sides = self.boxes_xyxy_px[:, 2:] - self.boxes_xyxy_px[:, :2]
        return (self.attributes[:, INVALID] == 0) & (sides > 0).all(axis=1)

    def decode(self) -> np.ndarray:
        """Decode the picture. Shapes: -> (H, W, 3) uint8 RGB. Raises: DataError."""
        return read_picture(self.path)


def load_wider(folder: Path, part: str) -> list[WiderPicture]:
    """Load the labels of the part `train` or `val`; pictures are decoded when asked for.

    Raises: MissingDataError, DamagedDataError naming file and line.
    """
    name = f"wider_face_{part}_bbx_gt.txt"
    path = first_folder(folder, [f"{place}/{name}" for place in LABEL_PLACES], "WIDER FACE's labels")
    places = (f"WIDER_{part}/images", f"WIDER_{part}", f"images/{part}", "images")
    images = first_folder(folder, places, "WIDER FACE's pictures")
    pictures = parse_boxes(path, images)
    require_pictures([picture.path for picture in pictures], f"WIDER FACE {part}")
    return pictures


def parse_boxes(path: Path, images: Path) -> list[WiderPicture]:
    """Parse a list of boxes. Raises: MissingDataError, DamagedDataError."""
    lines = LabelLines(path)
    pictures = []
    with tqdm(total=len(lines), desc=path.name, unit="line", mininterval=1, leave=False) as bar:
        while lines.left:
            before = lines.number
            pictures.append(parse_picture(lines, images))
            bar.update(lines.number - before)
    if not pictures:
        raise DamagedDataError(f"{path}: expected at least one picture, the file is empty")
    return pictures


def parse_picture(lines: LabelLines, images: Path) -> WiderPicture:
    """Parse one picture's block. Raises: DamagedDataError."""
    name = lines.take("a picture's name")
    if "." not in name:
        raise lines.damaged("a picture's name", name)
    line = lines.take(f"the number of faces in {name}")
    if not line.isdigit():
        raise lines.damaged(f"the number of faces in {name}", line)
    count = int(line)
    faces = np.zeros((count, FIELDS))
    for row in range(count):
        words = lines.take(f"face {row + 1} of {count} in {name}: {FACE_LINE}").split()
        faces[row] = lines.numbers(words, FIELDS, FACE_LINE)
    if not count:
        words = lines.take(f"a line of zeros after the 0 faces of {name}").split()
        if lines.numbers(words, FIELDS, "a line of zeros after 0 faces").any():
            raise lines.damaged("a line of zeros after 0 faces", " ".join(words))
    boxes = np.concatenate([faces[:, :2], faces[:, :2] + faces[:, 2:4]], axis=1).astype(np.float32)
    return WiderPicture(name, images / name, boxes, faces[:, 4:].astype(np.int8))
