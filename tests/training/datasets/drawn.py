"""Draw small data sets in the formats of WFLW, WIDER FACE and 300-W."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from engines import landmark98
from training.datasets.wflw import LISTS

SIZE = 160
ATTRIBUTES = {"train": [(0, 0, 0, 0, 0, 0), (1, 0, 0, 0, 1, 0), (0, 1, 0, 1, 0, 0)],
              "test": [(1, 0, 0, 0, 0, 1), (0, 0, 1, 0, 0, 0)]}  # fmt: skip


def face_points(centre=(80.0, 84.0), side=70.0) -> np.ndarray:
    """98 points roughly where a face of this size has them. Shapes: -> (98, 2)."""
    points = np.zeros((landmark98.COUNT, 2))
    angle = np.linspace(np.pi, 0, 33)
    points[landmark98.CONTOUR] = np.stack([np.cos(angle) * 0.5, np.sin(angle) * 0.55], 1)
    points[landmark98.RIGHT_BROW] = ring((-0.24, -0.2), 0.14, 0.03, 9)
    points[landmark98.LEFT_BROW] = ring((0.24, -0.2), 0.14, 0.03, 9)
    points[landmark98.NOSE] = np.stack([np.linspace(-0.06, 0.06, 9), np.linspace(-0.05, 0.18, 9)], 1)
    points[landmark98.RIGHT_EYE] = ring((-0.22, -0.07), 0.09, 0.04, 8, start=np.pi)
    points[landmark98.LEFT_EYE] = ring((0.22, -0.07), 0.09, 0.04, 8, start=np.pi)
    points[landmark98.OUTER_LIP] = ring((0, 0.3), 0.17, 0.08, 12, start=np.pi)
    points[landmark98.INNER_LIP] = ring((0, 0.3), 0.12, 0.04, 8, start=np.pi)
    points[[landmark98.RIGHT_PUPIL, landmark98.LEFT_PUPIL]] = (-0.22, -0.07), (0.22, -0.07)
    return points * side + centre


def ring(centre, width: float, height: float, count: int, start: float = 0.0) -> np.ndarray:
    angle = start + np.arange(count) / count * 2 * np.pi
    return np.stack([np.cos(angle) * width, np.sin(angle) * height], 1) + centre


def write_picture(path: Path, points_px: np.ndarray, size: int = SIZE) -> None:
    """Draw the points as dots on a grey JPEG or PNG."""
    image = np.full((size, size, 3), 90, np.uint8)
    for x, y in points_px:
        cv2.circle(image, (round(float(x)), round(float(y))), 2, (60, 160, 230), -1)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image)


def words(values) -> str:
    return " ".join(f"{value:.6f}" for value in np.ravel(values))


def write_wflw(folder: Path, counts: dict[str, int], shared_picture: bool = False) -> Path:
    """Write a WFLW folder of so many faces per part."""
    places = folder / "WFLW_annotations"
    for part, count in counts.items():
        lines = []
        for row in range(count):
            points = face_points(side=60.0 + 4 * row)
            # The names of WFLW hold a folder, and one picture may stand in several lines.
            name = f"0--Parade/{part}_{0 if shared_picture and part == 'train' else row}.jpg"
            rectangle = " ".join(str(int(v)) for v in [*points.min(0), *points.max(0)])
            flags = " ".join(map(str, ATTRIBUTES[part][row % len(ATTRIBUTES[part])]))
            lines.append((points, name, f"{words(points)} {rectangle} {flags} {name}"))
            write_picture(folder / "WFLW_images" / name, points)
        path = places / "list_98pt_rect_attr_train_test" / f"list_98pt_rect_attr_{part}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(line for *_, line in lines) + "\n")
        if part == "test":
            write_subset_lists(places / "list_98pt_test", lines)
    return folder


def write_subset_lists(folder: Path, lines: list) -> None:
    folder.mkdir(parents=True)
    for column, name in enumerate(LISTS):
        chosen = [
            f"{words(points)} {image}"
            for row, (points, image, _) in enumerate(lines)
            if ATTRIBUTES["test"][row % 2][column]
        ]
        (folder / f"list_98pt_test_{LISTS[name]}.txt").write_text("".join(f"{line}\n" for line in chosen))


WIDER_BLOCKS = (
    "0--Parade/two.jpg\n2\n20 24 70 84 0 0 0 0 0 0 \n100 10 30 36 2 1 0 0 1 1 \n"
    "0--Parade/none.jpg\n0\n0 0 0 0 0 0 0 0 0 0 \n"
    "1--Handshaking/invalid.jpg\n3\n30 30 60 70 0 0 0 0 0 0 \n"
    "5 5 12 14 2 0 0 1 2 0 \n50 50 0 9 0 0 0 0 0 0 \n"
)


def write_wider(folder: Path) -> Path:
    """Write a WIDER FACE folder of three pictures per part."""
    labels = folder / "wider_face_split"
    labels.mkdir(parents=True)
    for part in ("train", "val"):
        (labels / f"wider_face_{part}_bbx_gt.txt").write_text(WIDER_BLOCKS)
        for name in ("0--Parade/two.jpg", "0--Parade/none.jpg", "1--Handshaking/invalid.jpg"):
            write_picture(folder / f"WIDER_{part}/images" / name, face_points())
    return folder


def write_pts(path: Path, points_px: np.ndarray) -> None:
    """Write 68 points, counted from 0, as 300-W counts them: from 1."""
    rows = "\n".join(f"{x + 1:.6f} {y + 1:.6f}" for x, y in points_px)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"version: 1\nn_points:  68\n{{\n{rows}\n}}\n")


def write_w300(folder: Path) -> Path:
    """Write a 300-W folder: one face in each of four published folders."""
    names = ("helen/testset/a_1.jpg", "lfpw/testset/b_1.png", "ibug/c_1.jpg", "helen/trainset/d_1.jpg")
    for row, name in enumerate(names):
        points = face_points(side=64.0 + 3 * row)
        write_picture(folder / name, points)
        write_pts((folder / name).with_suffix(".pts"), points[landmark98.TO_68])
    return folder
