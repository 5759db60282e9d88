"""The real TensorRT-RTX builder (it needs no GPU), an empty cache, and a graph small enough to build."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engines.build.cache import CACHE_VARIABLE, Key, PlanCache
from engines.build.flavours import FLAVOURS


@pytest.fixture(scope="session")
def rtx():
    """TensorRT-RTX, as pip installed it for the tests."""
    flavour = FLAVOURS["tensorrt_rtx"]
    assert flavour.why_no_build() is None
    return flavour


@pytest.fixture
def cache(tmp_path: Path, monkeypatch) -> PlanCache:
    """A cache of its own, which the environment names too."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "engines"))
    return PlanCache()


@pytest.fixture
def key() -> Key:
    """Some engine's description."""
    return Key("onet", "a" * 64, "tensorrt_rtx", "1.7", "any", "fp16", [{"maximum": [8]}])


def small_graph() -> onnx.ModelProto:
    """A picture through a transpose, a cast, a convolution, a relu and a softmax, like the real ones."""
    rng = np.random.default_rng(0)
    weight = rng.normal(0, 0.1, (4, 3, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Transpose", ["image"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["planes"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["floats", "scale"], ["normal"]),
        helper.make_node("Conv", ["normal", "weight"], ["drawn"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["drawn"], ["kept"]),
        helper.make_node("Conv", ["kept", "weight4"], ["maps"], pads=[1, 1, 1, 1]),
        helper.make_node("Softmax", ["maps"], ["shares"], axis=1),
    ]
    weights = {"scale": np.float32(255), "weight": weight,
               "weight4": rng.normal(0, 0.1, (2, 4, 3, 3)).astype(np.float32)}  # fmt: skip
    graph = helper.make_graph(
        nodes, "small",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["batch", 8, 8, 3])],
        [helper.make_tensor_value_info("maps", TensorProto.FLOAT, ["batch", 2, 8, 8]),
         helper.make_tensor_value_info("shares", TensorProto.FLOAT, ["batch", 2, 8, 8])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )  # fmt: skip
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    """The small graph as a file."""
    path = tmp_path / "small.onnx"
    onnx.save(small_graph(), path)
    return path
