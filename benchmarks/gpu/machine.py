"""What machine this is: every report carries it, so that a number is never read without its hardware."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import shutil
import subprocess
from pathlib import Path

from engines.backends.device import open_device, why_no_device
from engines.errors import BackendError

PACKAGES = (
    "numpy", "opencv-python-headless", "onnxruntime", "onnxruntime-gpu", "openvino", "tensorrt",
    "tensorrt-rtx", "cuda-bindings", "nvidia-cuda-nvrtc", "nvidia-nvimgcodec-cu13", "nvidia-nvjpeg", "torch",
)  # fmt: skip


def describe_machine() -> dict:
    """Tell the date, the processor, the GPU or why there is none, the driver and the libraries."""
    return {
        "date": datetime.date.today().isoformat(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "gpu": describe_gpu(),
        "driver": ask_driver(),
        "packages": {name: version for name in PACKAGES if (version := package_version(name))},
    }


def processor() -> str:
    """Name the CPU."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def describe_gpu() -> dict:
    """Tell the GPU's name, compute capability and memory, or `why_not`."""
    reason = why_no_device()
    if reason:
        return {"why_not": reason}
    try:
        device = open_device()
    except BackendError as error:
        return {"why_not": str(error)}
    try:
        return {
            "name": device.name,
            "compute_capability": ".".join(map(str, device.compute_capability)),
            "memory_gb": round(device.total_memory / 2**30, 1),
            "adapter": device.adapter,
        }
    finally:
        device.close()


def ask_driver() -> str | None:
    """Ask nvidia-smi for the driver's version; None where there is none."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return None
    words = [command, "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        answer = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip().splitlines()[0] if answer.stdout.strip() else None


def package_version(name: str) -> str | None:
    """Tell the version of an installed package; None if it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
