"""ONNX Runtime on the CPU: the default backend."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from engines.errors import BackendError

# The official builds report usage to their maker, and keep a database of it. Read when it is imported:
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime


def why_not() -> str | None:
    """Return why this backend cannot run here; None when it can (it is a hard dependency)."""
    return None


class OnnxRuntimeSession:
    """One network in ONNX Runtime."""

    def __init__(self, path: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin between calls would take the CPU from the event loop.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime raises a dozen unrelated classes
            raise BackendError(f"onnxruntime refused {path.name}: {error}") from error

    def run(self, inputs: Mapping[str, np.ndarray], outputs: Sequence[str]) -> list[np.ndarray]:
        return self._session.run(list(outputs), dict(inputs))

    def close(self) -> None:
        self._session = None


def open_session(path: Path, threads: int) -> OnnxRuntimeSession:
    """Load an ONNX file. Raises: BackendError if ONNX Runtime refuses it."""
    return OnnxRuntimeSession(path, threads)
