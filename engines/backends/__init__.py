"""Inference backends: one file each, and this thin seam that chooses.

A backend module offers `open_session(path, threads) -> Session` and `why_not() -> str | None`
(the reason that it cannot run here).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from engines.errors import BackendError

# In the order that `auto` tries them.
BACKENDS = ("onnxruntime", "openvino")


class Session(Protocol):
    """One loaded network."""

    def run(self, inputs: Mapping[str, np.ndarray], outputs: Sequence[str]) -> list[np.ndarray]:
        """Run one batch and return the named outputs in that order.

        The first axis is the batch; its size may change between calls and must be at least 1.
        """
        ...

    def close(self) -> None:
        """Release the network's memory; the session is not used again."""
        ...


def load_backend(name: str):
    """Import one backend's module. Raises: BackendError if unknown or not able to run here."""
    if name not in BACKENDS:
        raise BackendError(f"expected a backend of {', '.join(BACKENDS)} or auto, got {name!r}")
    module = importlib.import_module(f"engines.backends.{name}_backend")
    reason = module.why_not()
    if reason:
        raise BackendError(f"backend {name} cannot run here: {reason}")
    return module


def choose_backend(name: str = "auto") -> tuple[str, list[str]]:
    """Resolve `auto` to the first backend that runs here.

    Returns: its name, and one line for each backend that was skipped.
    Raises: BackendError if the named one, or with `auto` every one, cannot run.
    """
    if name != "auto":
        load_backend(name)
        return name, []
    skipped = []
    for candidate in BACKENDS:
        try:
            load_backend(candidate)
        except BackendError as error:
            skipped.append(str(error))
        else:
            return candidate, skipped
    raise BackendError("no backend can run here: " + "; ".join(skipped))


def open_session(path: Path, backend: str = "onnxruntime", threads: int = 0) -> Session:
    """Load an ONNX file. `threads` 0 lets the backend decide.

    Raises: BackendError if the backend cannot run here or refuses the file.
    """
    return load_backend(backend).open_session(path, threads)
