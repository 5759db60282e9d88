"""Draw what faces do: the ARKit recordings, and around them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from proto.tables import BLENDSHAPES
from training.faces import DataError


def load_takes(folder: Path) -> dict[str, np.ndarray]:
    """Read the recordings: name -> weights (M, 52), 0..1. Raises: DataError if missing or damaged."""
    path = folder / "takes.npz"
    try:
        with np.load(path, allow_pickle=False) as archive:
            names = [str(name) for name in archive["names"]]
            columns = [names.index(name) for name in BLENDSHAPES]
            return {
                key: archive[key][:, columns].astype(np.float32).clip(0, 1)
                for key in archive.files
                if key != "names"
            }
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path}: expected the ARKit recordings: {error}") from error
