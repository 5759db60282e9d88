"""Time, agreement and the work of a network: what each line of the report is made of."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx

from benchmarks.gpu.candidates import Runner
from engines import landmark98
from engines.stages.landmarks import Readings

WARM_UP_CALLS, LEAST_CALLS = 5, 3


def time_calls(call: Callable[[], object], seconds: float) -> dict:
    """Call for so many seconds, three times at least; once for none. Returns: median, 99th percentile; ms."""
    warm_up, least = (WARM_UP_CALLS, LEAST_CALLS) if seconds else (1, 1)
    for _ in range(warm_up):
        call()
    times_ms, end = [], time.perf_counter() + seconds
    while len(times_ms) < least or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times_ms.append((time.perf_counter() - start) * 1e3)
    return {
        "median_ms": statistics.median(times_ms),
        "p99_ms": float(np.percentile(times_ms, 99)),
        "calls": len(times_ms),
    }


def time_batches(runner: Runner, crops: np.ndarray, batches: list[int], seconds: float) -> list[dict]:
    """Time a network over batches: from crops in the host's memory, and from crops that lie on the device.

    Points come back to the host in both. A batch that the engine refuses ends the list, with its reason.
    """
    if hasattr(runner, "time_batches"):  # it runs elsewhere and takes the time there
        return runner.time_batches(crops, batches, seconds)
    lines = []
    for batch in batches:
        given = crops[np.arange(batch) % len(crops)]
        try:
            host = time_calls(lambda given=given: runner.read(given), seconds)
            placed = runner.place(given)
            device = time_calls(lambda placed=placed: runner.read(placed), seconds)
        except Exception as error:  # no memory, a driver's fault: each engine has kinds of its own
            return [*lines, {"batch": batch, "not_run": f"{type(error).__name__}: {error}"}]
        rate = {"faces_per_s": batch / device["median_ms"] * 1e3}
        lines.append({"batch": batch, "from_host": host, "on_device": device, **rate})
    return lines


def compare(found: Readings, expected: Readings) -> dict:
    """Tell how far points, confidence and appearance lie from the reference's.

    Points also as a share of the distance between the outer eye corners, in percent: an NME of its own.
    """
    off = np.linalg.norm(found.points - expected.points, axis=-1)  # (N, 98)
    corners = expected.points[:, [landmark98.RIGHT_EYE_OUTER, landmark98.LEFT_EYE_OUTER]]
    eyes = np.linalg.norm(corners[:, 0] - corners[:, 1], axis=-1)
    told = {
        "faces": len(off),
        "points_mean_px": float(off.mean()),
        "points_p99_px": float(np.percentile(off, 99)),
        "points_max_px": float(off.max()),
        "nme_percent": float((off.mean(1) / eyes).mean() * 100),
        "confidence_max": float(np.abs(found.confidence - expected.confidence).max()),
    }
    if found.appearance is not None and expected.appearance is not None:
        told["appearance_max"] = float(np.abs(found.appearance - expected.appearance).max())
    return told


def count_gflop(path: Path) -> float:
    """Count a network's work for one face: two operations per product of its convolutions, in 10^9."""
    model = onnx.load(path)
    for value in model.graph.input:
        value.type.tensor_type.shape.dim[0].dim_value = 1
    graph = onnx.shape_inference.infer_shapes(model).graph
    shapes = {
        value.name: [d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in [*graph.value_info, *graph.output]
    }
    weights = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    weights |= {
        n.output[0]: weights[n.input[0]] for n in graph.node if n.op_type == "Cast" and n.input[0] in weights
    }
    total = 0
    for node in graph.node:
        if node.op_type == "Conv":
            _, inputs, height, width = weights[node.input[1]]
            total += 2 * inputs * height * width * int(np.prod(shapes[node.output[0]][1:]))
    return total / 1e9
