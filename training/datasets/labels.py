"""Text files of labels, read line by line; every error says where, what was expected, what came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.errors import DamagedDataError, MissingDataError

SHOWN = 60  # characters of a wrong line that a message quotes


class LabelLines:
    """The lines of one label file, taken one after the other; `number` is that of the last one taken."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises: MissingDataError, DamagedDataError."""
        self.path, self.number = path, 0
        try:
            self._lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError as error:
            raise MissingDataError(f"{path}: expected a file of labels, found no such file") from error
        except (OSError, UnicodeDecodeError) as error:
            raise DamagedDataError(f"{path}: expected a text file of labels: {error}") from error
        while self._lines and not self._lines[-1].strip():
            self._lines.pop()

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def left(self) -> int:
        """How many lines were not taken yet."""
        return len(self._lines) - self.number

    def take(self, expected: str) -> str:
        """Return the next line without the blanks around it. Raises: DamagedDataError at the file's end."""
        if not self.left:
            raise DamagedDataError(
                f"{self.path}, line {self.number + 1}: expected {expected}, the file ends here"
            )
        self.number += 1
        return self._lines[self.number - 1].strip()

    def damaged(self, expected: str, came: str) -> DamagedDataError:
        """Make the error for the line taken last."""
        shown = came if len(came) <= SHOWN else came[:SHOWN] + "…"
        return DamagedDataError(f"{self.path}, line {self.number}: expected {expected}, got {shown!r}")

    def numbers(self, words: Sequence[str], count: int, expected: str) -> np.ndarray:
        """Parse words of the line taken last. Shapes: -> (count,) float64. Raises: DamagedDataError."""
        if len(words) != count:
            raise self.damaged(f"{expected} ({count} numbers)", f"{len(words)}: {' '.join(words)}")
        try:
            values = np.array(words, np.float64)
        except ValueError as error:
            raise self.damaged(f"{expected} ({count} numbers)", " ".join(words)) from error
        if not np.isfinite(values).all():
            raise self.damaged(f"{expected} ({count} finite numbers)", " ".join(words))
        return values


def first_folder(folder: Path, places: Sequence[str], what: str) -> Path:
    """Return the first of some places inside a folder that is there.

    Raises: MissingDataError naming every place that was looked at.
    """
    for place in places:
        if (folder / place).exists():
            return folder / place
    looked = ", ".join(places)
    raise MissingDataError(f"{folder}: expected {what} as one of {looked}; found none of them")
