"""TensorRT as a backend: why it cannot run here, and what it does with a plan that is refused."""

from types import SimpleNamespace

import numpy as np
import pytest

from engines.backends import choose_backend, load_backend, tensorrt_backend
from engines.backends.device import why_no_device
from engines.build.flavours import FLAVOURS, PRECISION_VARIABLE, Flavour
from engines.build.make import Maker
from engines.errors import BackendError
from engines.models import model_path
from tests.engines.backends.fake_device import FakeDevice


def test_each_flavour_tells_why_it_cannot_run():
    if why_no_device() is None:
        pytest.skip("there is a GPU here: its absence cannot be tested")
    assert "no usable NVIDIA driver" in tensorrt_backend.BACKENDS["tensorrt_rtx"].why_not()
    missing = tensorrt_backend.TensorRtBackend(Flavour("tensorrt_of_tomorrow", "tensorrt", portable=False))
    assert "not installed" in missing.why_not()
    with pytest.raises(BackendError, match=r"backend tensorrt_rtx cannot run here: no usable NVIDIA driver"):
        load_backend("tensorrt_rtx")


def test_auto_tells_about_both_before_it_goes_on():
    if why_no_device() is None:
        pytest.skip("there is a GPU here: its absence cannot be tested")
    name, skipped = choose_backend("auto")
    assert name == "openvino"
    assert [line.split()[1] for line in skipped] == ["tensorrt", "tensorrt_rtx", "onnxruntime"]


class Sessions:
    """Stands in for everything that needs a GPU, and counts the plans that are loaded."""

    def __init__(self, monkeypatch, refused: int):
        self.loaded, self.refused = [], refused
        monkeypatch.setattr(tensorrt_backend, "open_device", FakeDevice)
        monkeypatch.setattr(tensorrt_backend, "load_engine", self.load)
        monkeypatch.setattr(tensorrt_backend, "open_engine", lambda flavour, engine, device: engine)
        monkeypatch.setattr("engines.build.make.build_plan", self.build)
        self.built = 0

    def load(self, flavour, plan):
        self.loaded.append(plan)
        return f"session of {plan.decode()}" if len(self.loaded) > self.refused else None

    def build(self, *_):
        self.built += 1
        return f"plan {self.built}".encode()


@pytest.fixture
def backend(tmp_path, monkeypatch):
    monkeypatch.setenv("FACECAST_ENGINE_CACHE", str(tmp_path))
    return tensorrt_backend.TensorRtBackend(FLAVOURS["tensorrt_rtx"])


def test_the_cached_plan_is_used(backend, monkeypatch):
    sessions = Sessions(monkeypatch, refused=0)
    path = model_path("onet")
    assert backend.open_session(path) == backend.open_session(path) == "session of plan 1"
    assert sessions.built == 1


def test_a_cached_plan_that_is_refused_is_built_anew(backend, monkeypatch, caplog):
    path = model_path("onet")
    Sessions(monkeypatch, refused=0)
    backend.open_session(path)
    sessions = Sessions(monkeypatch, refused=1)
    assert backend.open_session(path) == "session of plan 1" and len(sessions.loaded) == 2
    assert "refuses the cached one" in caplog.text


def test_a_new_plan_that_is_refused_is_a_fault_with_its_reason(backend, monkeypatch):
    sessions = Sessions(monkeypatch, refused=9)
    backend.flavour.log.errors[:] = ["this GPU is too new"]
    with pytest.raises(BackendError, match=r"the engine of onet\.onnx that it built itself: this GPU is"):
        backend.open_session(model_path("onet"))
    assert sessions.built == 1


class SmallSession:
    """Stands in for a session on a GPU: gives what the test wants, of the right size."""

    def __init__(self, value):
        self.value, self.closed = value, 0
        self.tensors = {"image": SimpleNamespace(dtype=np.dtype(np.uint8))}

    def run(self, inputs, outputs):
        assert {name: value.shape for name, value in inputs.items()} == {"image": (2, 24, 24, 3)}
        return [np.full(2, self.value, np.float32) for _ in outputs]

    def close(self):
        self.closed += 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [(0.5, None), (np.nan, "a small network gives no numbers"),
     (BackendError("this GPU is too new"), "a small network does not run: this GPU is too new")],
)  # fmt: skip
def test_a_backend_counts_only_after_it_ran(backend, monkeypatch, value, reason):
    monkeypatch.setattr(tensorrt_backend, "why_no_device", lambda: None)
    opened = []

    def open_session(path, threads=0, precision=None):
        opened.append(SmallSession(value))
        if isinstance(value, BackendError):
            raise value
        return opened[-1]

    monkeypatch.setattr(backend, "open_session", open_session)
    assert backend.why_not() == backend.why_not() == reason
    assert len(opened) == 1, "it is tried once"
    assert opened[0].closed == (0 if isinstance(value, BackendError) else 1)


def test_the_precision_is_chosen_by_argument_and_environment(backend, monkeypatch):
    Sessions(monkeypatch, refused=0)
    used = []
    monkeypatch.setattr(Maker, "make", lambda self, path: (used.append(self.precision) or b"plan", True))
    monkeypatch.delenv(PRECISION_VARIABLE, raising=False)
    path = model_path("onet")
    backend.open_session(path)
    monkeypatch.setenv(PRECISION_VARIABLE, "fp32")
    backend.open_session(path)
    backend.open_session(path, precision="int8")
    assert used == ["fp16", "fp32", "int8"]


def test_a_runtime_that_cannot_be_made_is_a_backend_error(backend, monkeypatch):
    """pybind has classes of its own for that, by the module's version."""

    def refuse(log):
        log.log(kinds.ERROR, "CUDA driver version is insufficient")
        raise TypeError("factory function returned nullptr")

    kinds = backend.flavour.module.ILogger
    monkeypatch.setattr(backend.flavour.module, "Runtime", refuse)
    with pytest.raises(BackendError, match="tensorrt_rtx has no runtime here: CUDA driver version is insuff"):
        tensorrt_backend.load_engine(backend.flavour, b"")


def test_the_real_runtime_refuses_garbage_and_says_why():
    flavour = FLAVOURS["tensorrt_rtx"]
    assert tensorrt_backend.load_engine(flavour, b"garbage") is None
    assert "readHeader" in flavour.log.tell()
