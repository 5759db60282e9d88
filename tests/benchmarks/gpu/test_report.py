"""The report: bars that nothing showed stay open, and a number stands under what made it."""

import json

import pytest

from benchmarks.gpu.report import NOT_RUN, Report

LINE = {
    "batch": 64,
    "from_host": {"median_ms": 6.0, "p99_ms": 7.0, "calls": 9},
    "on_device": {"median_ms": 5.0, "p99_ms": 5.5, "calls": 9},
    "faces_per_s": 12_800.0,
    "floor": {"matrix_ms": 0.5, "copy_ms": 0.25, "floor_ms": 0.5},
}
AGREEMENT = {
    "faces": 8, "points_mean_px": 0.1, "points_p99_px": 0.2, "points_max_px": 0.3, "nme_percent": 0.05,
    "confidence_max": 0.01, "appearance_max": 0.02,
}  # fmt: skip
SERVER = {
    "what": "the profile full on tensorrt",
    "on_gpu": True,
    "single": {"median_ms": 4.2, "p99_ms": 9.1, "due": 300, "dropped": 0, "answered_per_s": 30.0},
    "streams": {"most": 160, "tried": []},
}


@pytest.fixture
def report(tmp_path):
    gpu = {"name": "NVIDIA H200", "compute_capability": "9.0", "memory_gb": 139.8}
    return Report(tmp_path / "out", "the command", {"gpu": gpu, "packages": {"numpy": "2.4.6"}})


def bars(report: Report) -> list[str]:
    page = report.to_markdown()
    table = page.partition("## The bars")[2].partition("## What ran")[0]
    return [line for line in table.splitlines() if line.startswith("|")][2:]


def test_nothing_run_leaves_every_bar_open(report):
    assert all(line.endswith(f"| {NOT_RUN} |") for line in bars(report)) and len(bars(report)) == 3
    assert report.to_markdown().count(f"\n{NOT_RUN}\n") == 3  # agreement, times, frames


def test_numbers_stand_under_what_made_them(report):
    report.networks = [
        {"profile": "full", "title": "TensorRT, fp16 11.4", "agreement": AGREEMENT, "batches": [LINE]},
        {
            "profile": "full",
            "title": "PyTorch",
            "agreement": AGREEMENT,
            "batches": [{**LINE, "faces_per_s": 9e3}],
        },
        {"profile": "lite", "title": "TensorRT, fp16 11.4", "not_run": "no memory"},
    ]
    report.server = SERVER
    faces, streams, single = bars(report)
    assert "12,800 (TensorRT, fp16 11.4), 10.0 × the least" in faces
    assert "| 160 |" in streams and "4.2 ms, 9.1 ms, 0 of 300 lost" in single
    assert "no memory" in report.to_markdown()


def test_a_cpu_never_fills_a_bar(report):
    report.machine["gpu"] = {"why_not": "no driver"}
    report.networks = [
        {"profile": "full", "title": "OpenVINO, CPU", "agreement": AGREEMENT, "batches": [LINE]}
    ]
    report.server = {**SERVER, "on_gpu": False, "what": "the profile lite on onnxruntime"}
    assert all(line.endswith(f"| {NOT_RUN} |") for line in bars(report))
    assert "no GPU: 160 streams" in report.to_markdown()


def test_refused_batches_and_frames_keep_their_reasons(report):
    refused = {"batch": 256, "not_run": "out of memory"}
    report.networks = [{"profile": "full", "title": "T", "agreement": AGREEMENT, "batches": [refused]}]
    report.networks.append({"profile": "lite", "title": "T", "agreement": AGREEMENT, "not_run": "a fault"})
    report.frames = {"the GPU": {"not_run": "no kernel"}}
    report.server = {"not_run": "left out"}
    page = report.to_markdown()
    assert all(reason in page for reason in ("out of memory", "left out", "a fault", "no kernel"))


def test_what_was_written_can_be_read(report):
    report.save()
    assert json.loads((report.out / "gpu.json").read_text())["machine"]["gpu"]["name"] == "NVIDIA H200"
    assert (report.out / "gpu.md").read_text().startswith("# On a GPU")
