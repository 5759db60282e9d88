"""Run batches through one optimisation profile of an engine: one context, one buffer, a graph per shape."""

from __future__ import annotations

import logging
import math
import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engines.backends.device import Device, DeviceBuffer, Graph, HostBuffer, Stream
from engines.backends.device_array import DeviceArray
from engines.backends.device_memory import ALIGNMENT, lay_out
from engines.errors import BackendError

log = logging.getLogger(__name__)

# Shapes whose graphs are kept: every batch of 1..64, or a video size's pyramid times a few batches.
KEPT_SHAPES = 96
GRAPHS_VARIABLE = "FACECAST_CUDA_GRAPHS"  # "off": every run is queued step by step
Array = np.ndarray | DeviceArray


@dataclass
class Tensor:
    """One input or output of an engine."""

    name: str
    dtype: np.dtype
    is_input: bool


@dataclass
class Batch:
    """What is known about batches of one shape, from one place, with the same outputs wanted.

    `offsets` tells where its tensors lie in the lane's buffers: inputs of the host, those that are moved,
    outputs that are wanted, the others. So all inputs go there in one copy, and the wanted outputs come back
    in one.
    """

    shapes: dict[str, tuple[int, ...]]  # of all tensors
    offsets: dict[str, int]  # of those that lie in the lane's buffers
    moved: list[
        tuple[DeviceArray, int]
    ]  # inputs that TensorRT may not read where they lie, and their offsets
    there: tuple[int, int]  # first byte and number of those that are copied to the device
    back: tuple[int, int]  # the same of those that are copied back
    runs: int = 0
    graph: Graph | None = None
    is_recordable: bool = True


