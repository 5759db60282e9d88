"""The one command: its recipe, the choice of roads, and a whole run at tiny scale."""

import dataclasses

import numpy as np
import pytest
import torch

from engines.backends import open_session
from engines.stages.expression import FEATURES
from proto.tables import ACTION_UNITS, BLENDSHAPES
from training.expression.dataset import Examples
from training.expression.train import RECIPE, choose_roads, load_recipe, run


def test_recipe_and_scale():
    full, tiny = load_recipe(RECIPE), load_recipe(RECIPE, "tiny")
    assert full.head_faces > 10000 > tiny.head_faces and tiny.photograph_passes == 0
    assert tiny.regression.steps < 100


def test_unknown_key_is_refused(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE.read_text().replace("seed = 1", "sead = 1"))
    with pytest.raises(TypeError, match="sead"):
        load_recipe(path)


class Answers(torch.nn.Module):
    """Direct weights and units that were prepared beforehand."""

    def __init__(self, weights: np.ndarray, units: np.ndarray) -> None:
        super().__init__()
        self.answers = torch.from_numpy(weights), torch.from_numpy(units)

    def forward(self, features):
        return self.answers


def test_the_better_road_ships_and_is_declared():
    rng = np.random.default_rng(1)
    truth = rng.uniform(0, 1, (200, 52)).astype(np.float32)
    direct, units = truth.copy(), np.zeros((200, 18), np.float32)
    smile, jaw = BLENDSHAPES.index("mouthSmileLeft"), BLENDSHAPES.index("jawOpen")
    direct[:, smile] = rng.uniform(0, 1, 200)  # useless
    units[:, ACTION_UNITS.index("AU12")] = truth[:, smile] * 5
    check = Examples(np.zeros((200, FEATURES), np.float32), truth, np.ones_like(truth))
    road, entries = choose_roads(Answers(direct, units), check, check)
    assert road[smile] == 0 and road[jaw] == 1
    assert entries["mouthSmileLeft"]["road"] == "action units" and entries["mouthSmileLeft"]["quality"] > 0.99
    assert entries["jawOpen"]["estimated"] and entries["jawOpen"]["judged_on"] == "photographs"
    assert entries["noseSneerLeft"]["judged_on"] == "heads"
    assert not entries["cheekPuff"]["estimated"] and entries["tongueOut"]["quality"] is None


def test_a_whole_run_at_tiny_scale(shared_data, tmp_path):
    recipe = dataclasses.replace(load_recipe(RECIPE, "tiny"), head_faces=200, check_faces=100)
    measured = run(recipe, shared_data, tmp_path)
    assert list(measured["coefficients"]) == list(BLENDSHAPES)
    session = open_session(tmp_path / "expression.onnx", threads=1)
    weights, units = session.run(
        {"features": np.zeros((3, FEATURES), np.float32)}, ["blendshapes", "action_units"]
    )
    assert weights.shape == (3, 52) and units.shape == (3, 18)
    assert (tmp_path / "measured.json").is_file()
