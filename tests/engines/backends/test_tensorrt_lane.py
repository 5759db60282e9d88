"""Buffers, copies and graphs of one profile, on a fake device and a fake engine. No engine runs here."""

import numpy as np
import pytest

from engines.backends import tensorrt_lane
from engines.backends.device_array import DeviceArray
from engines.backends.tensorrt_session import TensorRtSession
from engines.errors import BackendError
from tests.engines.backends.fake_tensorrt import FakeEngine, check, kinds, numbers, rtx, trt


def test_one_copy_in_one_engine_one_copy_out_one_wait(device):
    session = TensorRtSession(trt, FakeEngine(device), device)
    session.run({"x": numbers(4)}, ["twice"])
    device.queued.clear()
    check(session, numbers(3))
    assert kinds(device) == ["copy to device", "engine", "copy to host", "synchronize"]
    # Both outputs: (3,) float32 at the start of its 256 bytes, then (3, 4) float32.
    assert [d["nbytes"] for _, d in device.queued if d.get("nbytes")] == [12, 256 + 48]
    device.queued.clear()
    session.run({"x": numbers(3)}, ["total"])
    assert [d["nbytes"] for _, d in device.queued if d.get("nbytes")] == [12, 12], "only what was asked for"


def test_every_tensor_lies_aligned_in_one_buffer(device):
    engine = FakeEngine(device)
    session = TensorRtSession(trt, engine, device)
    for batch, width in ((4, 8), (1, 2), (3, 5)):
        check(session, numbers(batch, width))
        (buffer,) = device.buffers.values()
        addresses = sorted(engine.contexts[0].addresses.values())
        assert all(address % 256 == 0 for address in addresses) and len(set(addresses)) == 3
        assert addresses[0] == buffer.address and addresses[-1] < buffer.address + buffer.nbytes
    assert len(device.pinned) == 1


def test_a_shape_is_recorded_after_its_second_run_and_then_launched(device):
    engine = FakeEngine(device)
    session = TensorRtSession(trt, engine, device)
    for seed in range(4):
        check(session, numbers(3, seed=seed))
    assert kinds(device).count("engine") == 2 and kinds(device).count("graph") == 2
    assert engine.contexts[0].runs == 3, "two runs and the recording"
    for seed in range(3):  # another shape in between does not spoil the recorded one
        check(session, numbers(1, seed=seed))
        check(session, numbers(3, seed=seed))


def test_shapes_that_take_turns_are_recorded_too(device):
    """TensorRT sets itself up in the first run after a change of shape, and that run no graph can hold."""
    session = TensorRtSession(trt, FakeEngine(device), device)
    for seed in range(3):
        for batch in (1, 4, 2):
            check(session, numbers(batch, seed=seed))
    assert len(device.graphs) == 3 and kinds(device)[-1] == "synchronize"
    assert kinds(device).count("graph") == 3


def test_without_graphs_it_runs_step_by_step(device):
    device.has_graphs = False
    session = TensorRtSession(trt, FakeEngine(device), device)
    for seed in range(3):
        check(session, numbers(2, seed=seed))
    assert kinds(device).count("engine") == 3 and "graph" not in kinds(device)


def test_work_that_cannot_be_recorded_runs_step_by_step(device):
    engine = FakeEngine(device)
    engine.no_capture = True
    session = TensorRtSession(trt, engine, device)
    for seed in range(4):
        check(session, numbers(2, seed=seed))
    assert kinds(device).count("engine") == 4 and not device.graphs


def test_tensorrt_rtx_records_by_itself(device):
    engine = FakeEngine(device)
    session = TensorRtSession(rtx, engine, device)
    for seed in range(4):
        check(session, numbers(2, seed=seed))
    assert engine.contexts[0].config.cuda_graph_strategy == "whole" and not device.graphs
    plain = FakeEngine(device)
    check(TensorRtSession(trt, plain, device), numbers(2))
    assert plain.contexts[0].config is None


@pytest.mark.parametrize("module", [trt, rtx])
def test_graphs_can_be_switched_off(device, monkeypatch, module):
    monkeypatch.setenv(tensorrt_lane.GRAPHS_VARIABLE, "off")
    engine = FakeEngine(device)
    session = TensorRtSession(module, engine, device)
    for seed in range(4):
        check(session, numbers(2, seed=seed))
    assert kinds(device).count("engine") == 4 and engine.contexts[0].config is None


def test_a_run_that_failed_is_set_up_anew(device):
    engine = FakeEngine(device)
    session = TensorRtSession(trt, engine, device)
    check(session, numbers(2))
    engine.fails = True
    with pytest.raises(BackendError, match="failed to run the engine"):
        session.run({"x": numbers(2)}, ["total", "twice"])
    engine.fails = False
    for seed in range(4):
        check(session, numbers(2, seed=seed))
    assert "graph" in kinds(device)


def test_too_little_memory_is_told_and_may_come_back(device):
    session = TensorRtSession(trt, FakeEngine(device), device)
    device.largest_pinned = 16
    for _ in range(2):
        with pytest.raises(BackendError, match="cudaErrorMemoryAllocation"):
            session.run({"x": numbers(2)}, ["twice"])
        assert not device.buffers, "what was got is given back"
    device.largest_pinned = 1 << 20
    check(session, numbers(2))


def test_an_input_on_the_device_takes_no_copy(device):
    session = TensorRtSession(trt, FakeEngine(device), device)
    there = device.allocate(16)
    there.memory[:] = numbers(4).ravel()
    array = DeviceArray(there.address, (4, 4), np.dtype(np.uint8), device.open_stream())
    session.run({"x": array}, ["twice"])
    device.queued.clear()
    (total,) = session.run({"x": array}, ["total"])
    assert np.array_equal(total, numbers(4).sum(1))
    assert kinds(device) == ["engine", "copy to host", "synchronize"]


def test_old_shapes_are_forgotten_and_closing_frees_everything(device, monkeypatch):
    monkeypatch.setattr(tensorrt_lane, "KEPT_SHAPES", 3)
    session = TensorRtSession(trt, FakeEngine(device), device)
    for width in (2, 3, 4, 5, 6, 7):
        for seed in range(3):
            check(session, numbers(2, width, seed))
    assert len(device.graphs) == 3
    check(session, numbers(2, 2))
    session.close()
    assert device.is_empty()
