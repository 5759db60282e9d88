"""The whole programme with what a CPU has: what a GPU machine will run, every part of it for real."""

import json

import pytest

from benchmarks.gpu import run
from engines.backends.device import why_no_device


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
