"""int8 as TensorRT wants it: symmetric, no quantised bias, heat maps untouched, scales in fp16."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from engines.build import quantised
from engines.build.graphs import load_graph, tensor_types
from engines.errors import BackendError
from tests.engines.build.run_onnx import example_inputs, run_graph


@pytest.fixture
def batches(small_file):
    return [example_inputs(str(small_file), batch) for batch in (1, 3)]


def test_only_inputs_of_inner_convolutions_are_quantised(small_file, batches):
    model = quantised.to_int8(load_graph(small_file), batches)
    onnx.checker.check_model(model, full_check=True)
    makers = {node.output[0]: node for node in model.graph.node}
    first, last = [node for node in model.graph.node if node.op_type == "Conv"]
    assert all(makers[name].op_type == "DequantizeLinear" for name in first.input[:2])
    assert all(makers.get(name) is None or makers[name].op_type == "Relu" for name in last.input)
    types = tensor_types(model)
    for node in model.graph.node:
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            assert types[node.input[1]] == TensorProto.FLOAT16, "the scale"
    assert TensorProto.INT32 not in [tensor.data_type for tensor in model.graph.initializer]


def test_zero_points_are_zero(small_file, batches):
    model = quantised.quantise(load_graph(small_file), batches)
    points = [onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer
              if tensor.name.endswith("zero_point")]  # fmt: skip
    assert points and all((point == 0).all() and point.dtype == np.int8 for point in points)


def test_the_result_is_near(small_file, batches):
    model = quantised.to_int8(load_graph(small_file), batches).SerializeToString()
    wanted, got = run_graph(str(small_file), batches[1])["shares"], run_graph(model, batches[1])["shares"]
    assert 0 < np.abs(wanted - got).max() < 0.05


def test_without_faces_there_is_nothing_to_calibrate_on(small_file):
    with pytest.raises(BackendError, match="found no face"):
        quantised.to_int8(load_graph(small_file), [])
