"""Landmark training: the loss by hand, the schedule, recipes, and a tiny run that learns and resumes."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from proto.tables import BLENDSHAPES
from training.faces import Faces
from training.landmarks import train as training
from training.networks.face import FaceNetwork
from training.networks.hrnet import HRNet

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


def score_labels() -> dict[str, np.ndarray]:
    names = ["_neutral", *reversed(BLENDSHAPES[:-1])]  # another order, and no tongueOut, as MediaPipe has it
    scores = np.random.default_rng(0).uniform(0, 1, (4, len(names)))
    scores[2] = np.nan
    return {
        "image": np.array(list("abcd")), "source": np.array(["lfw", "lfw", "lfw", "congress"]),
        "mp_blendshapes": scores, "mp_blendshape_names": np.array(names),
    }  # fmt: skip


def test_scores_count_by_name_and_only_where_they_teach():
    labels = score_labels()
    targets, counts = training.score_targets(labels)
    jaw = BLENDSHAPES.index("jawOpen")
    assert targets[0, jaw] == pytest.approx(labels["mp_blendshapes"][0, names_of(labels).index("jawOpen")])
    assert (counts[:2, jaw] > 0).all() and (counts[:2, BLENDSHAPES.index("cheekPuff")] == 0).all()
    assert (counts[2:] == 0).all()  # no mesh was found; a person who only checks
    assert np.isfinite(targets).all()


def names_of(labels: dict) -> list[str]:
    return [str(name) for name in labels["mp_blendshape_names"]]


def test_a_mirrored_crop_has_mirrored_scores(faces):
    faces.labels.update(score_labels())
    plain = training.Crops(faces, training.Augmentation(flip=0))
    mirrored = training.Crops(faces, training.Augmentation(flip=1))
    left, right = BLENDSHAPES.index("eyeBlinkLeft"), BLENDSHAPES.index("eyeBlinkRight")
    first, second = plain[0, 1, 64][2], mirrored[0, 1, 64][2]
    assert first[left] == second[right] and first[right] == second[left] and first[left] != first[right]


def test_score_loss_counts_only_what_is_taught():
    output, target = torch.tensor([[0.5, 0.9]]), torch.tensor([[0.0, 0.4]])
    assert float(training.score_loss(output, target, torch.tensor([[1.0, 0.0]]))) == pytest.approx(0.25)
    assert float(training.score_loss(output, target, torch.zeros(1, 2))) == 0


def test_weights_of_a_landmark_network_alone_can_begin_a_run():
    alone = HRNet(training.PROFILES["lite"])
    network = FaceNetwork(training.PROFILES["lite"])
    training.load_weights(network, alone.state_dict())
    assert torch.equal(network.landmarks.conv1.weight, alone.conv1.weight)
