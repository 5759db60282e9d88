"""Half precision where it pays: between the first and the last matrix product of a network.

Before them a picture is normalised, after them scores and points are decoded: cheap work whose rounding
would show. So inputs, decoding and outputs stay fp32, and nothing behind a softmax is halved.
`onnxruntime.transformers.float16` (1.31.1) was tried first: on O-Net it gives two casts one name.
"""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from engines.build.graphs import sort_nodes, tensor_types

PRODUCTS = {"Conv", "ConvTranspose", "Gemm", "MatMul"}
# Inputs that ONNX wants in fp32 whatever the data's type: operator -> positions.
ALWAYS_SINGLE = {"Resize": {1, 2}}
QUANTISERS = {"QuantizeLinear", "DequantizeLinear"}
LARGEST_HALF = 65504.0


def to_half(model: ModelProto) -> ModelProto:
    """Return a copy whose inner part computes in fp16, with casts at its edges."""
    half = ModelProto()
    half.CopyFrom(model)
    nodes = list(half.graph.node)
    inner = inner_nodes(nodes)
    types = tensor_types(model)
    weights = {tensor.name: tensor for tensor in half.graph.initializer}
    halved = {
        name for index in inner for name in nodes[index].output if types.get(name) == TensorProto.FLOAT
    }
    edges = _Edges(half, weights)
    for index, node in enumerate(nodes):
        exempt = ALWAYS_SINGLE.get(node.op_type, set())
        for position, name in enumerate(node.input):
            if types.get(name) != TensorProto.FLOAT:
                continue
            if index in inner and position not in exempt:
                if name not in halved:
                    node.input[position] = edges.half_of(name)
            elif name in halved:
                node.input[position] = edges.single_of(name)
    for output in half.graph.output:
        if output.name in halved:
            edges.keep_output(output.name)
    edges.finish()
    return half


def inner_nodes(nodes: list[NodeProto]) -> set[int]:
    """Choose the nodes between the first and the last matrix product that no softmax precedes."""
    maker = {name: index for index, node in enumerate(nodes) for name in node.output}
    after, behind_softmax = [False] * len(nodes), [False] * len(nodes)
    for index, node in enumerate(nodes):  # in the order of computation
        makers = [maker[name] for name in node.input if name in maker]
        after[index] = node.op_type in PRODUCTS or any(after[i] for i in makers)
        behind_softmax[index] = node.op_type == "Softmax" or any(behind_softmax[i] for i in makers)
    before = [node.op_type in PRODUCTS for node in nodes]
    for index in reversed(range(len(nodes))):
        for name in nodes[index].input:
            if before[index] and name in maker:
                before[maker[name]] = True
    inner = {
        i for i, node in enumerate(nodes)
        if after[i] and before[i] and not behind_softmax[i] and node.op_type != "Cast"
    }  # fmt: skip
    # A Q/DQ pair belongs to the product that reads it: a cast between them would keep it from int8.
    for index in reversed(range(len(nodes))):
        if index in inner:
            makers = [maker[name] for name in nodes[index].input if name in maker]
            inner.update(i for i in makers if nodes[i].op_type in QUANTISERS)
    return inner


class _Edges:
    """Adds each cast and each halved weight once."""

    def __init__(self, model: ModelProto, weights: dict[str, TensorProto]) -> None:
        self._model, self._weights = model, weights
        self._added: dict[str, str] = {}
        self._casts: list[NodeProto] = []

    def half_of(self, name: str) -> str:
        """Name the fp16 of a weight or of a tensor that is computed in fp32."""
        new = f"{name}.half"
        if new not in self._added:
            if name in self._weights:
                values = numpy_helper.to_array(self._weights[name])
                values = np.clip(values, -LARGEST_HALF, LARGEST_HALF).astype(np.float16)
                self._model.graph.initializer.append(numpy_helper.from_array(values, new))
            else:
                self._cast(name, new, TensorProto.FLOAT16)
            self._added[new] = name
        return new

    def single_of(self, name: str) -> str:
        """Name the fp32 of a tensor that is computed in fp16."""
        new = f"{name}.single"
        if new not in self._added:
            self._cast(name, new, TensorProto.FLOAT)
            self._added[new] = name
        return new

    def keep_output(self, name: str) -> None:
        """Let a graph output that is now computed in fp16 stay fp32 under its name."""
        inside = f"{name}.inside"
        for node in [*self._model.graph.node, *self._casts]:
            for names in (node.input, node.output):
                for position, known in enumerate(names):
                    if known == name:
                        names[position] = inside
        self._cast(inside, name, TensorProto.FLOAT)

    def _cast(self, source: str, target: str, kind: int) -> None:
        self._casts.append(helper.make_node("Cast", [source], [target], name=f"cast {target}", to=kind))

    def finish(self) -> None:
        """Put the casts in, in order, and drop weights and notes that nobody reads any more."""
        graph = self._model.graph
        graph.node.extend(self._casts)
        read = {name for node in graph.node for name in node.input}
        kept = [tensor for tensor in graph.initializer if tensor.name in read]
        del graph.initializer[:]
        graph.initializer.extend(kept)
        del graph.value_info[:]
        sort_nodes(self._model)
