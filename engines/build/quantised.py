"""INT8 with explicit Q/DQ nodes as TensorRT wants them, calibrated on the pipeline's own crops.

What differs from ONNX Runtime's default: activations are symmetric int8, a bias stays float (TensorRT
refuses an int32 DequantizeLinear), and only the inputs of convolutions are quantised, so that TensorRT
fuses each convolution with the relu or sum behind it. The last products of the network stay as they are:
they draw the heat maps and scores. All else becomes fp16, scales included.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from engines.build.half import PRODUCTS, to_half
from engines.errors import BackendError

SCALE_OPSET = 21  # from 19 on a scale may be fp16; 21 is what TensorRT 10 and later read
OPTIONS = {
    "ActivationSymmetric": True,
    "WeightSymmetric": True,
    "QuantizeBias": False,
    "OpTypesToExcludeOutputQuantization": ["Conv"],
}


class _Batches(CalibrationDataReader):
    """Hands recorded inputs to ONNX Runtime's calibration, one batch at a time."""

    def __init__(self, batches: Iterable[Mapping[str, np.ndarray]]) -> None:
        self._batches = iter(batches)

    def get_next(self) -> Mapping[str, np.ndarray] | None:
        return next(self._batches, None)


def to_int8(model: ModelProto, batches: Iterable[Mapping[str, np.ndarray]]) -> ModelProto:
    """Return a copy whose convolutions compute in int8 and the rest of whose inner part is fp16.

    `batches` are inputs by name, as the pipeline gives them.
    Raises: BackendError if there is nothing to calibrate on.
    """
    return to_half(upgrade(quantise(model, batches)))


def quantise(model: ModelProto, batches: Iterable[Mapping[str, np.ndarray]]) -> ModelProto:
    """Return a copy with Q/DQ nodes around fp32 convolutions. Raises: BackendError without batches."""
    batches = list(batches)
    if not batches:
        raise BackendError("expected pictures of faces to calibrate int8 on, found no face")
    named = ModelProto()
    named.CopyFrom(model)
    for index, node in enumerate(named.graph.node):
        node.name = f"{index}_{node.op_type}"
    with tempfile.TemporaryDirectory(prefix="facecast-") as folder, _quiet():
        target = Path(folder) / "int8.onnx"
        quantize_static(
            named, str(target), _Batches(batches),
            quant_format=QuantFormat.QDQ, op_types_to_quantize=["Conv"], per_channel=True,
            activation_type=QuantType.QInt8, weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax, nodes_to_exclude=last_products(named),
            extra_options=OPTIONS,
        )  # fmt: skip
        return onnx.load(str(target))


def last_products(model: ModelProto) -> list[str]:
    """Name the convolutions and matrix products that no other one follows."""
    leads_on: set[str] = set()  # tensors from which a product is reached
    last = []
    for node in reversed(model.graph.node):
        product = node.op_type in PRODUCTS
        follows = bool(leads_on.intersection(node.output))
        if product and not follows:
            last.append(node.name)
        if product or follows:
            leads_on.update(node.input)
    return last


def upgrade(model: ModelProto) -> ModelProto:
    """Raise the opset to one whose Q/DQ scales may be fp16."""
    return onnx.version_converter.convert_version(model, SCALE_OPSET)


class _quiet:
    """Silence the advice to run a preparation that was already done (constants are folded)."""

    def __enter__(self) -> None:
        self._root = logging.getLogger()
        self._root.addFilter(self._is_not_advice)

    def __exit__(self, *_: object) -> None:
        self._root.removeFilter(self._is_not_advice)

    @staticmethod
    def _is_not_advice(record: logging.LogRecord) -> bool:
        return "consider" not in record.getMessage()
