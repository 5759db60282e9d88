"""Make a training pack small, for a machine that it must be carried to.

`python -m training.landmarks.pack --data DIR --out DIR --max-mb 24` writes a folder that
`training.faces.load_faces` reads like the data pack itself: crops as generous as training needs, at a
bounded size, in tar files of bounded size; the labels that training reads; the development photographs
unchanged, so that scores stay comparable. Each part can be carried alone; together they are the folder.
Pictures are WebP: two thirds of JPEG's bytes at the same error.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import shutil
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from engines.stages import align
from training.faces import DataError, Faces, load_faces, training_rows
from training.landmarks.augment import Augmentation
from training.landmarks.device import SHIFT_REACH
from training.landmarks.mesh import MESH, with_mesh

MEGABYTE = 1_000_000
KEPT = ("source", "lm98_trust", "mp_blendshape_names")  # labels as they are; the rest is made anew
POINT_STEP = 1 / 32  # pixels: rounding to this lets the labels be compressed


def crop_radius(setting: Augmentation) -> float:
    """Return how far a drawn crop may reach from the face's centre, in sides of the ideal crop."""
    return setting.scale_high * (math.sqrt(0.5) + SHIFT_REACH * setting.shift)


def needed_box(points_px: np.ndarray, size_hw: tuple[int, int], setting: Augmentation) -> tuple[int, ...]:
    """Bound what training could draw of a photograph. Shapes: (98, 2) -> x0, y0, x1, y1 whole pixels."""
    # A square for any roll: the largest of all turns of the crop lies in this circle.
    matrix = align.crop_from_points(points_px, 1)
    side = 1 / math.hypot(*matrix[0, :2])
    centre = align.to_image(np.zeros((1, 2)), matrix)[0]
    radius = side * crop_radius(setting)
    low = np.floor(centre - radius).clip(0)
    high = np.ceil(centre + radius + 1).clip(None, size_hw[::-1])
    return (*low.astype(int), *high.astype(int))


def shrink(
    image: np.ndarray, box: tuple[int, ...], longest: int, quality: int
) -> tuple[bytes, float, tuple[int, int]]:
    """Cut a photograph and write it again, no longer than asked for.

    Returns: WebP bytes, the factor of its pixels, (height, width).
    """
    x0, y0, x1, y1 = box
    cut = image[y0:y1, x0:x1]
    factor = min(1.0, longest / max(cut.shape[:2]))
    if factor < 1:
        size = tuple(max(1, round(edge * factor)) for edge in cut.shape[1::-1])
        cut = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    coded, data = cv2.imencode(
        ".webp", cv2.cvtColor(cut, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_WEBP_QUALITY, quality]
    )
    if not coded:
        raise DataError("expected a picture that can be written as WebP")
    return data.tobytes(), factor, cut.shape[:2]


def move_points(points_px: np.ndarray, box: tuple[int, ...], factor: float) -> np.ndarray:
    """Follow points into a cut and shrunk photograph. Shapes: (K, 2) -> (K, 2); NaN stays."""
    # Pixel centres have whole coordinates: x = 2 u + 0.5 at half the size.
    moved = (points_px.astype(np.float64) - box[:2] + 0.5) * factor - 0.5
    return (np.round(moved / POINT_STEP) * POINT_STEP).astype(np.float32)


