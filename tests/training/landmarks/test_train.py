"""Landmark training: the loss by hand, the schedule, recipes, and a tiny run that learns and resumes."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from training.faces import Faces
from training.landmarks import train as training

RECIPES = Path(training.__file__).parent.parent / "recipes"
LANDMARK_RECIPES = [RECIPES / f"{name}.toml" for name in ("lite", "full", "full_gpu", "paper")]


def test_loss_is_smallest_at_the_truth():
    grid = torch.arange(16.0)
    truth = torch.tensor([[[4 * 5.0 + 1.5, 4 * 9.0 + 1.5]]])

    def logits_at(x, y):
        return (-((grid[None] - x) ** 2 + (grid[:, None] - y) ** 2) / 2)[None, None]

    losses = [
        float(training.landmark_loss(logits_at(*p), truth, 1.0, 1.0)) for p in ((5, 9), (6, 9), (5, 12))
    ]
    assert losses[0] < losses[1] < losses[2]
    # At the truth the cross-entropy is the entropy of the target, 1 + ln(2 pi) for a unit Gaussian.
    assert losses[0] == pytest.approx(1 + np.log(2 * np.pi), abs=0.01)


def test_points_outside_the_map_give_no_cross_entropy():
    logits = torch.zeros(1, 1, 8, 8)
    outside = torch.tensor([[[-100.0, 10.0]]])
    assert float(training.landmark_loss(logits, outside, 1.0, 0.0)) == 0


def test_schedule_warms_up_and_each_phase_is_one_cosine():
    recipe = training.Recipe(
        "lite", (training.Phase(1600, 128, 1e-3), training.Phase(1600, 256, 5e-4)), warm_up=10
    )
    rates = [training.learning_rate(recipe, step) for step in range(200)]
    assert rates[0][0] == pytest.approx(1e-4) and rates[0][1] == 0 and rates[150][1] == 1
    assert max(rate for rate, _ in rates[:100]) == pytest.approx(1e-3, rel=0.05)
    assert rates[99][0] < 3e-5 and max(rate for rate, _ in rates[100:]) == pytest.approx(5e-4, rel=0.05)


@pytest.mark.parametrize("path", LANDMARK_RECIPES, ids=lambda path: path.stem)
def test_landmark_recipes_load(path):
    assert training.load_recipe(path).profile in training.PROFILES


def test_an_unknown_key_of_a_recipe_is_named(tmp_path):
    (tmp_path / "bad.toml").write_text('profile = "lite"\nmomentum = 1\n[[phases]]\nimages = 1\n')
    with pytest.raises(TypeError, match="momentum"):
        training.load_recipe(tmp_path / "bad.toml")


@pytest.fixture
def faces() -> Faces:
    """Four pictures of four dots each; every landmark marks one of them."""
    rng, images, points = np.random.default_rng(0), [], []
    corners = np.array([[60, 60], [140, 60], [140, 140], [60, 140]], float)
    for _ in range(4):
        dots = corners + rng.uniform(-8, 8, (4, 2))
        image = np.zeros((200, 200, 3), np.uint8)
        for (x, y), colour in zip(
            dots, ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)), strict=True
        ):
            cv2.circle(image, (round(x), round(y)), 8, colour, -1)
        images.append(cv2.imencode(".jpg", image)[1].tobytes())
        order = np.array([0] * 33 + [1] * 18 + [2] * 9 + [0] * 8 + [1] * 8 + [3] * 20 + [0, 1])
        points.append(dots[order])
    points = np.array(points, np.float32)
    labels = {
        "image": np.array([f"{i}.jpg" for i in range(4)]), "source": np.array(["lfw"] * 4), "lm98": points,
        "lm98_trust": np.array([1, 1, 2, 2]), "gt68": points[:, training.landmark98.TO_68],
    }  # fmt: skip
    return Faces(images, labels)


def test_a_tiny_run_learns_writes_its_log_and_resumes(faces, tmp_path):
    torch.manual_seed(0)
    augmentation = training.Augmentation(flip=0, occlude=0, rotation_limit_deg=5)
    recipe = training.Recipe(
        "lite", (training.Phase(40, 64, 3e-3),), batch=4, warm_up=2, workers=0, augmentation=augmentation
    )
    run = training.Run(recipe, tmp_path, torch.device("cpu"))
    training.train(run, faces, None, report_every=2)
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [record["step"] for record in log] == [2, 4, 6, 8, 10]
    assert log[-1]["loss"] < log[0]["loss"]
    assert json.loads((tmp_path / "recipe.json").read_text())["profile"] == "lite"

    again = training.Run(recipe, tmp_path, torch.device("cpu"))
    assert again.step == 10
    for key, value in run.average.items():
        assert torch.equal(value, again.average[key])
    nme68, nme51 = training.evaluate(again.averaged(), faces, torch.device("cpu"))
    assert np.isfinite([nme68, nme51]).all()
