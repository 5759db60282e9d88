"""The seam that chooses a backend."""

from pathlib import Path

import pytest

from engines import backends
from engines.errors import BackendError


class Stub:
    """A backend that says what the test wants."""

    def __init__(self, reason=None, no_gpu="no GPU"):
        self.reason, self.no_gpu = reason, no_gpu

    def why_not(self):
        return self.reason

    def why_not_accelerated(self):
        return self.no_gpu

    def open_session(self, path, threads):
        return f"session of {path.name}"


@pytest.fixture
def machine(monkeypatch):
    """Backends of some machine, by name; those that are not named cannot run."""

    def install(**stubs):
        monkeypatch.setattr(
            backends, "_import_backend", lambda name: stubs.get(name) or Stub(f"{name} is not here")
        )

    return install


def test_auto_takes_a_tensorrt_first(machine):
    machine(tensorrt=Stub(), tensorrt_rtx=Stub(), openvino=Stub(), onnxruntime=Stub(no_gpu=None))
    assert backends.choose_backend("auto") == ("tensorrt", [])


def test_auto_takes_onnxruntime_before_openvino_only_on_a_gpu(machine):
    machine(openvino=Stub(), onnxruntime=Stub(no_gpu=None))
    name, skipped = backends.choose_backend("auto")
    assert name == "onnxruntime" and len(skipped) == 2
    machine(openvino=Stub(), onnxruntime=Stub())
    name, skipped = backends.choose_backend("auto")
    assert name == "openvino" and skipped[-1] == "backend onnxruntime has no GPU here: no GPU"


def test_auto_ends_with_onnxruntime_on_the_cpu_and_says_why(machine):
    machine(onnxruntime=Stub())
    name, skipped = backends.choose_backend("auto")
    assert name == "onnxruntime"
    assert skipped == [
        "backend tensorrt cannot run here: tensorrt is not here",
        "backend tensorrt_rtx cannot run here: tensorrt_rtx is not here",
        "backend onnxruntime has no GPU here: no GPU",
        "backend openvino cannot run here: openvino is not here",
    ]


def test_a_named_backend_is_never_replaced(machine):
    machine(onnxruntime=Stub())
    with pytest.raises(BackendError, match="backend openvino cannot run here: openvino is not here"):
        backends.choose_backend("openvino")
    assert backends.choose_backend("onnxruntime") == ("onnxruntime", [])


def test_nothing_runs(machine):
    machine()
    with pytest.raises(BackendError, match="no backend can run here: backend tensorrt cannot"):
        backends.choose_backend("auto")


def test_a_backend_that_knows_no_gpu_counts_as_one_of_the_cpu(machine):
    plain = Stub()
    plain.why_not_accelerated = None
    machine(onnxruntime=plain)
    assert "runs on the CPU only" in backends.choose_backend("auto")[1][2]


def test_sessions_can_be_wrapped_for_a_while(machine):
    machine(onnxruntime=Stub())
    path = Path("net.onnx")
    with backends.wrapping_sessions(lambda path, session: [path, session]):
        assert backends.open_session(path) == [path, "session of net.onnx"]
    assert backends.open_session(path) == "session of net.onnx"


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(BackendError, match=r"openvino, onnxruntime or auto, got 'abacus'"):
        backends.choose_backend("abacus")
