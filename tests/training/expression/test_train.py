"""The one command: its recipe, and a whole run at tiny scale."""

import dataclasses

import numpy as np
import pytest

from engines.backends import open_session
from engines.stages.expression import FEATURES, gather_appearance
from proto.tables import BLENDSHAPES
from training.expression.train import RECIPE, load_recipe, run


def test_recipe_and_scale():
    full, tiny = load_recipe(RECIPE), load_recipe(RECIPE, "tiny")
    assert full.head_faces > 10000 > tiny.head_faces and tiny.photograph_passes == 0
    assert len(full.members) == 4 and tiny.members[0].steps < 100


def test_unknown_key_is_refused(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE.read_text().replace("seed = 1", "sead = 1"))
    with pytest.raises(TypeError, match="sead"):
        load_recipe(path)


def test_a_whole_run_at_tiny_scale(shared_data, tmp_path):
    recipe = dataclasses.replace(load_recipe(RECIPE, "tiny"), head_faces=200, check_faces=100)
    measured = run(recipe, shared_data, tmp_path)
    assert list(measured["coefficients"]) == list(BLENDSHAPES)
    session = open_session(tmp_path / "expression.onnx", threads=1)
    inputs = {"features": np.zeros((3, FEATURES), np.float32), "appearance": gather_appearance([None] * 3)}
    weights, units = session.run(inputs, ["blendshapes", "action_units"])
    assert weights.shape == (3, 52) and units.shape == (3, 18)
    assert (tmp_path / "measured.json").is_file()
