"""OpenVINO on the CPU: the faster of the two CPU backends.

A network is compiled for a batch of exactly one (8 % faster on the landmark network, and what a single
tracked face needs) on all cores, and for more: small items as batches of any size; large ones one or two per
core at a time, which takes a quarter less than a batch of them on all cores. A pair meets the weights while
they are in its core's cache: a tenth less CPU time per landmark crop than one by one.

OpenVINO prepares a network anew for each size of batch that it has not met, which takes 3 to 10 ms: longer
than the batch itself, and in the middle of live streams. So batches are filled up to one of few sizes, and
`warm_up` meets them all. Pictures of free sizes are run one by one, which is no slower than together.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from engines.errors import BackendError

# Its package reports each import to its maker, unless the module that does so is not to be had.
sys.modules.setdefault("openvino_telemetry", None)
try:
    import openvino
except ImportError as error:
    openvino = None
    _IMPORT_ERROR = str(error)

# Bytes of one item above which items go to a core each, instead of into one batch: a landmark crop has
# 196,608, a crop of the detector at most 6,912.
LARGE_ITEM = 65_536
MAX_STREAMS = 8  # each holds the network's working memory
RESIZES = True  # a network is compiled for further sizes of its pictures (`item_sizes`)
HINTS = {"fp32": "f32", "bf16": "bf16"}
# What batches of small items are filled up to: four sizes to a doubling, so that at most a fifth of a batch
# is filling. More items than the largest are run in several batches.
BATCH_SIZES = (1, 2, 3, *(step << octave for octave in range(6) for step in (4, 5, 6, 7)), 256)


def why_not() -> str | None:
    """Return why this backend cannot run here; None when it can."""
    return None if openvino else f"openvino is not installed ({_IMPORT_ERROR})"


@cache
def _core():
    return openvino.Core()


@cache
def supports_bf16() -> bool:
    """Tell whether this CPU computes in bf16 (AVX-512 BF16, AMX, or Arm's)."""
    return "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def usable_cores() -> int:
    """Count the cores that this process may use; OpenVINO itself would take the whole machine's."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class OpenVinoSession:
    """One network in OpenVINO."""

    def __init__(
        self, path: Path, threads: int, precision: str = "fp32", unused: Sequence[str] = (),
        item_sizes: Sequence[int] = (),
    ) -> None:  # fmt: skip
        self._cores = threads or usable_cores()
        self._properties = {
            "INFERENCE_PRECISION_HINT": HINTS[precision],
            "INFERENCE_NUM_THREADS": self._cores,
            # Other work shares the machine: a thread bound to a busy core would wait for it.
            "ENABLE_CPU_PINNING": False,
        }
        try:
            model = _core().read_model(str(path))
            for port in [port for port in model.outputs if port.any_name in unused]:
                model.remove_result(port.node)
            shapes = _item_shapes(model)
            large = len(shapes) == 1 and np.prod(next(iter(shapes.values()))) > LARGE_ITEM
            self._any = None if large else self._requests(model, 1)[0]
            self._fills = bool(shapes) and not large
            self._one, self._lanes = None, {}
            if large:
                ((name, shape),) = shapes.items()
                for size in dict.fromkeys((shape[0], *item_sizes)):
                    self._lanes[size] = self._open_lanes(model, name, [size, size, *shape[2:]])
            elif shapes:
                model.reshape({name: [1, *rest] for name, rest in shapes.items()})
                self._one = self._requests(model, 1)[0]
        except RuntimeError as error:
            raise BackendError(f"openvino refused {path.name}: {error}") from error

    def _requests(self, model, streams: int) -> list:
        """Compile a network for so many items at a time, and open a request for each."""
        properties = {**self._properties, "NUM_STREAMS": streams}
        compiled = _core().compile_model(model, "CPU", properties)
        return [compiled.create_infer_request() for _ in range(streams)]

    def _open_lanes(self, model, name: str, shape: Sequence[int]) -> Lanes:
        """Compile a network for large items of one shape."""
        model.reshape({name: [1, *shape]})
        one, each = self._requests(model, 1)[0], self._requests(model, min(self._cores, MAX_STREAMS))
        model.reshape({name: [2, *shape]})
        return Lanes(one, each, self._requests(model, len(each)))

    def run(self, inputs: Mapping[str, np.ndarray], outputs: Sequence[str]) -> list[np.ndarray]:
        items = next(iter(inputs.values()))
        if self._lanes:
            return self._lanes_of(items).run(inputs, outputs)
        count = len(items)
        if count == 1 and self._one:
            return _infer(self._one, inputs, outputs, count)
        parts, most = [], BATCH_SIZES[-1] if self._fills else 1
        for start in range(0, count, most):
            part = {name: items[start : start + most] for name, items in inputs.items()}
            length = min(count - start, most)
            parts.append(_infer(self._any, fill_up(part, length), outputs, length))
        return parts[0] if len(parts) == 1 else [np.concatenate(part) for part in zip(*parts, strict=True)]

    def _lanes_of(self, items: np.ndarray) -> Lanes:
        lanes = self._lanes.get(items.shape[1])
        if lanes is None:
            sizes = " or ".join(map(str, self._lanes))
            raise BackendError(f"expected items of {sizes} pixels a side, got {items.shape[1:]}")
        return lanes

    def warm_up(self) -> None:
        """Meet every size of batch, so that none has to be prepared while somebody waits."""
        if self._fills:
            for size in BATCH_SIZES[1:]:  # a single item has a network of its own
                self.run(_blanks(self._any, size), _outputs(self._any))
        for lanes in self._lanes.values():
            lanes.warm_up()

    def close(self) -> None:
        self._any = self._one = None
        self._lanes = {}


class Lanes:
    """A network for large items of one shape: each core runs a pair or an item, or all of them one."""

    def __init__(self, one, each: list, pairs: list) -> None:
        """Take a request that uses all cores, one per core for an item, and one per core for a pair."""
        self.one, self.each, self.pairs = one, each, pairs

    def run(self, inputs: Mapping[str, np.ndarray], outputs: Sequence[str]) -> list[np.ndarray]:
        """Run a batch, each core a pair or an item at a time; what is left over on all cores together."""
        ((name, items),) = inputs.items()
        if len(items) == 1:
            return _infer(self.one, inputs, outputs, 1)
        results: list[list[np.ndarray]] = []
        running: list = []
        lanes = len(self.each)
        parts, end = share_out(len(items), lanes)
        for turn, part in enumerate(parts):
            if turn >= lanes:
                results.append(_wait_for(running[turn - lanes], outputs))
            requests = self.pairs if part.stop - part.start == 2 else self.each
            running.append(requests[turn % lanes])
            running[turn].start_async({name: items[part]}, share_inputs=True)
        results += [_wait_for(request, outputs) for request in running[-lanes:]]
        results += [
            _infer(self.one, {name: items[row : row + 1]}, outputs, 1) for row in range(end, len(items))
        ]
        return [np.concatenate(found) for found in zip(*results, strict=True)]

    def warm_up(self) -> None:
        """Run a pair on each core, then one item on each."""
        self.run(_blanks(self.one, 3 * len(self.each)), _outputs(self.one))


def share_out(count: int, lanes: int) -> tuple[list[slice], int]:
    """Split a batch: rounds of a pair for each of the lanes, then of one item.

    What would leave half of the lanes or more without work is left over: all cores do it together.
    Returns: the parts, lane by lane, and where the rest begins.
    """
    paired = count - count % (2 * lanes)
    rest = (count - paired) % lanes
    end = count - rest if 2 * rest <= lanes else count
    parts = [slice(row, row + 2) for row in range(0, paired, 2)]
    return parts + [slice(row, row + 1) for row in range(paired, end)], end


def _wait_for(request, outputs: Sequence[str]) -> list[np.ndarray]:
    request.wait()
    return [request.get_tensor(output).data.copy() for output in outputs]


def _infer(request, inputs: Mapping[str, np.ndarray], outputs: Sequence[str], count: int) -> list[np.ndarray]:
    """Run one batch. Returns: the outputs of its first `count` items."""
    request.infer(dict(inputs), share_inputs=True, share_outputs=True)
    # Copies: the request's own buffers are overwritten by the next call.
    return [request.get_tensor(name).data[:count].copy() for name in outputs]


def fill_up(inputs: Mapping[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    """Lengthen a batch to the next of BATCH_SIZES with empty items. Shapes: (N, …) -> (size, …)."""
    size = next(size for size in BATCH_SIZES if size >= count)
    if size == count:
        return dict(inputs)
    filled = {}
    for name, items in inputs.items():
        filled[name] = np.zeros((size, *items.shape[1:]), items.dtype)
        filled[name][:count] = items
    return filled


def _outputs(request) -> list[str]:
    """Name what a request gives."""
    return [port.any_name for port in request.model_outputs]


def _blanks(request, count: int) -> dict[str, np.ndarray]:
    """Make a batch of zeros for a request."""
    return {
        port.any_name: np.zeros(
            [count, *(length.get_length() for length in list(port.partial_shape)[1:])],
            port.get_element_type().to_dtype(),
        )
        for port in request.model_inputs
    }


def _item_shapes(model) -> dict[str, list[int]]:
    """Shape of one item of each input, without the batch; empty if one of them may vary."""
    shapes = {port.any_name: list(port.partial_shape)[1:] for port in model.inputs}
    if any(size.is_dynamic for shape in shapes.values() for size in shape):
        return {}
    return {name: [size.get_length() for size in shape] for name, shape in shapes.items()}


def open_session(
    path: Path, threads: int, precision: str | None = None, *, unused: Sequence[str] = (),
    item_sizes: Sequence[int] = (),
) -> OpenVinoSession:  # fmt: skip
    """Load an ONNX file without what only `unused` outputs need; `precision` is fp32 or bf16.

    `item_sizes` are sides in pixels that square pictures may have besides the file's own.
    Raises: BackendError if OpenVINO refuses it.
    """
    return OpenVinoSession(path, threads, precision or "fp32", unused, item_sizes)
