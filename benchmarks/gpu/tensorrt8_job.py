"""TensorRT 8.6 as one of the candidates: it runs in a Python 3.10 of its own, and speaks through files."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.gpu.candidates import Candidate
from engines.build.graphs import load_graph
from engines.errors import BackendError
from engines.models import model_path
from engines.stages.expression import APPEARANCE
from engines.stages.landmarks import Readings

SCRIPT = Path(__file__).with_name("tensorrt8.py")
TIMEOUT_S = 1200.0
LARGEST_BATCH = 256
SHAPES = {"points": (98, 2), "confidence": (98,), "appearance": (APPEARANCE,)}


def candidate(python: str, module: str = "tensorrt") -> Candidate:
    """Describe the TensorRT of another Python, by the version that it tells of itself."""
    version, reason = ask_version(python, module)
    title = "TensorRT (in a Python of its own), fp16"
    return Candidate(title, version, reason, lambda profile: Tensorrt8Runner(python, profile, module))


def ask_version(python: str, module: str) -> tuple[str, str | None]:
    """Ask a Python for its TensorRT. Returns: the version, and why there is none."""
    words = [python, "-c", f"import {module}; print({module}.__version__)"]
    try:
        answer = subprocess.run(words, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.SubprocessError) as error:
        return "", f"{python} does not start ({error})"
    if answer.returncode:
        return "", f"{python} has no {module}: {answer.stderr.strip()[-300:]}"
    return answer.stdout.strip(), None


class Tensorrt8Runner:
    """One network; the engine is built once and kept in a temporary folder."""

    def __init__(self, python: str, profile: str, module: str = "tensorrt") -> None:
        """Build the engine. Raises: BackendError with the words of the other Python if that fails."""
        self._python, self._module = python, module
        self._folder = tempfile.TemporaryDirectory(prefix="facecast-")
        folder = Path(self._folder.name)
        self._onnx, self._plan, self._crops = (
            folder / name for name in ("model.onnx", "model.plan", "crops")
        )
        self._onnx.write_bytes(load_graph(model_path(f"landmarks_{profile}")).SerializeToString())
        self.answer = self._run(build_only=True)

    def place(self, crops: np.ndarray) -> np.ndarray:
        return crops

    def read(self, crops: np.ndarray) -> Readings:
        """Read crops. Shapes: (N, 256, 256, 3) uint8."""
        self._crops.write_bytes(np.ascontiguousarray(crops).tobytes())
        names = self._run(count=len(crops))["outputs"]
        arrays = {
            name: np.frombuffer(Path(f"{self._plan}.{name}").read_bytes(), np.float32).reshape(
                -1, *SHAPES[name]
            )
            for name in names
        }
        return Readings(arrays["points"], arrays["confidence"], arrays.get("appearance"))

    def time_batches(self, crops: np.ndarray, batches: Sequence[int], seconds: float) -> list[dict]:
        """Time batches there, without what the files cost; in the form of `measure.time_batches`."""
        self._crops.write_bytes(np.ascontiguousarray(crops).tobytes())
        lines = self._run(count=len(crops), timed=batches, seconds=seconds)["lines"]
        rates = [line["batch"] / line["on_device"]["median_ms"] * 1e3 for line in lines]
        return [{**line, "faces_per_s": rate} for line, rate in zip(lines, rates, strict=True)]

    def _run(
        self, build_only: bool = False, count: int = 0, timed: Sequence[int] = (), seconds: float = 0.0
    ) -> dict:
        # The largest batch belongs to the engine: it is named in every job, and timed only where asked.
        job = {
            "module": self._module, "onnx": str(self._onnx), "plan": str(self._plan),
            "crops": str(self._crops),
            "count": count, "largest": LARGEST_BATCH, "batches": list(timed), "seconds": seconds,
            "build_only": build_only,
        }  # fmt: skip
        path = Path(self._folder.name) / "job.json"
        path.write_text(json.dumps(job))
        words = [self._python, str(SCRIPT), str(path)]
        try:
            done = subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT_S)
        except (OSError, subprocess.SubprocessError) as error:
            raise BackendError(f"{self._python} with {SCRIPT.name}: {error}") from error
        if done.returncode:
            raise BackendError(f"{self._python} with {SCRIPT.name}: {done.stderr.strip()[-500:]}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def close(self) -> None:
        self._folder.cleanup()
