"""The least time: arithmetic of rates, and where a rate comes from."""

import sys

import pytest

from benchmarks.gpu import floors
from tests.engines.gpu.fake_device import FakeDevice


def test_the_floor_is_the_larger_of_work_and_copy():
    fast, slow = {"gb_per_s": 50.0}, {"gb_per_s": 1.0}
    floor = floors.batch_floor(8.6, 64, 196_608, {"tflops": 860.0}, fast)
    assert floor["matrix_ms"] == pytest.approx(0.64) and floor["copy_ms"] == pytest.approx(0.2517, abs=1e-3)
    assert floor["floor_ms"] == floor["matrix_ms"]
    assert floors.batch_floor(8.6, 64, 196_608, {"tflops": 860.0}, slow)["floor_ms"] == pytest.approx(
        12.58, abs=0.01
    )
    unknown = floors.batch_floor(8.6, 64, 196_608, {"tflops": None}, fast)
    assert unknown["matrix_ms"] is None and unknown["floor_ms"] == unknown["copy_ms"]


def test_without_pytorch_the_data_sheet_is_named_as_such(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert floors.matrix_rate("NVIDIA H200") == {
        "tflops": 989.0, "source": "NVIDIA's data sheet, not measured here",
    }  # fmt: skip
    assert floors.matrix_rate("NVIDIA Unheard-of")["tflops"] is None


def test_a_rate_on_the_cpu_is_measured():
    pytest.importorskip("torch", reason="the training extra is not installed")
    rate = floors.matrix_rate("", cpu=True)
    assert rate["tflops"] > 0 and rate["source"].startswith("measured")


def test_copies_are_timed_after_they_arrived(monkeypatch):
    monkeypatch.setattr(floors, "COPY_BYTES", 1 << 16)
    device = FakeDevice(library=None)
    told = floors.copy_rate(device)
    assert told["gb_per_s"] > 0 and "page-locked" in told["source"]
    assert device.counts["to device"] == device.counts["synchronize"] == floors.REPEATS + 3
    assert floors.copy_rate(None)["gb_per_s"] > 0
