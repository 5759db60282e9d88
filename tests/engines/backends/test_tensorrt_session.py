"""Shapes, parts and faults of a session, on a fake device and a fake engine; then a real one.

The fake shows the bookkeeping alone. Only the last test runs TensorRT, and it needs a GPU.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engines.backends.device_array import DeviceArray
from engines.backends.tensorrt_backend import BACKENDS
from engines.backends.tensorrt_session import TensorRtSession
from engines.errors import BackendError
from engines.models import model_path
from tests.engines.backends.fake_tensorrt import FakeEngine, check, kinds, numbers, trt


def test_every_batch_size_and_shape_comes_back(device):
    session = TensorRtSession(trt, FakeEngine(device), device)
    for batch in (1, 4, 2, 3, 1):
        for width in (4, 8, 2):
            check(session, numbers(batch, width, batch * width))


def test_a_batch_beyond_the_largest_runs_in_parts(device):
    session = TensorRtSession(trt, FakeEngine(device), device)
    check(session, numbers(11))
    shapes = [d["shape"] for what, d in device.queued if what == "engine"]
    assert shapes == [(4, 4), (4, 4), (3, 4)]
    check(session, numbers(11, seed=1))
    assert kinds(device).count("graph") == 2, "the third and fourth part of four rows"


def test_a_session_may_be_opened_run_and_closed_in_different_threads(device):
    """As in the server: one thread loads the networks, the batcher's runs them."""
    session = TensorRtSession(trt, FakeEngine(device), device)
    with ThreadPoolExecutor(1) as batcher:
        for seed in range(4):
            batcher.submit(check, session, numbers(3, seed=seed)).result()
    with ThreadPoolExecutor(1) as other:
        other.submit(session.close).result()
    assert device.is_empty() and len(device.threads) > 1


def test_results_survive_the_next_run(device):
    session = TensorRtSession(trt, FakeEngine(device), device)
    (first,) = session.run({"x": numbers(2)}, ["twice"])
    kept = first.copy()
    session.run({"x": numbers(2, seed=9)}, ["twice"])
    assert np.array_equal(first, kept)


def test_an_array_on_the_device_is_read_where_it_lies(device):
    session = TensorRtSession(trt, FakeEngine(device), device)
    stream = device.open_stream()
    x = numbers(4)
    there = device.allocate(x.nbytes)
    there.memory[:] = x.ravel()
    array = DeviceArray(there.address, x.shape, np.dtype(np.uint8), stream)
    for _ in range(3):
        total, twice = session.run({"x": array}, ["total", "twice"])
        assert np.array_equal(twice, 2.0 * x) and np.array_equal(total, x.sum(1))
    assert "copy to device" not in kinds(device)
    x2 = numbers(4, seed=5)
    there.memory[:] = x2.ravel()
    (total,) = session.run({"x": array}, ["total"])
    assert np.array_equal(total, x2.sum(1)), "the graph reads the memory as it is now"


def test_parts_of_an_array_on_the_device_are_moved_where_tensorrt_may_not_read(device):
    session = TensorRtSession(trt, FakeEngine(device), device)
    x = numbers(11)  # the second part begins 16 bytes behind the first
    there = device.allocate(x.nbytes)
    for seed in range(4):
        there.memory[:] = (x + seed).ravel()
        array = DeviceArray(there.address, x.shape, np.dtype(np.uint8), device.open_stream())
        total, twice = session.run({"x": array}, ["total", "twice"])
        assert np.array_equal(twice, 2.0 * (x + seed)) and np.array_equal(total, (x + seed).sum(1))
    moves = [d["nbytes"] for what, d in device.queued if what == "copy on device"]
    assert moves[:2] == [16, 12] and "copy to device" not in kinds(device)


def test_the_second_profile_takes_what_the_first_does_not(device):
    engine = FakeEngine(device, (((1, 2), (2, 4), (4, 8)), ((1, 2), (1, 16), (1, 64))))
    session = TensorRtSession(trt, engine, device)
    check(session, numbers(3, 4))
    assert len(engine.contexts) == 1, "a profile costs memory only when it is used"
    check(session, numbers(3, 50))
    assert [context.profile for context in engine.contexts] == [0, 1]
    with pytest.raises(BackendError, match=r"expected inputs within x \(1, 2\)\.\.\(4, 8\); .*\(2, 65\)"):
        session.run({"x": numbers(2, 65)}, ["twice"])


@pytest.mark.parametrize(
    ("inputs", "outputs", "words"),
    [({"y": numbers(1)}, ["twice"], r"expected the inputs \['x'\], got \['y'\]"),
     ({"x": numbers(1)}, ["thrice"], r"expected outputs of \['total', 'twice'\]"),
     ({"x": numbers(1).astype(np.float32)}, ["twice"], "expected x as uint8, got float32"),
     ({"x": numbers(0)}, ["twice"], r"at least 1, got \[0\]"),
     ({"x": numbers(1)[0]}, ["twice"], "expected inputs within")],
)  # fmt: skip
def test_wrong_inputs_are_told(device, inputs, outputs, words):
    session = TensorRtSession(trt, FakeEngine(device), device)
    with pytest.raises(BackendError, match=words):
        session.run(inputs, outputs)


def test_faults_of_the_engine_are_told(device):
    engine = FakeEngine(device)
    session = TensorRtSession(trt, engine, device)
    engine.no_memory = True
    with pytest.raises(BackendError, match="no memory for an execution context"):
        session.run({"x": numbers(1)}, ["twice"])
    engine.no_memory, engine.fails = False, True
    with pytest.raises(BackendError, match="failed to run the engine"):
        session.run({"x": numbers(1)}, ["twice"])
    engine.fails = False
    check(session, numbers(1))


@pytest.mark.parametrize("name", list(BACKENDS))
def test_a_real_engine_gives_what_onnxruntime_gives(name, tmp_path, monkeypatch):
    reason = BACKENDS[name].why_not()
    if reason:
        pytest.skip(f"{name} cannot run here: {reason}")
    from engines.backends import onnxruntime_backend

    monkeypatch.setenv("FACECAST_ENGINE_CACHE", str(tmp_path))
    path = model_path("onet")
    crops = np.random.default_rng(0).integers(0, 255, (300, 48, 48, 3), dtype=np.uint8)
    engine = BACKENDS[name].open_session(path, 0)
    reference = onnxruntime_backend.open_session(path, 0)
    for batch in (1, 7, 7, 300, 7):
        wanted = reference.run({"image": crops[:batch]}, ["points", "offsets"])
        got = engine.run({"image": crops[:batch]}, ["points", "offsets"])
        for a, b in zip(wanted, got, strict=True):
            assert np.abs(a - b).max() < 0.02
    engine.close()
