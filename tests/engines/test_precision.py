"""Precision: what is chosen where, from a made manifest, and a plain reason for what is not to be had."""

import pytest

from engines import precision
from engines.errors import BackendError
from engines.precision import choose_landmarks

PLAIN = {"sha256": "1", "outputs": {}}


@pytest.fixture
def machine(monkeypatch):
    """Set what the CPU and the weights folder offer."""

    def make(bf16, int8_made_of):
        models = {"landmarks_lite": PLAIN}
        if int8_made_of:
            models["landmarks_lite_int8"] = {"sha256": "2", "made_of": int8_made_of}
        monkeypatch.setattr(precision, "manifest", lambda: models)
        monkeypatch.setattr(precision, "supports_bf16", lambda name: bf16 and name == "openvino")

    return make


@pytest.mark.parametrize(
    ("bf16", "made_of", "model", "chosen", "session"),
    [
        (True, "1", "landmarks_lite_int8", "int8", "bf16"),
        (False, "1", "landmarks_lite_int8", "int8", None),
        (True, None, "landmarks_lite", "bf16", "bf16"),
        (True, "of older weights", "landmarks_lite", "bf16", "bf16"),
        (False, None, "landmarks_lite", "fp32", None),
    ],
)
def test_auto_on_openvino_takes_the_fastest_at_hand(machine, bf16, made_of, model, chosen, session):
    machine(bf16, made_of)
    choice = choose_landmarks("lite", "openvino")
    assert (choice.model, choice.precision, choice.session_precision) == (model, chosen, session)


def test_auto_on_onnx_runtime_stays_with_fp32(machine):
    machine(True, "1")
    choice = choose_landmarks("lite", "onnxruntime")
    assert (choice.model, choice.precision, choice.session_precision) == ("landmarks_lite", "fp32", None)
    assert choose_landmarks("lite", "onnxruntime", "int8").model == "landmarks_lite_int8"


@pytest.mark.parametrize("backend", ["tensorrt", "tensorrt_rtx"])
def test_tensorrt_makes_its_own_graphs_of_the_plain_file(machine, backend):
    machine(True, "1")
    assert choose_landmarks("lite", backend).session_precision is None
    choice = choose_landmarks("lite", backend, "int8")
    assert (choice.model, choice.session_precision) == ("landmarks_lite", "int8")


@pytest.mark.parametrize(
    ("backend", "wanted", "made_of", "reason"),
    [
        ("openvino", "bf16", "1", "this CPU does not compute in bf16"),
        ("openvino", "fp16", "1", "openvino runs fp32, bf16, int8"),
        ("onnxruntime", "bf16", "1", "onnxruntime runs fp32, int8"),
        ("tensorrt", "bf16", "1", "tensorrt runs fp32, fp16, int8"),
        ("openvino", "int8", None, "no int8 form of landmarks_lite"),
        ("openvino", "int8", "of older weights", "made of other weights"),
        ("openvino", "int4", "1", "expected a precision of auto"),
    ],
)
def test_what_is_not_to_be_had_says_why(machine, backend, wanted, made_of, reason):
    machine(False, made_of)
    with pytest.raises(BackendError, match=reason):
        choose_landmarks("lite", backend, wanted)
