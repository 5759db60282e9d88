"""ONNX Runtime: the default backend on a CPU, and the second choice on a GPU.

The package `onnxruntime` runs on the CPU only; `onnxruntime-gpu`, installed in its place, brings the CUDA
provider, which is used where it really runs.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np

from engines.backends.device_array import DeviceArray
from engines.errors import BackendError
from engines.models import model_path

# The official builds report usage to their maker, and keep a database of it. Read when it is imported:
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
DRIVER = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
# Without this every new batch size is measured with every algorithm of cuDNN first: seconds each.
CUDA_OPTIONS = {"device_id": "0", "cudnn_conv_algo_search": "HEURISTIC"}


def why_not() -> str | None:
    """Return why this backend cannot run here; None when it can (it is a hard dependency)."""
    return None


def why_not_accelerated() -> str | None:
    """Return why sessions run on the CPU here; None when the CUDA provider ran a network for real."""
    return "it is held on the CPU" if _held_on_cpu else _why_no_cuda()


_held_on_cpu: list[bool] = []


@contextmanager
def on_cpu() -> Iterator[None]:
    """Let sessions that are opened meanwhile run on the CPU: what others are compared with rounds nothing."""
    _held_on_cpu.append(True)
    try:
        yield
    finally:
        _held_on_cpu.pop()


@cache
def _why_no_cuda() -> str | None:
    if CUDA not in onnxruntime.get_available_providers():
        return "the installed onnxruntime has no CUDA provider (onnxruntime-gpu has)"
    if reason := _why_no_driver():
        return reason
    onnxruntime.preload_dlls()  # CUDA's libraries from Python packages, which the loader would not find
    try:
        session = OnnxRuntimeSession(model_path("pnet"), 1, CUDA)
    except BackendError as error:
        return str(error)
    try:
        (score,) = session.run({"image": np.zeros((1, 24, 24, 3), np.uint8)}, ["score"])
    except Exception as error:  # the driver's and cuDNN's faults come as a dozen unrelated classes
        return f"its CUDA provider failed on a small network: {error}"
    finally:
        session.close()
    return None if np.isfinite(score).all() else "its CUDA provider gave no numbers for a small network"


def _why_no_driver() -> str | None:
    """Return that NVIDIA's driver is missing: ONNX Runtime's own error does not say so."""
    try:
        ctypes.CDLL(DRIVER)
    except OSError as error:
        return f"no usable NVIDIA driver ({error})"
    return None


class OnnxRuntimeSession:
    """One network in ONNX Runtime, on the CPU or on a GPU."""

    def __init__(self, path: Path, threads: int, provider: str = CPU) -> None:
        """Load a network. Raises: BackendError if it, or the provider, is refused."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin between calls would take the CPU from the event loop.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        providers = [(CUDA, CUDA_OPTIONS), CPU] if provider == CUDA else [provider]
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=providers)
        except Exception as error:  # ONNX Runtime raises a dozen unrelated classes
            raise BackendError(f"onnxruntime refused {path.name}: {error}") from error
        self.provider = self._session.get_providers()[0]
        if self.provider != provider:
            # It falls back to the CPU without a word when CUDA's libraries or the driver are missing.
            raise BackendError(f"onnxruntime loaded {path.name} with {self.provider} instead of {provider}")

    @property
    def _memory(self) -> str:
        return "cuda" if self.provider == CUDA else "cpu"

    def run(self, inputs: Mapping[str, np.ndarray | DeviceArray], outputs: Sequence[str]) -> list[np.ndarray]:
        """Run one batch. An input on the device is read where it lies."""
        if not any(isinstance(value, DeviceArray) for value in inputs.values()):
            return self._session.run(list(outputs), dict(inputs))
        binding = self._session.io_binding()
        for name, value in inputs.items():
            if isinstance(value, DeviceArray):
                # ONNX Runtime works on a stream of its own: one wait per batch.
                value.stream.synchronize()
                binding.bind_input(name, self._memory, 0, value.dtype, value.shape, value.address)
            else:
                binding.bind_cpu_input(name, value)
        for name in outputs:
            binding.bind_output(name)
        self._session.run_with_iobinding(binding)
        return binding.copy_outputs_to_cpu()

    def warm_up(self) -> None:
        """Do nothing: on the CPU no size of batch has to be prepared."""

    def close(self) -> None:
        self._session = None


def open_session(path: Path, threads: int, *, unused: Sequence[str] = ()) -> OnnxRuntimeSession:
    """Load an ONNX file, on the GPU where the CUDA provider runs; `unused` outputs cost nothing to keep.

    Raises: BackendError if it is refused.
    """
    return OnnxRuntimeSession(path, threads, CPU if why_not_accelerated() else CUDA)
