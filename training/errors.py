"""Errors of the training tools, one small tree; `code` names the kind for a script that runs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engines.errors import FacecastError


class DataError(RuntimeError):
    """A data set is missing, damaged or not in its published format."""

    code = "bad_data"


class MissingDataError(DataError):
    """A file or folder of a data set is not there."""

    code = "missing_data"


class DamagedDataError(DataError):
    """A file of a data set cannot be read, or does not say what its format promises."""

    code = "damaged_data"


@contextmanager
def told_plainly() -> Iterator[None]:
    """End a command that meets bad data with one line `code: message` and status 1, without a traceback."""
    try:
        yield
    except (DataError, FacecastError) as error:
        raise SystemExit(f"{error.code}: {error}") from error
