"""A run's folder: its settings, its checkpoint whole or not there, its moving average."""

import json

import pytest
import torch

from training.landmarks.recipe import Phase, Recipe
from training.landmarks.run import Run

RECIPE = Recipe("lite", (Phase(8, 64),))


@pytest.fixture
def run(tmp_path) -> Run:
    torch.manual_seed(0)
    return Run(RECIPE, tmp_path, torch.device("cpu"))


def test_a_saved_run_goes_on_where_it_stood(run, tmp_path, capsys):
    run.step, run.progress = 7, 0.25
    with torch.no_grad():
        run.network.landmarks.conv1.weight.add_(1)
    run.save()
    again = Run(RECIPE, tmp_path, torch.device("cpu"))
    assert (again.step, again.progress) == (7, 0.25) and "at step 7" in capsys.readouterr().out
    assert torch.equal(again.network.landmarks.conv1.weight, run.network.landmarks.conv1.weight)
    assert torch.equal(again.average["landmarks.conv1.weight"], run.average["landmarks.conv1.weight"])
    assert not (tmp_path / "last.partial").exists()
    assert json.loads((tmp_path / "recipe.json").read_text())["profile"] == "lite"


def test_a_checkpoint_from_before_progress_was_kept_resumes(run, tmp_path):
    run.save()
    state = torch.load(tmp_path / "last.pt", weights_only=True)
    del state["progress"]
    torch.save(state, tmp_path / "last.pt")
    assert Run(RECIPE, tmp_path, torch.device("cpu")).progress == 0


def test_the_average_moves_by_its_window(run):
    before = run.average["landmarks.conv1.weight"].clone()
    with torch.no_grad():
        run.network.landmarks.conv1.weight.add_(1)
        run.network.landmarks.bn1.num_batches_tracked.fill_(5)
    run.step = 90
    run.update_average()
    keep = 91 / 100
    assert torch.allclose(run.average["landmarks.conv1.weight"], before + 1 - keep, atol=1e-6)
    assert run.average["landmarks.bn1.num_batches_tracked"] == 5
    assert torch.equal(run.averaged().landmarks.conv1.weight, run.average["landmarks.conv1.weight"])
