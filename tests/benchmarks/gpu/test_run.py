"""The whole programme with what a CPU has: what a GPU machine will run, every part of it for real."""

import json

import numpy as np
import pytest

from benchmarks.gpu import candidates, run
from benchmarks.gpu.report import Report
from engines.backends.device import why_no_device
from engines.errors import BackendError
from engines.stages.landmarks import Readings


@pytest.mark.timeout(600)
def test_the_whole_programme_runs_on_a_cpu(tmp_path, capsys):
    """The server's part has its own test (test_server_lines.py)."""
    words = ["--out", str(tmp_path), "--tiny", "--cpu", "--profiles", "lite", "--no-server"]
    assert run.main(words) == 0
    report = json.loads((tmp_path / "gpu.json").read_text())
    ran = {network["title"].split(",")[0]: network for network in report["networks"]}
    assert "ONNX Runtime" in ran
    for network in ran.values():
        assert network["agreement"]["nme_percent"] < 0.5 and len(network["batches"]) == 2
        assert network["batches"][0]["floor"]["floor_ms"] > 0
    assert ran["ONNX Runtime"]["agreement"]["points_max_px"] == 0
    assert report["frames"]["the CPU, 2"]["warp_max_grey_levels"] == 0
    page = (tmp_path / "gpu.md").read_text()
    assert page.count("| not yet run |") == 3 and page in capsys.readouterr().out


@pytest.mark.timeout(600)
@pytest.mark.skipif(why_no_device() is None, reason="there is a GPU here")
def test_on_a_machine_without_a_gpu_nothing_is_claimed(tmp_path, monkeypatch):
    monkeypatch.setenv("FACECAST_ENGINE_CACHE", str(tmp_path / "engines"))
    words = ["--out", str(tmp_path), "--tiny", "--profiles", "lite", "--no-server"]
    assert run.main(words) == 1
    report = json.loads((tmp_path / "gpu.json").read_text())
    assert report["networks"] == [] and all(
        c["reason"] or c["word"].startswith(("INVALID", "not asked")) for c in report["candidates"]
    )


def test_an_engine_that_fails_leaves_the_other_lines(tmp_path, monkeypatch):
    class Healthy:
        def place(self, crops):
            return crops

        def read(self, crops):
            return readings(len(crops))

        def close(self):
            closed.append("healthy")

    class Failing(Healthy):
        def read(self, crops):
            raise RuntimeError("an illegal address")

    def readings(count):
        points = np.zeros((count, 98, 2))
        points[:, 72] = 100  # an outer eye corner; the other is at 0
        return Readings(points, np.ones((count, 98)))

    def refuse(profile):
        raise BackendError("no memory")

    closed = []
    found = [
        candidates.Candidate("refused", "", None, refuse),
        candidates.Candidate("failing", "", None, lambda profile: Failing()),
        candidates.Candidate("healthy", "", None, lambda profile: Healthy()),
    ]
    monkeypatch.setattr(candidates, "list_candidates", lambda cpu: found)
    monkeypatch.setattr(candidates, "open_reference", lambda profile: Healthy())
    report = Report(tmp_path, "the command", {"gpu": {}})
    report.floors = {
        "matrix": {"tflops": 1.0, "source": "assumed"},
        "copy": {"gb_per_s": 1.0, "source": "assumed"},
    }
    arguments = run.parse_arguments(["--out", str(tmp_path), "--tiny", "--cpu", "--profiles", "lite"])
    run.measure_networks(report, arguments, np.zeros((2, 256, 256, 3), np.uint8))
    refused, failing, healthy = report.networks
    assert refused["not_run"] == "BackendError: no memory" and "illegal address" in failing["not_run"]
    assert (
        len(healthy["batches"]) == 2 and closed == ["healthy"] * 3
    )  # the reference, the failing one, itself
