"""Run one TensorRT engine: buffers of the largest batch, one stream, a CUDA graph per shape of a batch."""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engines.backends.device import Device, DeviceBuffer, Graph, HostBuffer, Stream
from engines.backends.device_array import DeviceArray
from engines.errors import BackendError

log = logging.getLogger(__name__)

# Shapes whose graphs are kept: every batch of 1..64, or a video size's pyramid times a few batches.
KEPT_SHAPES = 96
ALIGNMENT = 256  # bytes, of the address of a tensor (IExecutionContext.set_tensor_address)
Array = np.ndarray | DeviceArray


def numpy_types(trt) -> dict:
    """Map TensorRT's element types to numpy's."""
    types = trt.DataType
    return {
        types.FLOAT: np.dtype(np.float32), types.HALF: np.dtype(np.float16), types.INT8: np.dtype(np.int8),
        types.INT32: np.dtype(np.int32), types.INT64: np.dtype(np.int64), types.UINT8: np.dtype(np.uint8),
        types.BOOL: np.dtype(bool),
    }  # fmt: skip


@dataclass
class Tensor:
    """One input or output of an engine."""

    name: str
    dtype: np.dtype
    is_input: bool


@dataclass
class Prepared:
    """What is known about one shape of inputs after its first run."""

    output_shapes: dict[str, tuple[int, ...]]
    graph: Graph | None = None
    capture_failed: bool = False


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
        step = aligned_rows(lane.largest_batch, inputs.values())
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

    def close(self) -> None:
        """Free the buffers, the graphs and the stream."""
        self._device.activate()
        for lane in self._lanes:
            lane.close()
        self._lanes = []
        self._stream.free()
        self._device.close()


def aligned_rows(largest: int, inputs: Iterable[Array]) -> int:
    """Lower a part's size so that each part of an array on the device begins where TensorRT may read.

    Raises: BackendError if not even the largest part does.
    """
    for value in inputs:
        if isinstance(value, DeviceArray) and len(value) > largest:
            unit = ALIGNMENT // math.gcd(ALIGNMENT, value.nbytes // len(value))
            largest = largest // unit * unit
            if not largest:
                raise BackendError(f"expected a largest batch of at least {unit} for arrays on the device")
    return largest


