"""WFLW in its published files: 98 points, a face rectangle and six attributes per line.

    list_98pt_rect_attr_{train,test}.txt   x0 y0 … x97 y97  x_min y_min x_max y_max
                                           pose expression illumination make-up occlusion blur  name
    list_98pt_test[_SUBSET].txt            x0 y0 … x97 y97  name

Coordinates are pixels of the picture, x right, y down, counted from the first pixel's centre as 0.
Source: Wu et al. 2018, "Look at Boundary: A Boundary-Aware Face Alignment Algorithm".
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines import landmark98
from training.datasets.labels import LabelLines, first_folder
from training.datasets.pictures import FileFaces, PictureFiles, require_pictures
from training.errors import DamagedDataError

ATTRIBUTES = ("pose", "expression", "illumination", "make-up", "occlusion", "blur")
# The published lists of the six test subsets are named a little differently.
LISTS = {
    "pose": "largepose", "expression": "expression", "illumination": "illumination",
    "make-up": "makeup", "occlusion": "occlusion", "blur": "blur",
}  # fmt: skip
COORDINATES = 2 * landmark98.COUNT
HUMAN = 2  # `lm98_trust` of points that people set, as in the data pack
LABEL_PLACES = (".", "WFLW_annotations", "WFLW_annotations/list_98pt_rect_attr_train_test", "annotations")
LIST_PLACES = (".", "WFLW_annotations", "WFLW_annotations/list_98pt_test", "annotations")
PICTURE_PLACES = ("WFLW_images", "images")


def load_wflw(folder: Path, part: str) -> FileFaces:
    """Load the part `train` or `test`; pictures are decoded when asked for.

    Labels: image, source, lm98 (N, 98, 2), lm98_trust (N,) 2, gt68 (N, 68, 2), rect_xyxy (N, 4),
    attributes (N, 6) bool in the order of ATTRIBUTES.
    Raises: MissingDataError, DamagedDataError naming file and line.
    """
    name = f"list_98pt_rect_attr_{part}.txt"
    path = first_folder(folder, [f"{place}/{name}" for place in LABEL_PLACES], "WFLW's labels")
    points, rectangles, attributes, names = parse_labels(path)
    pictures = first_folder(folder, PICTURE_PLACES, "WFLW's pictures")
    paths = [pictures / name for name in names]
    require_pictures(paths, f"WFLW {part}")
    labels = {
        "image": np.array(names),
        "source": np.full(len(names), f"wflw_{part}"),
        "lm98": points,
        "lm98_trust": np.full(len(names), HUMAN),
        "gt68": points[:, landmark98.TO_68],
        "rect_xyxy": rectangles,
        "attributes": attributes,
    }
    return FileFaces(PictureFiles(paths), labels)


def parse_labels(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Parse a list with rectangles and attributes.

    Shapes: -> points (N, 98, 2), rectangles (N, 4) float32, attributes (N, 6) bool, N names.
    Raises: MissingDataError, DamagedDataError.
    """
    lines = LabelLines(path)
    points, rectangles, attributes, names = [], [], [], []
    for _ in tqdm(range(len(lines)), desc=path.name, unit="face", mininterval=1, leave=False):
        expected = "196 coordinates, 4 of the rectangle, 6 attributes and a picture's name"
        line = lines.take(expected)
        # A name may hold blanks: it is all that follows the numbers.
        words = line.split(maxsplit=COORDINATES + 10)
        if len(words) != COORDINATES + 11:
            raise lines.damaged(expected, f"{len(words)} words: {line}")
        values = lines.numbers(words[:-1], COORDINATES + 10, "coordinates, rectangle and attributes")
        flags = values[COORDINATES + 4 :]
        if not np.isin(flags, (0, 1)).all():
            raise lines.damaged("six attributes of 0 or 1", " ".join(words[COORDINATES + 4 : -1]))
        points.append(values[:COORDINATES].reshape(-1, 2))
        rectangles.append(values[COORDINATES : COORDINATES + 4])
        attributes.append(flags.astype(bool))
        names.append(words[-1])
    if not names:
        raise DamagedDataError(f"{path}: expected at least one labelled face, the file is empty")
    return (
        np.array(points, np.float32), np.array(rectangles, np.float32), np.array(attributes), names,
    )  # fmt: skip


def parse_list(path: Path) -> tuple[np.ndarray, list[str]]:
    """Parse a test list of points and names. Shapes: -> (N, 98, 2) float32, N names. Raises: DataError."""
    lines, points, names = LabelLines(path), [], []
    while lines.left:
        line = lines.take("196 coordinates and a picture's name")
        words = line.split(maxsplit=COORDINATES)
        if len(words) != COORDINATES + 1:
            raise lines.damaged("196 coordinates and a picture's name", f"{len(words)} words: {line}")
        points.append(lines.numbers(words[:-1], COORDINATES, "coordinates").reshape(-1, 2))
        names.append(words[-1])
    return np.array(points, np.float32).reshape(-1, landmark98.COUNT, 2), names


def subsets_of(folder: Path, faces: FileFaces) -> dict[str, np.ndarray]:
    """Tell which rows of the test part each of the six subsets holds: name -> (N,) bool.

    From the published list of a subset where it is there, else from the attribute of each face.
    Raises: DamagedDataError if a list names a face that is not in the test part.
    """
    rows = {face_key(n, p): i for i, (n, p) in enumerate(zip(*labels_of(faces), strict=True))}
    subsets = {}
    for column, name in enumerate(ATTRIBUTES):
        places = [folder / place / f"list_98pt_test_{LISTS[name]}.txt" for place in LIST_PLACES]
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            subsets[name] = faces.labels["attributes"][:, column].copy()
            continue
        points, names = parse_list(path)
        chosen = np.zeros(len(faces), bool)
        for number, (face, image) in enumerate(zip(points, names, strict=True), start=1):
            row = rows.get(face_key(image, face))
            if row is None:
                raise DamagedDataError(
                    f"{path}, line {number}: expected a face of the test part, got another in {image!r}"
                )
            chosen[row] = True
        subsets[name] = chosen
    return subsets


def labels_of(faces: FileFaces) -> tuple[np.ndarray, np.ndarray]:
    return faces.labels["image"], faces.labels["lm98"]


def face_key(image: str, points_px: np.ndarray) -> tuple:
    """Identify a face by its picture and its nose tip: one picture may hold several labelled faces."""
    return str(image), *np.round(points_px[landmark98.NOSE_TIP], 1).tolist()
