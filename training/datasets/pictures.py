"""Pictures that stay on the disk until they are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.errors import DamagedDataError, MissingDataError
from training.faces import Faces, decode_picture


class PictureFiles(Sequence):
    """The bytes of picture files, read when an index is asked for."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = list(paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> bytes:
        """Read one file. Raises: MissingDataError, DamagedDataError."""
        path = self.paths[index]
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            raise MissingDataError(f"{path}: expected a picture, found no such file") from error
        except OSError as error:
            raise DamagedDataError(f"{path}: expected a readable picture: {error}") from error


@dataclass
class FileFaces(Faces):
    """Labelled faces whose pictures are files; several faces may share one."""

    images: PictureFiles

    def select(self, rows: np.ndarray) -> FileFaces:
        """Keep some rows, without reading a picture. Shapes: rows (M,) indices or (N,) bool."""
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        labels = {k: v[rows] if len(v) == len(self.images) else v for k, v in self.labels.items()}
        return FileFaces(PictureFiles([self.images.paths[i] for i in rows]), labels)


def require_pictures(paths: Sequence[Path], what: str) -> None:
    """Check that labelled pictures are there. Raises: MissingDataError with their number and the first."""
    distinct = sorted(set(paths))
    bar = tqdm(distinct, desc=f"checking {what}", unit="picture", mininterval=1, leave=False)
    missing = [path for path in bar if not path.is_file()]
    if missing:
        raise MissingDataError(
            f"{what}: expected {len(distinct)} pictures, {len(missing)} are missing, first {missing[0]}"
        )


def read_picture(path: Path) -> np.ndarray:
    """Decode a picture file. Shapes: -> (H, W, 3) uint8 RGB. Raises: MissingDataError, DamagedDataError."""
    return decode_picture(PictureFiles([path])[0], str(path))