@dataclass
class Lane:
    """One optimisation profile of an engine: its context and buffers, made when first needed."""

    trt: object
    engine: object
    index: int
    device: Device
    stream: Stream
    tensors: Mapping[str, Tensor]
    _context: object = None
    _on_device: dict[str, DeviceBuffer] = field(default_factory=dict)
    _on_host: dict[str, HostBuffer] = field(default_factory=dict)
    _prepared: OrderedDict[tuple, Prepared] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self._limits = {}  # input -> (smallest, largest shape)
        for name, tensor in self.tensors.items():
            if tensor.is_input:
                low, _, high = self.engine.get_tensor_profile_shape(name, self.index)
                self._limits[name] = tuple(low), tuple(high)
        self.largest_batch = min(high[0] for _, high in self._limits.values())

    def describe(self) -> str:
        """Tell the shapes that it takes."""
        return ", ".join(f"{name} {low}..{high}" for name, (low, high) in self._limits.items())

    def fits(self, inputs: Mapping[str, Array]) -> bool:
        """Tell whether the inputs' sizes behind the batch are allowed."""
        for name, value in inputs.items():
            low, high = self._limits[name]
            if len(value.shape) != len(low):
                return False
            if not all(a <= size <= b for a, size, b in zip(low[1:], value.shape[1:], high[1:], strict=True)):
                return False
        return True

    def run(self, inputs: Mapping[str, Array], outputs: tuple[str, ...]) -> list[np.ndarray]:
        """Run one batch that is not too large."""
        if self._context is None:
            self._open()
        on_device = {name: v for name, v in inputs.items() if isinstance(v, DeviceArray)}
        # Work that reads an array of the GPU follows it on its own stream: nothing waits in between.
        stream = next(iter(on_device.values())).stream if on_device else self.stream
        for name, value in inputs.items():
            if name not in on_device:
                self._on_host[name].view(value.dtype, value.shape)[...] = value
        places = tuple((name, tuple(v.shape), getattr(v, "address", 0)) for name, v in inputs.items())
        signature = (places, outputs, stream.handle)
        prepared = self._prepared.get(signature)
        if prepared is None:
            prepared = self._prepare(signature, inputs)
            self._queue(inputs, prepared, outputs, stream)
        else:
            self._prepared.move_to_end(signature)
            self._launch(inputs, prepared, outputs, stream)
        stream.synchronize()
        return [
            self._on_host[name].view(self.tensors[name].dtype, prepared.output_shapes[name]).copy()
            for name in outputs
        ]

    def _open(self) -> None:
        """Make the context, and every buffer for the largest shapes."""
        self._context = self.engine.create_execution_context()
        if self._context is None:
            raise BackendError(f"{self.trt.__name__} has no memory for an execution context")
        if not self._context.set_optimization_profile_async(self.index, self.stream.handle):
            raise BackendError(f"{self.trt.__name__} refuses the optimisation profile {self.index}")
        self.stream.synchronize()
        for name, (_, high) in self._limits.items():
            self._set_shape(name, high)
        for name, tensor in self.tensors.items():
            shape = tuple(self._context.get_tensor_shape(name))
            nbytes = int(np.prod(shape)) * tensor.dtype.itemsize
            self._on_device[name] = self.device.allocate(nbytes)
            self._on_host[name] = self.device.allocate_host(nbytes)

    def _prepare(self, signature: tuple, inputs: Mapping[str, Array]) -> Prepared:
        """Tell the context the shapes and addresses of a batch, and remember what comes out."""
        self._bind(inputs)
        shapes = {
            name: tuple(self._context.get_tensor_shape(name))
            for name, tensor in self.tensors.items()
            if not tensor.is_input
        }
        self._prepared[signature] = Prepared(shapes)
        if len(self._prepared) > KEPT_SHAPES:
            _, oldest = self._prepared.popitem(last=False)
            if oldest.graph:
                oldest.graph.free()
        return self._prepared[signature]

    def _bind(self, inputs: Mapping[str, Array]) -> None:
        for name, value in inputs.items():
            self._set_shape(name, tuple(value.shape))
        for name in self.tensors:
            address = getattr(inputs.get(name), "address", None) or self._on_device[name].address
            if not self._context.set_tensor_address(name, address):
                raise BackendError(f"{self.trt.__name__} refuses the address of {name}")

    def _set_shape(self, name: str, shape: tuple[int, ...]) -> None:
        if not self._context.set_input_shape(name, self.trt.Dims(shape)):
            raise BackendError(f"{self.trt.__name__} refuses {name} of shape {shape}")

    def _launch(self, inputs, prepared: Prepared, outputs: tuple[str, ...], stream: Stream) -> None:
        """Run a known shape: by its graph, which its second run records, or step by step."""
        if prepared.graph is None and self.device.has_graphs and not prepared.capture_failed:
            self._bind(inputs)
            try:
                prepared.graph = stream.capture(lambda: self._queue(inputs, prepared, outputs, stream))
            except BackendError as error:
                prepared.capture_failed = True
                log.info("no CUDA graph for %s: %s", self.describe(), error)
        if prepared.graph is not None:
            prepared.graph.launch(stream)
            return
        self._bind(inputs)
        self._queue(inputs, prepared, outputs, stream)

    def _queue(self, inputs, prepared: Prepared, outputs: tuple[str, ...], stream: Stream) -> None:
        """Queue the copies in, the engine, and the copies out."""
        for name, value in inputs.items():
            if not isinstance(value, DeviceArray):
                stream.copy_to_device(self._on_device[name], self._on_host[name], value.nbytes)
        if not self._context.execute_async_v3(stream.handle):
            raise BackendError(f"{self.trt.__name__} failed to run the engine")
        for name in outputs:
            nbytes = int(np.prod(prepared.output_shapes[name])) * self.tensors[name].dtype.itemsize
            stream.copy_to_host(self._on_host[name], self._on_device[name], nbytes)

    def close(self) -> None:
        """Free what it holds."""
        for prepared in self._prepared.values():
            if prepared.graph:
                prepared.graph.free()
        for buffer in (*self._on_device.values(), *self._on_host.values()):
            buffer.free()
        self._prepared.clear()
        self._on_device, self._on_host, self._context = {}, {}, None
