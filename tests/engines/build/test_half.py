"""fp16 where it pays: what is halved, what stays fp32, and how little it changes."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from engines.build.graphs import load_graph, tensor_types
from engines.build.half import inner_nodes, to_half
from engines.models import model_path
from tests.engines.build.run_onnx import example_inputs, run_graph


def test_only_what_lies_between_products_is_halved(small_file):
    half = to_half(load_graph(small_file))
    onnx.checker.check_model(half, full_check=True)
    types = tensor_types(half)
    kinds = {node.op_type: types[node.output[0]] for node in half.graph.node if node.op_type != "Cast"}
    assert kinds == {"Transpose": TensorProto.FLOAT, "Div": TensorProto.FLOAT, "Conv": TensorProto.FLOAT16,
                     "Relu": TensorProto.FLOAT16, "Softmax": TensorProto.FLOAT}  # fmt: skip
    for value in half.graph.output:
        assert value.type.tensor_type.elem_type == TensorProto.FLOAT, value.name


def test_each_cast_and_each_weight_is_there_once(small_file):
    half = to_half(load_graph(small_file))
    made = [name for node in half.graph.node for name in node.output]
    assert len(made) == len(set(made))
    weights = {tensor.name: tensor.data_type for tensor in half.graph.initializer}
    assert "weight" not in weights and weights["weight.half"] == TensorProto.FLOAT16


def test_nothing_behind_a_softmax_is_halved():
    model = load_graph(model_path("landmarks_lite"))
    nodes = list(model.graph.node)
    inner = inner_nodes(nodes)
    behind = {name for node in nodes if node.op_type == "Softmax" for name in node.output}
    for node in nodes:  # in the order of computation
        if behind & set(node.input):
            behind |= set(node.output)
    assert {nodes[i].op_type for i in inner} >= {"Conv", "Relu", "Add", "Resize", "Concat"}
    assert len(behind) > 10 and not any(behind & set(nodes[i].output) for i in inner)


@pytest.mark.parametrize(
    ("name", "output", "limit"),
    [("pnet", "score", 0.01), ("rnet", "offsets", 0.01), ("onet", "points", 0.01),
     ("landmarks_lite", "confidence", 0.01)],
)  # fmt: skip
def test_the_committed_networks_hardly_change(name, output, limit):
    path = model_path(name)
    half = to_half(load_graph(path)).SerializeToString()
    inputs = example_inputs(str(path))
    difference = np.abs(run_graph(str(path), inputs)[output] - run_graph(half, inputs)[output])
    assert 0 < difference.max() < limit


def test_weights_beyond_half_are_held_at_its_end(small_file):
    model = load_graph(small_file)
    (weight,) = [tensor for tensor in model.graph.initializer if tensor.name == "weight"]
    values = onnx.numpy_helper.to_array(weight).copy()
    values[0, 0, 0, 0] = 1e6
    weight.CopyFrom(onnx.numpy_helper.from_array(values, "weight"))
    half = to_half(model)
    (halved,) = [tensor for tensor in half.graph.initializer if tensor.name == "weight.half"]
    assert onnx.numpy_helper.to_array(halved)[0, 0, 0, 0] == np.float16(65504)
