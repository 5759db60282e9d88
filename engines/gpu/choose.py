"""Where a pipeline's frames are: on the GPU when the networks read them there, else on the CPU."""

from __future__ import annotations

from engines.backends import onnxruntime_backend
from engines.backends.device import open_device
from engines.errors import BackendError
from engines.gpu.frames import GpuFrames
from engines.stages.frames import CpuFrames, Frames

ON_GPU = ("tensorrt", "tensorrt_rtx")


def runs_on_gpu(backend: str) -> bool:
    """Tell whether a backend's sessions compute on the GPU here, and so read arrays that lie there."""
    if backend == "onnxruntime":
        return onnxruntime_backend.why_not_accelerated() is None
    return backend in ON_GPU


def open_frames(backend: str) -> tuple[Frames, list[str]]:
    """Open frames for a backend's sessions.

    Returns: them, and what the GPU cannot do here, one line each.
    """
    if not runs_on_gpu(backend):
        return CpuFrames(), []
    try:
        frames = GpuFrames(open_device())
    except BackendError as error:
        return CpuFrames(), [f"frames stay on the CPU: {error}"]
    return frames, [f"JPEGs are decoded on the CPU: {frames.why_no_jpeg}"] if frames.why_no_jpeg else []
