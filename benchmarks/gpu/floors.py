"""The least time that a card could take: its matrix rate and copy rate, measured or from its data sheet."""

from __future__ import annotations

import statistics
import time

import numpy as np

from engines.backends.device import Device

# Dense bf16 tensor rates in TFLOP/s by NVIDIA's data sheets, for cards where nothing can measure it.
DATA_SHEET_TFLOPS = {
    "H200": 989.0,
    "H100": 989.0,
    "L40S": 362.0,
    "A100": 312.0,
    "A40": 150.0,
    "L4": 121.0,
    "T4": 65.0,
}
MATRIX_SIDE = 8192
COPY_BYTES = 256 << 20
REPEATS = 10


def matrix_rate(name: str, cpu: bool = False) -> dict:
    """Return the card's bf16 matrix rate in TFLOP/s and where the number comes from."""
    try:
        import torch
    except ImportError:
        torch = None
    if torch is not None and (cpu or torch.cuda.is_available()):
        return {
            "tflops": _measure_matrix_rate(torch, cpu),
            "source": f"measured with PyTorch {torch.__version__}",
        }
    for card, tflops in DATA_SHEET_TFLOPS.items():
        if card in name:
            return {"tflops": tflops, "source": "NVIDIA's data sheet, not measured here"}
    return {"tflops": None, "source": "neither PyTorch nor a data sheet at hand"}


def _measure_matrix_rate(torch, cpu: bool) -> float:
    """Multiply two random matrices; data that are all zero would look faster than real ones."""
    side = 512 if cpu else MATRIX_SIDE
    kind = torch.float32 if cpu else torch.bfloat16
    a, b = (torch.randn(side, side, device="cpu" if cpu else "cuda").to(kind) for _ in range(2))
    times = []
    for _ in range(REPEATS + 3):
        start = time.perf_counter()
        a @ b
        if not cpu:
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return 2 * side**3 / statistics.median(times[3:]) / 1e12


def copy_rate(device: Device | None) -> dict:
    """Return the rate from page-locked memory to the card in GB/s; between arrays where there is no card."""
    if device is None:
        source = np.ones(COPY_BYTES // 8, np.uint8)
        target = np.empty_like(source)
        seconds = _time(lambda: np.copyto(target, source))
        return {"gb_per_s": source.nbytes / seconds / 1e9, "source": "measured, within the host's memory"}
    stream = device.open_stream()
    host, target = device.allocate_host(COPY_BYTES), device.allocate(COPY_BYTES)

    def copy() -> None:
        stream.copy_to_device(target, host, COPY_BYTES)
        stream.synchronize()

    try:
        return {
            "gb_per_s": COPY_BYTES / _time(copy) / 1e9,
            "source": "measured, page-locked memory to the card",
        }
    finally:
        host.free()
        target.free()
        stream.free()


def _time(call) -> float:
    times = []
    for _ in range(REPEATS + 3):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times[3:])


def batch_floor(gflop_per_face: float, batch: int, bytes_per_face: int, matrix: dict, copy: dict) -> dict:
    """Return the least milliseconds of a batch: its arithmetic at the matrix rate, its copy at the copy rate.

    Both can go on at once, so the larger of the two is the floor.
    """
    copy_ms = batch * bytes_per_face / copy["gb_per_s"] / 1e6
    if matrix["tflops"] is None:
        return {"matrix_ms": None, "copy_ms": copy_ms, "floor_ms": copy_ms}
    matrix_ms = batch * gflop_per_face / matrix["tflops"]
    return {"matrix_ms": matrix_ms, "copy_ms": copy_ms, "floor_ms": max(matrix_ms, copy_ms)}
