"""Run one TensorRT engine: it checks the inputs, chooses a profile, and cuts up what is too large for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engines.backends.device import Device
from engines.backends.tensorrt_lane import Array, Lane, Tensor
from engines.errors import BackendError


def numpy_types(trt) -> dict:
    """Map TensorRT's element types to numpy's."""
    types = trt.DataType
    return {
        types.FLOAT: np.dtype(np.float32), types.HALF: np.dtype(np.float16), types.INT8: np.dtype(np.int8),
        types.INT32: np.dtype(np.int32), types.INT64: np.dtype(np.int64), types.UINT8: np.dtype(np.uint8),
        types.BOOL: np.dtype(bool),
    }  # fmt: skip


class TensorRtSession:
    """One engine on one GPU. Inputs may be arrays or lie on the GPU already (DeviceArray)."""

    def __init__(self, trt, engine, device: Device) -> None:
        self._device, self._stream = device, device.open_stream()
        types = numpy_types(trt)
        names = [engine.get_tensor_name(index) for index in range(engine.num_io_tensors)]
        self.tensors = {
            name: Tensor(
                name, types[engine.get_tensor_dtype(name)],
                engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT,
            )
            for name in names
        }  # fmt: skip
        self._lanes = [
            Lane(trt, engine, index, device, self._stream, self.tensors)
            for index in range(engine.num_optimization_profiles)
        ]

    def run(self, inputs: Mapping[str, Array], outputs: Sequence[str]) -> list[np.ndarray]:
        """Run a batch; one beyond the largest runs in parts.

        Raises: BackendError if an input or output is unknown, or of a type or shape that no profile allows.
        """
        self._device.activate()
        count = self._check(inputs, outputs)
        lane = next((lane for lane in self._lanes if lane.fits(inputs)), None)
        if lane is None:
            shapes = {name: tuple(value.shape) for name, value in inputs.items()}
            limits = "; ".join(lane.describe() for lane in self._lanes)
            raise BackendError(f"expected inputs within {limits}, got {shapes}")
        step = lane.largest_batch
        parts = [
            lane.run({name: value[start : start + step] for name, value in inputs.items()}, tuple(outputs))
            for start in range(0, count, step)
        ]
        return parts[0] if len(parts) == 1 else [np.concatenate(part) for part in zip(*parts, strict=True)]

    def _check(self, inputs: Mapping[str, Array], outputs: Sequence[str]) -> int:
        """Return the batch's size after checking names and types."""
        wanted = {name for name, tensor in self.tensors.items() if tensor.is_input}
        if set(inputs) != wanted:
            raise BackendError(f"expected the inputs {sorted(wanted)}, got {sorted(inputs)}")
        known = {name for name, tensor in self.tensors.items() if not tensor.is_input}
        if not known.issuperset(outputs):
            raise BackendError(f"expected outputs of {sorted(known)}, got {list(outputs)}")
        for name, value in inputs.items():
            if value.dtype != self.tensors[name].dtype:
                raise BackendError(f"expected {name} as {self.tensors[name].dtype}, got {value.dtype}")
        counts = {len(value) for value in inputs.values()}
        if len(counts) != 1 or 0 in counts:
            raise BackendError(f"expected one batch size of at least 1, got {sorted(counts)}")
        return counts.pop()

    def warm_up(self) -> None:
        """Do nothing: a shape costs more at its first two runs, and which come is not known beforehand."""

    def close(self) -> None:
        """Free the buffers, the graphs and the stream."""
        self._device.activate()
        for lane in self._lanes:
            lane.close()
        self._lanes = []
        self._stream.free()
        self._device.close()