@dataclass
class Lane:
    """One optimisation profile of an engine: its context and buffers, made when first needed.

    All graphs belong to the one context and stay valid while another shape is set there, as in NVIDIA's own
    servers (Triton's tensorrt_backend, `cuda_graph_execs_`); TensorRT's guide would rather have a context for
    each, which costs memory and, with TensorRT-RTX, a compilation. `facecast engines verify` runs every shape
    three times, in turn with others.
    """

    trt: object
    engine: object
    index: int
    device: Device
    stream: Stream
    tensors: Mapping[str, Tensor]
    _context: object = None
    _on_device: DeviceBuffer | None = None
    _on_host: HostBuffer | None = None
    _batches: OrderedDict[tuple, Batch] = field(default_factory=OrderedDict)
    _bound: Batch | None = None  # the batch whose shapes and addresses the context has

    def __post_init__(self) -> None:
        self._limits = {}  # input -> (smallest, largest shape)
        for name, tensor in self.tensors.items():
            if tensor.is_input:
                low, _, high = self.engine.get_tensor_profile_shape(name, self.index)
                self._limits[name] = tuple(low), tuple(high)
        self.largest_batch = min(high[0] for _, high in self._limits.values())
        # TensorRT-RTX records graphs by itself, once the kernels for a shape are compiled; one that was
        # recorded before would keep the slow ones.
        wanted = os.environ.get(GRAPHS_VARIABLE) != "off"
        self._records_itself = wanted and hasattr(self.trt, "CudaGraphStrategy")
        self._records = wanted and self.device.has_graphs and not hasattr(self.trt, "CudaGraphStrategy")

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
        # Work that reads an array of the GPU follows it on its own stream: nothing waits in between.
        stream = next((v.stream for v in inputs.values() if isinstance(v, DeviceArray)), self.stream)
        places = tuple((name, tuple(v.shape), getattr(v, "address", 0)) for name, v in inputs.items())
        batch = self._batch((places, outputs, stream.handle), inputs, outputs)
        for name, value in inputs.items():
            if not isinstance(value, DeviceArray):
                self._show(name, batch)[...] = value
        self._compute(inputs, batch, stream)
        stream.synchronize()
        return [self._show(name, batch).copy() for name in outputs]

    def _show(self, name: str, batch: Batch) -> np.ndarray:
        """Show a tensor's pinned memory."""
        return self._on_host.view(self.tensors[name].dtype, batch.shapes[name], batch.offsets[name])

    def _open(self) -> None:
        """Make the context, and buffers for the largest shapes. Raises: BackendError without memory."""
        context = self._create_context()
        if context is None:
            raise BackendError(f"{self.trt.__name__} has no memory for an execution context")
        if not context.set_optimization_profile_async(self.index, self.stream.handle):
            raise BackendError(f"{self.trt.__name__} refuses the optimisation profile {self.index}")
        self.stream.synchronize()
        shapes = self._shapes(context, {name: high for name, (_, high) in self._limits.items()})
        total = lay_out(self._nbytes(name, shape) for name, shape in shapes.items())[-1]
        on_device = self.device.allocate(total)
        try:
            self._on_host = self.device.allocate_host(total)
        except BackendError:
            on_device.free()
            raise
        self._on_device, self._context = on_device, context

    def _create_context(self):
        if not self._records_itself:
            return self.engine.create_execution_context()
        config = self.engine.create_runtime_config()
        config.cuda_graph_strategy = self.trt.CudaGraphStrategy.WHOLE_GRAPH_CAPTURE
        return self.engine.create_execution_context(config)

    def _shapes(self, context, inputs: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        """Tell a context the shapes of the inputs. Returns: the shapes of all tensors."""
        for name, shape in inputs.items():
            if not context.set_input_shape(name, self.trt.Dims(shape)):
                raise BackendError(f"{self.trt.__name__} refuses {name} of shape {shape}")
        return {name: tuple(context.get_tensor_shape(name)) for name in self.tensors}

    def _nbytes(self, name: str, shape: tuple[int, ...]) -> int:
        return math.prod(shape) * self.tensors[name].dtype.itemsize

    def _batch(self, signature: tuple, inputs: Mapping[str, Array], outputs: tuple[str, ...]) -> Batch:
        """Look up a batch, or lay it out in the buffers and forget the one that was not used for longest."""
        if signature in self._batches:
            self._batches.move_to_end(signature)
            return self._batches[signature]
        self._bound = None
        shapes = self._shapes(self._context, {name: tuple(value.shape) for name, value in inputs.items()})
        from_host = [name for name, value in inputs.items() if not isinstance(value, DeviceArray)]
        moved = {n: v for n, v in inputs.items() if isinstance(v, DeviceArray) and v.address % ALIGNMENT}
        rest = [name for name, t in self.tensors.items() if not t.is_input and name not in outputs]
        names = [*from_host, *moved, *dict.fromkeys(outputs), *rest]
        sizes = {name: self._nbytes(name, shapes[name]) for name in names}
        offsets = dict(zip(names, lay_out(sizes.values()), strict=False))

        def span(some: list[str] | tuple[str, ...]) -> tuple[int, int]:
            start = min((offsets[name] for name in some), default=0)
            return start, max((offsets[name] + sizes[name] for name in some), default=start) - start

        moves = [(value, offsets[name]) for name, value in moved.items()]
        batch = Batch(shapes, offsets, moves, span(from_host), span(outputs))
        self._batches[signature] = batch
        if len(self._batches) > KEPT_SHAPES:
            _, oldest = self._batches.popitem(last=False)
            if oldest.graph:
                oldest.graph.free()
        return batch

    def _compute(self, inputs: Mapping[str, Array], batch: Batch, stream: Stream) -> None:
        """Queue a batch: by its graph, which its second run leaves behind, or step by step."""
        if batch.graph is not None:
            batch.graph.launch(stream)
            return
        if self._bound is not batch:
            self._bind(inputs, batch)
        self._queue(batch, stream)
        self._bound = batch
        batch.runs += 1
        if batch.runs > 1 and batch.is_recordable and self._records:
            # Only behind a run: the first one after a change of shape sets TensorRT up, which no graph holds
            # (IExecutionContext.enqueueV3; Triton's tensorrt_backend does the same).
            self._record(batch, stream)

    def _bind(self, inputs: Mapping[str, Array], batch: Batch) -> None:
        """Tell the context a batch's shapes and addresses."""
        self._bound = None
        self._shapes(self._context, {name: tuple(value.shape) for name, value in inputs.items()})
        for name in self.tensors:
            placed = name in batch.offsets
            address = self._on_device.address + batch.offsets[name] if placed else inputs[name].address
            if not self._context.set_tensor_address(name, address):
                raise BackendError(f"{self.trt.__name__} refuses the address of {name}")

    def _record(self, batch: Batch, stream: Stream) -> None:
        try:
            batch.graph = stream.capture(lambda: self._queue(batch, stream))
        except BackendError as error:
            batch.is_recordable = False
            log.info("no CUDA graph for %s: %s", self.describe(), error)

    def _queue(self, batch: Batch, stream: Stream) -> None:
        """Queue the copy in, the engine, and the copy out."""
        start, nbytes = batch.there
        if nbytes:
            stream.copy_to_device(self._on_device, self._on_host, nbytes, start, start)
        for array, offset in batch.moved:
            stream.copy_on_device(self._on_device, array.address, array.nbytes, offset)
        if not self._context.execute_async_v3(stream.handle):
            self._bound = None
            raise BackendError(f"{self.trt.__name__} failed to run the engine")
        start, nbytes = batch.back
        if nbytes:
            stream.copy_to_host(self._on_host, self._on_device, nbytes, start, start)

    def close(self) -> None:
        """Free what it holds."""
        for batch in self._batches.values():
            if batch.graph:
                batch.graph.free()
        self._batches.clear()
        self._bound = self._context = None
        for buffer in (self._on_device, self._on_host):
            if buffer is not None:
                buffer.free()
        self._on_device = self._on_host = None
