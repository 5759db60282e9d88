"""Graphs prepared for TensorRT compute what the committed files compute."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from engines.build import graphs
from engines.build.cli import known_networks
from engines.errors import BackendError
from engines.models import model_path
from tests.engines.build.run_onnx import example_inputs, run_graph

NETWORKS = known_networks()


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "landmarks_full"])
def test_a_prepared_network_computes_the_same(name):
    path = model_path(name)
    model = graphs.load_graph(path)
    onnx.checker.check_model(model)
    inputs = example_inputs(str(path))
    wanted, got = run_graph(str(path), inputs), run_graph(model.SerializeToString(), inputs)
    assert wanted.keys() == got.keys()
    for output in wanted:
        assert np.allclose(wanted[output], got[output], rtol=1e-3, atol=1e-3), output


def test_constants_are_folded_and_only_used_domains_stay(small_file):
    model = graphs.load_graph(model_path("landmarks_lite"))
    assert [opset.domain for opset in model.opset_import] == [""]
    weights = {tensor.name for tensor in model.graph.initializer}
    cast = [node for node in model.graph.node if node.op_type == "Cast" and node.input[0] in weights]
    assert not cast, "half-precision weights were cast once, when the graph was prepared"


def test_a_picture_is_cast_before_it_is_turned(small_file):
    before = onnx.load(small_file)
    assert [node.op_type for node in before.graph.node[:2]] == ["Transpose", "Cast"]
    after = graphs.floats_first(before)
    assert [node.op_type for node in after.graph.node[:2]] == ["Cast", "Transpose"]
    inputs = example_inputs(str(small_file))
    wanted, got = run_graph(str(small_file), inputs), run_graph(after.SerializeToString(), inputs)
    assert np.array_equal(wanted["shares"], got["shares"])


def test_garbage_is_refused_by_name(tmp_path):
    (tmp_path / "bad.onnx").write_bytes(b"not a network")
    with pytest.raises(BackendError, match=r"bad\.onnx: expected an ONNX network"):
        graphs.load_graph(tmp_path / "bad.onnx")


def test_a_picture_that_is_not_cast_is_told(small_file):
    model = onnx.load(small_file)
    model.graph.node[1].op_type = "Identity"
    with pytest.raises(BackendError, match="expected a picture to be cast"):
        graphs.floats_first(model)


def test_nodes_are_sorted_and_circles_found(small_file):
    model = onnx.load(small_file)
    model.graph.node.reverse()
    graphs.sort_nodes(model)
    onnx.checker.check_model(model)
    model.graph.node.append(helper.make_node("Add", ["circle", "maps"], ["circle"]))
    with pytest.raises(BackendError, match="without circles, got one at Add"):
        graphs.sort_nodes(model)


def test_types_are_told_by_name(small_file):
    types = graphs.tensor_types(onnx.load(small_file))
    assert types["image"] == TensorProto.UINT8 and types["kept"] == types["weight"] == TensorProto.FLOAT
