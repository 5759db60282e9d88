"""The real TensorRT-RTX parser and builder, on the CPU: every committed network, and every way to fail.

A build shows that TensorRT-RTX takes the graph. Nothing here runs an engine: that needs a GPU.
"""

import numpy as np
import onnx
import pytest
from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

from engines.build.cli import known_networks
from engines.build.engine import build_plan
from engines.build.flavours import FLAVOURS
from engines.build.graphs import load_graph
from engines.build.half import to_half
from engines.build.make import Maker
from engines.build.profiles import Profile, ShapeRange, profile_of
from engines.build.quantised import _Batches, to_int8
from engines.errors import BackendError
from engines.models import model_path
from tests.engines.build.run_onnx import example_inputs

NETWORKS = known_networks()
SMALL = Profile((ShapeRange((1,), (2,), (4,)),))


@pytest.mark.timeout(600)  # seconds of work, but a busy machine gives them slowly
@pytest.mark.parametrize("name", NETWORKS)
def test_every_committed_network_is_built(rtx, cache, name):
    told = []
    maker = Maker(rtx, None, "fp16", cache, progress=lambda *words: told.append(words))
    plan, built = maker.make(model_path(name))
    assert built and len(plan) > 100_000
    assert maker.make(model_path(name)) == (plan, False)
    assert len({what for _, what, _, _ in told}) > 3 and {network for network, *_ in told} == {name}
    assert all(0 <= done <= steps for _, _, done, steps in told)


def test_fp32_is_built_too_and_is_larger(rtx, cache):
    path = model_path("onet")
    sizes = {p: len(Maker(rtx, None, p, cache).make(path)[0]) for p in ("fp32", "fp16")}
    assert sizes["fp32"] > 1.3 * sizes["fp16"]


def test_explicit_int8_is_built(rtx, small_file):
    model = to_int8(load_graph(small_file), [example_inputs(str(small_file))])
    assert build_plan(rtx, model.SerializeToString(), SMALL)


@pytest.fixture
def half(small_file) -> bytes:
    return to_half(load_graph(small_file)).SerializeToString()


def ranges(minimum, typical, maximum) -> Profile:
    return Profile((ShapeRange((minimum,), (typical,), (maximum,)),))


def test_an_inverted_profile_is_refused(rtx, half):
    with pytest.raises(BackendError, match=r"refuses the profile .*MIN<=OPT<=MAX"):
        build_plan(rtx, half, ranges(8, 4, 2))


def test_a_negative_size_is_refused(rtx, half):
    with pytest.raises(BackendError, match="refuses the shapes"):
        build_plan(rtx, half, ranges(-1, 4, 8))


def test_a_missing_profile_is_refused(rtx, half):
    with pytest.raises(BackendError, match=r"cannot build .*no optimization profile has been defined"):
        build_plan(rtx, half, Profile(()))


def test_a_profile_of_other_axes_is_refused(rtx, half):
    with pytest.raises(BackendError, match=r"expected a profile of 1 sizes"):
        build_plan(rtx, half, profile_of("pnet"))


def test_a_picture_too_small_for_the_convolutions_is_refused(rtx):
    graph = to_half(load_graph(model_path("pnet"))).SerializeToString()
    with pytest.raises(BackendError, match="cannot build the engine"):
        build_plan(rtx, graph, Profile((ShapeRange((1, 2, 2), (4, 2, 2), (8, 12, 12)),)))


@pytest.mark.parametrize("content", [b"not a network", b"\x08\x08" + b"\xff" * 40])
def test_garbage_is_refused(rtx, content):
    with pytest.raises(BackendError, match="cannot parse the graph"):
        build_plan(rtx, content, SMALL)


def test_an_empty_file_is_refused(rtx):
    with pytest.raises(BackendError, match="at least one output"):
        build_plan(rtx, b"", SMALL)


def test_an_operator_that_nobody_knows_is_refused(rtx, small_file):
    model = onnx.load(small_file)
    model.graph.node[4].op_type = "Relax"
    with pytest.raises(BackendError, match="cannot parse the graph"):
        build_plan(rtx, model.SerializeToString(), SMALL)


def test_a_picture_that_is_turned_before_it_is_cast_is_refused(rtx, small_file):
    """Why graphs.floats_first exists: the committed files begin so."""
    with pytest.raises(BackendError, match="UInt8"):
        build_plan(rtx, small_file.read_bytes(), SMALL)


def test_onnx_runtimes_own_int8_is_refused(rtx, small_file, tmp_path):
    """Why engines/build/quantised.py exists: its bias is int32."""
    model = load_graph(small_file)
    bias = onnx.numpy_helper.from_array(np.ones(4, np.float32), "bias")
    model.graph.initializer.append(bias)
    next(node for node in model.graph.node if node.op_type == "Conv").input.append("bias")
    target = tmp_path / "int8.onnx"
    quantize_static(
        model, str(target), _Batches([example_inputs(model.SerializeToString())]),
        quant_format=QuantFormat.QDQ, activation_type=QuantType.QInt8, weight_type=QuantType.QInt8,
        extra_options={"ActivationSymmetric": True},
    )  # fmt: skip
    with pytest.raises(BackendError, match="bias_DequantizeLinear: input has type Int32"):
        build_plan(rtx, target.read_bytes(), SMALL)


def test_a_module_that_is_not_installed_is_named():
    if FLAVOURS["tensorrt"].why_no_build() is None:
        pytest.skip("tensorrt is installed here: its absence cannot be tested")
    with pytest.raises(BackendError, match=r"module tensorrt is not installed; .*facecast\[tensorrt,gpu\]"):
        build_plan(FLAVOURS["tensorrt"], b"", SMALL)
