"""Run a graph in ONNX Runtime, as nothing but the graph says."""

from __future__ import annotations

import numpy as np
import onnxruntime


def run_graph(content: bytes | str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return every output by name."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs), strict=True))


def example_inputs(content: bytes | str, batch: int = 2, free: int = 36) -> dict[str, np.ndarray]:
    """Make inputs for a graph; sizes that are free, but the batch, become `free`."""
    rng = np.random.default_rng(0)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    inputs = {}
    for value in session.get_inputs():
        shape = [batch, *(size if isinstance(size, int) else free for size in value.shape[1:])]
        if value.type == "tensor(uint8)":
            inputs[value.name] = rng.integers(0, 255, shape, dtype=np.uint8)
        else:
            inputs[value.name] = rng.normal(0, 0.1, shape).astype(np.float32)
    return inputs
