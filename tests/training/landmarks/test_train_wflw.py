"""The paper's recipe on WFLW's published files, by the command, at a small scale; it resumes."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from training.landmarks import train as training
from training.landmarks.recipe import load_recipe

PAPER = Path(training.__file__).parents[1] / "recipes" / "paper.toml"


def test_the_recipe_is_the_papers():
    recipe = load_recipe(PAPER)
    look = recipe.augmentation
    assert (recipe.profile, recipe.optimizer, recipe.batch) == ("full", "adam", 16)
    assert sum(phase.images for phase in recipe.phases) == 300 * 7500
    assert {(phase.learning_rate, phase.size) for phase in recipe.phases} == {(1e-4, 256)}
    assert look.rotation_limit_deg == 30 and look.flip == 0.5
    assert min(look.noise, look.median, look.colour) > 0
    assert look.occlude == look.blur == look.grey == look.low_resolution == 0


@pytest.fixture
def small_recipe(tmp_path) -> Path:
    """The paper's recipe for six steps of the small network on small crops."""
    text = PAPER.read_text().replace('profile = "full"', 'profile = "lite"\nbatch = 2')
    for old, new in (("workers = 8", "workers = 0"), ("2250000", "12"), ("size = 256", "size = 64")):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "small.toml").write_text(text)
    return tmp_path / "small.toml"


def test_one_command_trains_on_wflw_and_goes_on_where_it_stopped(small_recipe, wflw, tmp_path, monkeypatch):
    out = tmp_path / "run"
    command = ["train", str(small_recipe), "--data-wflw", str(wflw), "--out", str(out), "--device", "cpu"]
    monkeypatch.setattr("sys.argv", command)
    training.main()
    last = json.loads((out / "log.jsonl").read_text().splitlines()[-1])
    assert last["step"] == 6 and last["images"] == 12 and np.isfinite([last["nme68"], last["loss"]]).all()
    settings = json.loads((out / "recipe.json").read_text())
    assert settings["optimizer"] == "adam" and settings["phases"][0]["learning_rate"] == 1e-4
    small_recipe.write_text(small_recipe.read_text().replace("images = 12", "images = 16"))
    training.main()
    assert json.loads((out / "log.jsonl").read_text().splitlines()[-1])["step"] == 8
    assert (out / "last.pt").is_file()


def test_the_data_pack_and_wflw_exclude_each_other(wflw, tmp_path, monkeypatch):
    command = ["train", str(PAPER), "--data-wflw", str(wflw), "--data", str(wflw), "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", command)
    with pytest.raises(SystemExit):
        training.main()


def test_wflw_trains_whatever_sources_a_recipe_names(wflw):
    recipe = dataclasses.replace(load_recipe(PAPER), sources=("london",))
    arguments = training.argparse.Namespace(data=None, data_wflw=wflw)
    faces, check = training.open_faces(arguments, recipe)
    assert len(faces) == 3 and len(check) == 2
