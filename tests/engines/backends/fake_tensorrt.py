"""A fake of TensorRT's runtime on the fake device, to test buffers, shapes and graphs. It is no engine.

Its engine doubles: output `twice` (batch, width) float32 = 2 * input `x` (batch, width) uint8, and `total`
(batch,) is the sum of each row. Like TensorRT it refuses addresses that are not aligned, and it cannot be
recorded before it ran once in the shape that was set.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

DataType = SimpleNamespace(
    FLOAT="float", HALF="half", INT8="int8", INT32="int32", INT64="int64", UINT8="uint8", BOOL="bool"
)
TensorIOMode = SimpleNamespace(INPUT="input", OUTPUT="output")
trt = SimpleNamespace(__name__="fake_tensorrt", DataType=DataType, TensorIOMode=TensorIOMode, Dims=tuple)
# TensorRT-RTX can record graphs by itself.
rtx = SimpleNamespace(**vars(trt), CudaGraphStrategy=SimpleNamespace(WHOLE_GRAPH_CAPTURE="whole"))
KINDS = {"x": ("input", "uint8"), "twice": ("output", "float"), "total": ("output", "float")}


class FakeEngine:
    def __init__(self, device, profiles=(((1, 2), (2, 4), (4, 8)),)):
        self.device, self.profiles, self.contexts = device, profiles, []
        self.num_io_tensors, self.num_optimization_profiles = len(KINDS), len(profiles)
        self.no_memory = self.no_capture = self.fails = False

    def get_tensor_name(self, index):
        return list(KINDS)[index]

    def get_tensor_mode(self, name):
        return KINDS[name][0]

    def get_tensor_dtype(self, name):
        return KINDS[name][1]

    def get_tensor_profile_shape(self, name, index):
        assert name == "x"
        return self.profiles[index]

    def create_runtime_config(self):
        return SimpleNamespace(cuda_graph_strategy="off")

    def create_execution_context(self, config=None):
        if self.no_memory:
            return None
        self.contexts.append(FakeContext(self, config))
        return self.contexts[-1]


class FakeContext:
    def __init__(self, engine, config):
        self.engine, self.config = engine, config
        self.profile, self.shape, self.addresses = None, None, {}
        self.runs, self.is_set_up = 0, False

    def set_optimization_profile_async(self, index, handle):
        self.profile = index
        return True

    def set_input_shape(self, name, shape):
        low, _, high = self.engine.profiles[self.profile]
        if not all(a <= size <= b for a, size, b in zip(low, shape, high, strict=True)):
            return False
        self.is_set_up = self.is_set_up and self.shape == tuple(shape)
        self.shape = tuple(shape)
        return True

    def get_tensor_shape(self, name):
        return self.shape[:1] if name == "total" else self.shape

    def set_tensor_address(self, name, address):
        self.addresses[name] = address
        return address != 0 and address % 256 == 0

    def execute_async_v3(self, handle):
        if self.engine.fails:
            return False
        (stream,) = [s for s in self.engine.device.streams if s.handle == handle]
        if stream._recording is not None and (self.engine.no_capture or not self.is_set_up):
            return False
        self.is_set_up = True
        shape, places, memory = self.shape, dict(self.addresses), self.engine.device.memory_at
        self.runs += 1

        def work():
            count = int(np.prod(shape))
            x = memory(places["x"], count).reshape(shape).astype(np.float32)
            memory(places["twice"], 4 * count).view(np.float32)[:] = (2 * x).ravel()
            memory(places["total"], 4 * shape[0]).view(np.float32)[:] = x.sum(1)

        stream.queue("engine", work, shape=shape)
        return True


def numbers(batch: int, width: int = 4, seed: int = 0) -> np.ndarray:
    """Draw an input of the fake engine. Shapes: -> (batch, width) uint8."""
    return np.random.default_rng(seed).integers(0, 100, (batch, width), dtype=np.uint8)


def check(session, x: np.ndarray) -> None:
    """Run a batch and compare both outputs with what the fake engine computes."""
    total, twice = session.run({"x": x}, ["total", "twice"])
    assert np.array_equal(twice, 2.0 * x) and np.array_equal(total, x.sum(1))


def kinds(device) -> list[str]:
    """List what was queued on the fake device, in order."""
    return [what for what, _ in device.queued]
