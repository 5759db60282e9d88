"""The whole job at a tiny scale: trained by the clock, exported, scored, in parts that join; it goes on."""

import argparse
import functools
import json
from pathlib import Path

import onnx
import pytest

from engines.models import WEIGHTS
from tests.training.landmarks.step_clock import StepClock
from training.landmarks import job
from training.landmarks.split import join_file

TINY = """profile = "lite"
batch = 2
warm_up = 2
loader = "device"
canvas = 96
[[phases]]
images = 40
size = 64
[augmentation]
flip = 0.0
"""


@pytest.fixture
def arguments(data_pack, tmp_path, monkeypatch) -> argparse.Namespace:
    clocked = functools.partial(job.TimePlan, clock=StepClock())
    monkeypatch.setattr(job, "TimePlan", clocked)
    (tmp_path / "tiny.toml").write_text(TINY)
    return argparse.Namespace(
        data=data_pack, out=tmp_path / "run", profile="lite", recipe=tmp_path / "tiny.toml",
        minutes=12 / 60, begin=0.0, until=0.5, reserve=0.0, init=None, device="cpu",
    )  # fmt: skip


def test_the_job_leaves_weights_log_and_report_and_goes_on(arguments, tmp_path):
    report = job.run_job(arguments)
    folder = arguments.out / "deliver"
    assert {path.name for path in folder.iterdir()} == {
        "landmarks_lite.onnx.00", "landmarks_lite.onnx.parts.json", "log.jsonl", "recipe.json", "report.json",
    }  # fmt: skip
    assert report["steps"] >= 1 and report["progress"] == pytest.approx(0.5)
    assert report["ideal_crops"]["faces"] == 4 and report["ideal_crops"]["nme68_percent"] > 0
    assert json.loads((folder / "report.json").read_text())["model"] == report["model"]
    assert all(path.stat().st_size <= 15_000_000 for path in folder.iterdir())
    sha = join_file(folder / "landmarks_lite.onnx.parts.json", tmp_path / "joined.onnx")
    assert sha == report["model"]["sha256"]
    onnx.checker.check_model(onnx.load(tmp_path / "joined.onnx"))

    arguments.until = 1.0
    again = job.run_job(arguments)
    assert again["steps"] > report["steps"] and again["progress"] == 1

    # What came home begins another run.
    arguments.init, arguments.out = arguments.out / "landmarks_lite.onnx", tmp_path / "other"
    other = job.run_job(arguments)
    assert other["began_from"] == "landmarks_lite.onnx" and other["progress"] == 1


def test_a_time_that_is_up_before_the_first_step_delivers_what_there_is(arguments):
    arguments.minutes, arguments.init = 0.0, WEIGHTS / "landmarks_lite.onnx"
    report = job.run_job(arguments)
    assert report["steps"] == 0 and Path(report["deliver"], "landmarks_lite.onnx.00").is_file()


def test_weights_from_another_machine_go_on_where_they_stood_in_the_course(arguments):
    arguments.init, arguments.begin, arguments.until = WEIGHTS / "landmarks_lite.onnx", 0.5, 0.75
    report = job.run_job(arguments)
    assert report["progress"] == pytest.approx(0.75)
    first = json.loads((arguments.out / "log.jsonl").read_text().splitlines()[0])
    assert first["progress"] > 0.5
    arguments.until = 1.0
    assert job.run_job(arguments)["progress"] == 1, "now the run's own checkpoint counts"


def test_a_run_that_fails_delivers_its_last_checkpoint(arguments, monkeypatch):
    def train_badly(run, *_, **__):
        run.step, run.progress = 7, 0.25
        run.save()
        run.step = 9
        raise RuntimeError("CUDA error: an illegal memory access")

    monkeypatch.setattr(job, "train", train_badly)
    report = job.run_job(arguments)
    assert report["fault"] == "training: RuntimeError: CUDA error: an illegal memory access"
    assert report["steps"] == 7 and Path(report["deliver"], "landmarks_lite.onnx.00").is_file()

    def fail(*_):
        raise OSError("no room")

    monkeypatch.setattr(job, "train", lambda *_, **__: None)
    monkeypatch.setattr(job, "export_landmarks", fail)
    report = job.run_job(arguments)
    folder = Path(report["deliver"])
    assert report["fault"] == "export: OSError: no room" and "model" not in report
    index = json.loads((folder / "landmarks_lite.pt.parts.json").read_text())
    join_file(folder / "landmarks_lite.pt.parts.json", arguments.out / index["file"])
    arguments.init, arguments.out = arguments.out / index["file"], arguments.out / "other"
    assert job.run_job(arguments)["began_from"] == "landmarks_lite.pt"


def test_a_run_that_fails_at_once_has_nothing_to_deliver(arguments, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("out of memory")

    monkeypatch.setattr(job, "train", fail)
    with pytest.raises(RuntimeError, match="before the first checkpoint: training: RuntimeError: out of"):
        job.run_job(arguments)


def test_the_command_tells_a_fault_by_its_status(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["job", "--data", "a", "--out", "b", "--minutes", "9"])
    monkeypatch.setattr(job, "run_job", lambda arguments: {"steps": 1})
    assert job.main() == 0
    monkeypatch.setattr(job, "run_job", lambda arguments: {"fault": "export"})
    assert job.main() == 1 and '"fault": "export"' in capsys.readouterr().out


def test_the_command_takes_the_recipe_of_its_profile(monkeypatch):
    monkeypatch.setattr("sys.argv", ["job", "--data", "a", "--out", "b", "--minutes", "9"])
    assert job.parse_arguments().recipe.name == "full_gpu.toml" and job.parse_arguments().recipe.is_file()
