"""What a report says of its machine."""

import pytest

from benchmarks.gpu import machine
from engines.backends.device import why_no_device
from engines.errors import BackendError
from tests.engines.gpu.fake_device import FakeDevice


def test_the_machine_is_described():
    told = machine.describe_machine()
    assert told["cores"] >= 1 and told["processor"] and told["date"].startswith("20")
    assert told["packages"]["numpy"] and "no-such-package" not in told["packages"]
    assert machine.package_version("no-such-package") is None


@pytest.mark.skipif(why_no_device() is None, reason="there is a GPU here")
def test_without_a_gpu_the_reason_stands_there():
    assert set(machine.describe_gpu()) == {"why_not"}


def test_a_gpu_is_told_by_its_name(monkeypatch):
    monkeypatch.setattr(machine, "why_no_device", lambda: None)
    monkeypatch.setattr(machine, "open_device", lambda: FakeDevice(library=None))
    assert machine.describe_gpu() == {
        "name": "fake", "compute_capability": "9.0", "memory_gb": 1.0, "adapter": "fake",
    }  # fmt: skip

    def broken():
        raise BackendError("it is in use")

    monkeypatch.setattr(machine, "open_device", broken)
    assert machine.describe_gpu() == {"why_not": "it is in use"}