def pack_faces(faces: Faces, longest: int, quality: int, setting: Augmentation) -> Faces:
    """Cut and shrink every photograph; a smaller file that needs no cutting stays as it is."""
    points = [name for name in ("lm98", "gt68", MESH) if name in faces.labels]

    def pack_row(row: int) -> tuple:
        image = faces.decode(row)
        box = needed_box(faces.labels["lm98"][row].astype(np.float64), image.shape[:2], setting)
        data, factor, size = shrink(image, box, longest, quality)
        whole = (box[2] - box[0], box[3] - box[1]) == image.shape[1::-1] and factor == 1
        if whole and len(faces.images[row]) <= len(data):
            data = faces.images[row]
        moved = [move_points(faces.labels[name][row], box, factor) for name in points]
        return data, size, *moved

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = list(
            tqdm(pool.map(pack_row, range(len(faces))), total=len(faces), unit="photo", mininterval=10)
        )
    images, sizes, *moved = (list(column) for column in zip(*rows, strict=True))
    labels = {name: faces.labels[name] for name in KEPT if name in faces.labels}
    labels |= {
        "image": np.array([f"{row:05d}.webp" for row in range(len(faces))]),
        "size_hw": np.array(sizes, np.int32),
        **{name: np.stack(column) for name, column in zip(points, moved, strict=True)},
    }  # fmt: skip
    if "mp_blendshapes" in faces.labels:
        labels["mp_blendshapes"] = faces.labels["mp_blendshapes"].astype(np.float16)
    return Faces(images, labels)


def group_by_size(faces: Faces, limit_bytes: int) -> list[range]:
    """Cut rows into runs whose tar files keep to a size."""
    groups, start, size = [], 0, tarfile.RECORDSIZE
    for row, data in enumerate(faces.images):
        needed = tarfile.BLOCKSIZE + len(data) + -len(data) % tarfile.BLOCKSIZE  # an entry and its header
        if size + needed > limit_bytes and row > start:
            groups.append(range(start, row))
            start, size = row, tarfile.RECORDSIZE
        size += needed
    return [*groups, range(start, len(faces))]


def write_parts(faces: Faces, out: Path, name: str, limit_bytes: int) -> list[Path]:
    """Write pictures into tar files of bounded size, and the labels beside them.

    Raises: DataError if one picture, or the labels, are larger than a part may be.
    """
    written = [out / f"{name}.npz"]
    np.savez_compressed(written[0], **faces.labels)
    for number, rows in enumerate(group_by_size(faces, limit_bytes)):
        written.append(out / f"{name}_{number:02d}.tar")
        with tarfile.open(written[-1], "w") as part:
            for row in rows:
                info = tarfile.TarInfo(str(faces.labels["image"][row]))
                info.size = len(faces.images[row])
                part.addfile(info, io.BytesIO(faces.images[row]))
    for path in written:
        if path.stat().st_size > limit_bytes:
            raise DataError(f"{path}: expected at most {limit_bytes} bytes, got {path.stat().st_size}")
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled faces")
    parser.add_argument("--out", type=Path, required=True, help="an empty folder for the parts")
    parser.add_argument("--max-mb", type=float, default=24, help="the largest part, in megabytes")
    parser.add_argument("--size", type=int, default=320, help="longest edge of a photograph, pixels")
    parser.add_argument("--quality", type=int, default=85, help="of the WebP pictures")
    parser.add_argument("--mesh", type=Path, help="what training.landmarks.mesh read of it")
    parser.add_argument("--limit", type=int, help="pack only so many photographs, evenly chosen")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if any(arguments.out.iterdir()):
        raise SystemExit(f"{arguments.out}: expected an empty folder")
    faces = with_mesh(load_faces(arguments.data, "train"), arguments.mesh)
    rows = np.flatnonzero(training_rows(faces.labels))
    if arguments.limit:
        rows = rows[np.linspace(0, len(rows) - 1, min(arguments.limit, len(rows))).astype(int)]
    packed = pack_faces(faces.select(rows), arguments.size, arguments.quality, Augmentation())
    written = write_parts(packed, arguments.out, "train", int(arguments.max_mb * MEGABYTE))
    for path in [arguments.data / "dev_helen.npz", *sorted(arguments.data.glob("dev_helen_*.tar"))]:
        written.append(Path(shutil.copyfile(path, arguments.out / path.name)))
    for path in written:
        print(f"{path.name:20s} {path.stat().st_size / MEGABYTE:7.2f} MB")
    total = sum(path.stat().st_size for path in written) / MEGABYTE
    print(f"{len(packed)} photographs, {len(written)} files, {total:.1f} MB")


if __name__ == "__main__":
    main()
