"""OpenVINO on the CPU: an optional extra (`pip install facecast[openvino]`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from engines.errors import BackendError

try:
    import openvino
except ImportError as error:
    openvino = None
    _IMPORT_ERROR = str(error)


def why_not() -> str | None:
    """Return why this backend cannot run here; None when it can."""
    return None if openvino else f"the openvino extra is not installed ({_IMPORT_ERROR})"


class OpenVinoSession:
    """One network in OpenVINO."""

    def __init__(self, path: Path, threads: int) -> None:
        core = openvino.Core()
        properties = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        if threads:
            properties["INFERENCE_NUM_THREADS"] = threads
        try:
            self._compiled = core.compile_model(str(path), "CPU", properties)
        except RuntimeError as error:
            raise BackendError(f"openvino refused {path.name}: {error}") from error
        self._request = self._compiled.create_infer_request()

    def run(self, inputs: Mapping[str, np.ndarray], outputs: Sequence[str]) -> list[np.ndarray]:
        self._request.infer(dict(inputs), share_inputs=True)
        # Copies: the request's own buffers are overwritten by the next call.
        return [self._request.get_tensor(name).data.copy() for name in outputs]

    def close(self) -> None:
        self._request = self._compiled = None


def open_session(path: Path, threads: int) -> OpenVinoSession:
    """Load an ONNX file. Raises: BackendError if OpenVINO refuses it."""
    return OpenVinoSession(path, threads)
