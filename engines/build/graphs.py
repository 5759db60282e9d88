"""Prepare a committed ONNX graph for TensorRT's parser; in ONNX Runtime it computes the same as before."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import onnx
import onnxruntime
from onnx import ModelProto, NodeProto, TensorProto

from engines.errors import BackendError


def load_graph(path: Path) -> ModelProto:
    """Read an ONNX file, fold its constants, and let its pictures become floats first of all.

    Raises: BackendError if the file is no network.
    """
    return floats_first(fold_constants(path))


def fold_constants(path: Path) -> ModelProto:
    """Compute once what no input changes: the casts of half-precision weights, the sizes of fixed axes.

    The result is plain ONNX: ONNX Runtime's basic level adds no operator of its own.
    Raises: BackendError if the file is no network.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    with tempfile.TemporaryDirectory(prefix="facecast-") as folder:
        options.optimized_model_filepath = str(Path(folder) / "folded.onnx")
        try:
            onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime raises a dozen unrelated classes
            raise BackendError(f"{path.name}: expected an ONNX network: {error}") from error
        model = onnx.load(options.optimized_model_filepath)
    # ONNX Runtime lists every domain it knows; TensorRT's parser wants those that are used.
    used = {node.domain for node in model.graph.node}
    kept = [opset for opset in model.opset_import if opset.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    return model


def floats_first(model: ModelProto) -> ModelProto:
    """Swap `uint8 -> Transpose -> Cast` to `uint8 -> Cast -> Transpose`: TensorRT only casts uint8."""
    nodes = model.graph.node
    pictures = {i.name for i in model.graph.input if i.type.tensor_type.elem_type == TensorProto.UINT8}
    for transpose in [node for node in nodes if node.op_type == "Transpose" and node.input[0] in pictures]:
        readers = [node for node in nodes if transpose.output[0] in node.input]
        if len(readers) != 1 or readers[0].op_type != "Cast":
            raise BackendError(f"expected a picture to be cast after {transpose.name or 'its transpose'}")
        cast, between = readers[0], transpose.output[0]
        cast.input[0], cast.output[0], result = transpose.input[0], between, cast.output[0]
        transpose.input[0], transpose.output[0] = between, result
    sort_nodes(model)
    return model


def sort_nodes(model: ModelProto) -> None:
    """Put every node behind those it reads from, as ONNX demands."""
    known = {""} | {t.name for t in model.graph.initializer} | {i.name for i in model.graph.input}
    waiting, ordered = list(model.graph.node), []
    while waiting:
        ready = []
        later = []
        for node in waiting:
            if known.issuperset(node.input):
                known.update(node.output)
                ready.append(_copied(node))
            else:
                later.append(node)
        if not ready:
            raise BackendError(f"expected a graph without circles, got one at {later[0].op_type}")
        ordered += ready
        waiting = later
    del model.graph.node[:]
    model.graph.node.extend(ordered)


def _copied(node: NodeProto) -> NodeProto:
    copy = NodeProto()
    copy.CopyFrom(node)
    return copy


def tensor_types(model: ModelProto) -> dict[str, int]:
    """Tell the element type of every tensor by name."""
    graph = onnx.shape_inference.infer_shapes(model).graph
    values: Iterable = [*graph.input, *graph.value_info, *graph.output]
    types = {value.name: value.type.tensor_type.elem_type for value in values}
    return types | {tensor.name: tensor.data_type for tensor in graph.initializer}
