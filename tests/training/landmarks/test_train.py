"""A tiny run that learns, resumes and keeps to its time, with either loader."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from tests.training.landmarks.step_clock import StepClock
from training.landmarks import train as training
from training.landmarks.augment import Augmentation
from training.landmarks.mesh import MESH
from training.landmarks.recipe import Phase, Recipe, TimePlan
from training.landmarks.run import Run

RECIPE = Recipe(
    "lite", (Phase(40, 64, 3e-3),), batch=4, warm_up=2, workers=0, canvas=96,
    augmentation=Augmentation(flip=0, occlude=0, rotation_limit_deg=5),
)  # fmt: skip


@pytest.mark.parametrize("loader", ["workers", "device"])
def test_a_tiny_run_learns_writes_its_log_and_resumes(faces, tmp_path, loader):
    torch.manual_seed(0)
    recipe = dataclasses.replace(RECIPE, loader=loader)
    run = Run(recipe, tmp_path, torch.device("cpu"))
    training.train(run, faces, None, report_every=2)
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [record["step"] for record in log] == [2, 4, 6, 8, 10]
    assert log[-1]["loss"] < log[0]["loss"] and log[-1]["progress"] == 1

    again = Run(recipe, tmp_path, torch.device("cpu"))
    assert again.step == 10
    for key, value in run.average.items():
        assert torch.equal(value, again.average[key])
    nme68, nme51 = training.evaluate(again.averaged(), faces, torch.device("cpu"))
    assert np.isfinite([nme68, nme51]).all()


def test_a_run_keeps_to_its_time_and_goes_on_to_the_end(faces, tmp_path):
    run = Run(RECIPE, tmp_path, torch.device("cpu"))
    training.train(run, faces, faces, plan=TimePlan(RECIPE, 12, end=0.5, clock=StepClock()))
    assert run.progress == pytest.approx(0.5) and 2 <= run.step < 10
    first = run.step
    again = Run(RECIPE, tmp_path, torch.device("cpu"))
    assert again.step == first and again.progress == pytest.approx(0.5)
    training.train(again, faces, faces, plan=TimePlan(RECIPE, 12, again.progress, clock=StepClock()))
    assert again.progress == 1 and again.step > first
    last = json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])
    assert last["step"] == again.step and {"nme68", "nme51"} <= last.keys()


@pytest.mark.parametrize("loader", ["workers", "device"])
def test_a_recipe_that_compiles_tries_one_batch_of_each_size_first(faces, tmp_path, monkeypatch, loader):
    tried, seen = [], []
    monkeypatch.setattr(
        training.Objective, "compile", lambda self, batches: tried.extend(b[0].shape for b in batches)
    )
    call = training.Objective.__call__

    def note(self, batch):
        seen.append(batch[0].shape)
        return call(self, batch)

    monkeypatch.setattr(training.Objective, "__call__", note)
    phases = (Phase(12, 64, small_size=32),)
    recipe = dataclasses.replace(RECIPE, compile=True, phases=phases, loader=loader)
    run = Run(recipe, tmp_path, torch.device("cpu"))
    training.train(run, faces, None)
    assert tried == [(4, 64, 64, 3), (4, 32, 32, 3)]
    assert seen == [tried[0], tried[1], tried[0]] and run.step == 3


def test_only_rows_that_may_train_are_read(faces, monkeypatch):
    faces.labels["lm98_trust"] = np.array([0, 1, 1, 2])
    faces.labels["source"] = np.array(["lfw", "lfw", "london", "video_liveportrait_driving_d3"])
    monkeypatch.setattr(training, "load_faces", lambda data, name: faces)
    read = training.read_training_faces(None, RECIPE)
    assert list(read.labels["image"]) == ["1.jpg", "2.jpg"]
    read = training.read_training_faces(None, dataclasses.replace(RECIPE, sources=("london",)))
    assert list(read.labels["image"]) == ["2.jpg"]


@pytest.mark.parametrize("loader", ["workers", "device"])
def test_the_head_alone_learns_the_mesh_and_the_landmark_network_stays(faces, tmp_path, loader):
    torch.manual_seed(0)
    faces.labels[MESH] = faces.labels["lm98"] + np.float32(4)
    recipe = dataclasses.replace(RECIPE, head_only=True, loader=loader, average=0.5)
    run = Run(recipe, tmp_path, torch.device("cpu"))
    before = run.snapshot()
    training.train(run, faces, None, report_every=2)
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert log[-1]["loss"] < log[0]["loss"]
    for key, value in run.network.state_dict().items():
        assert torch.equal(value, before[key]) == key.startswith("landmarks."), key
