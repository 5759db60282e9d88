"""What could run the landmark network here, in the order of preference, and whether it really does."""

from __future__ import annotations

import importlib
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engines.backends import BACKENDS, load_backend, open_session
from engines.backends import onnxruntime_backend as onnxruntime
from engines.backends.device import Device, open_device, why_no_device
from engines.backends.device_array import DeviceArray
from engines.build.flavours import FLAVOURS
from engines.errors import BackendError
from engines.gpu.memory import Uploader
from engines.models import manifest, model_path
from engines.stages.landmarks import Readings

TRIAL = "import sys; from engines.backends import load_backend; load_backend(sys.argv[1])"
TRIAL_S = 600.0  # an engine has to be built


class Runner(Protocol):
    """One loaded landmark network."""

    def place(self, crops: np.ndarray):
        """Put crops where the network computes; on a CPU they are there. Valid until the next call."""
        ...

    def read(self, crops) -> Readings:
        """Read crops from the host's memory, or such as `place` gave. Shapes: (N, 256, 256, 3) uint8."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Candidate:
    """One way to run the network. `reason` says why it cannot; None when it can."""

    name: str  # what ran, by its maker's name: results carry exactly this
    version: str
    reason: str | None
    load: Callable[[str], Runner]  # profile -> runner; raises BackendError
    backend: str | None = None  # by which `facecast serve` knows it

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}".strip()


class SessionRunner:
    """A network behind a backend's session."""

    def __init__(self, session, appearance: bool, device: Device | None = None) -> None:
        """`device` is given where the session reads arrays on a GPU."""
        self.session = session
        self._names = ["points", "confidence"] + ["appearance"] * appearance
        self._stream = device.open_stream() if device else None
        self._uploader = Uploader(device, self._stream) if device else None

    def place(self, crops: np.ndarray) -> np.ndarray | DeviceArray:
        if self._uploader is None:
            return crops
        (address,) = self._uploader.upload([crops])
        return DeviceArray(address, crops.shape, crops.dtype, self._stream)

    def read(self, crops: np.ndarray | DeviceArray) -> Readings:
        return Readings(*self.session.run({"image": crops}, self._names))

    def close(self) -> None:
        self.session.close()
        if self._uploader is not None:
            self._uploader.free()
            self._stream.free()


def has_appearance(profile: str) -> bool:
    """Tell whether the committed network of a profile gives appearance scores."""
    return "appearance" in manifest()[f"landmarks_{profile}"]["outputs"]


def open_reference(profile: str, threads: int = 0) -> SessionRunner:
    """Open what everything is compared with: ONNX Runtime on the CPU."""
    session = onnxruntime.OnnxRuntimeSession(model_path(f"landmarks_{profile}"), threads, onnxruntime.CPU)
    return SessionRunner(session, has_appearance(profile))


def _backend_candidate(
    backend: str, name: str, version: str, reason: str | None = None, precision: str | None = None
) -> Candidate:
    def load(profile: str) -> Runner:
        session = open_session(model_path(f"landmarks_{profile}"), backend, 0, precision)
        device = open_device() if backend != "openvino" else None
        return SessionRunner(session, has_appearance(profile), device)

    if reason is None and backend in FLAVOURS and why_no_device() is None:
        reason = why_it_crashes(backend)
    if reason is None:
        try:
            load_backend(backend)
        except BackendError as error:
            reason = str(error)
    return Candidate(name, version, reason, load, backend)


def why_it_crashes(backend: str) -> str | None:
    """Try a backend in a process of its own: on a GPU that it is not made for it may take the process along.

    Returns: what ended that process; None if nothing did, whatever came of the trial.
    """
    try:
        done = subprocess.run([sys.executable, "-c", TRIAL, backend], capture_output=True, timeout=TRIAL_S)
    except subprocess.TimeoutExpired:
        return f"tried in a process of its own, it took more than {TRIAL_S:.0f} s"
    if done.returncode >= 0:
        return None
    name = signal.Signals(-done.returncode).name
    words = done.stderr.decode(errors="replace").strip()[-200:]
    return f"tried in a process of its own, it crashed ({name}): {words}"


def served_by(found: list[Candidate]) -> str:
    """Choose the backend for the server: the first that runs on the GPU, else let the server choose."""
    return next((c.backend for c in found if c.backend and c.reason is None), "auto")


def _version(module: str) -> str:
    try:
        return __import__(module).__version__
    except (ImportError, OSError, RuntimeError):
        return ""


def list_candidates(cpu: bool = False) -> list[Candidate]:
    """List what is to be tried: on a GPU, or with `cpu` the same programme with what a CPU has."""
    if cpu:
        version = _version("onnxruntime")
        return [
            _backend_candidate("openvino", "OpenVINO, CPU, fp32", _version("openvino").split("-")[0]),
            Candidate("ONNX Runtime, CPU, fp32", version, None, open_reference),
            torch_candidate("cpu"),
        ]
    kinds = {"tensorrt": "TensorRT", "tensorrt_rtx": "TensorRT-RTX"}
    found = [
        _backend_candidate(backend, f"{kinds[backend]}, fp16", _version(backend), precision="fp16")
        for backend in BACKENDS
        if backend in kinds
    ]
    reason = onnxruntime.why_not_accelerated()
    title = "ONNX Runtime, CUDA provider, TF32"  # its default for fp32 networks on such cards
    found.append(_backend_candidate("onnxruntime", title, _version("onnxruntime"), reason))
    return [*found, torch_candidate("cuda", recorded=True), torch_candidate("cuda")]


def torch_candidate(device: str, recorded: bool = False) -> Candidate:
    """Describe PyTorch's own execution: no engine, but a reference where there is nothing else."""

    def load(profile: str) -> Runner:
        from benchmarks.gpu.torch_runner import TorchRunner

        return TorchRunner(profile, device, recorded)

    title = "PyTorch, CPU, fp32" if device == "cpu" else "PyTorch, CUDA, fp16"
    if recorded:
        title += ", kernels in a CUDA graph"
    return Candidate(title, _version("torch"), why_no_torch(device), load)


def why_no_torch(device: str) -> str | None:
    """Return why PyTorch cannot run the network on a device; None when it can."""
    try:
        import torch

        importlib.import_module("benchmarks.gpu.torch_runner")
    except ImportError as error:
        return f"the training extra is not installed ({error})"
    if device == "cuda" and not torch.cuda.is_available():
        return "this PyTorch sees no GPU"
    return None
