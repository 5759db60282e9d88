"""The loss by hand, and the step that is compiled or not."""

import subprocess
import time

import numpy as np
import pytest
import torch

from training.landmarks import losses
from training.landmarks.losses import Objective, landmark_loss, mesh_loss, normalise, score_loss
from training.landmarks.recipe import Phase, Recipe
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES


def test_loss_is_smallest_at_the_truth():
    grid = torch.arange(16.0)
    truth = torch.tensor([[[4 * 5.0 + 1.5, 4 * 9.0 + 1.5]]])

    def logits_at(x, y):
        return (-((grid[None] - x) ** 2 + (grid[:, None] - y) ** 2) / 2)[None, None]

    losses = [float(landmark_loss(logits_at(*p), truth, 1.0, 1.0)) for p in ((5, 9), (6, 9), (5, 12))]
    assert losses[0] < losses[1] < losses[2]
    # At the truth the cross-entropy is the entropy of the target, 1 + ln(2 pi) for a unit Gaussian.
    assert losses[0] == pytest.approx(1 + np.log(2 * np.pi), abs=0.01)


def test_points_outside_the_map_give_no_cross_entropy():
    logits = torch.zeros(1, 1, 8, 8)
    outside = torch.tensor([[[-100.0, 10.0]]])
    assert float(landmark_loss(logits, outside, 1.0, 0.0)) == 0


def test_score_loss_counts_only_what_is_taught():
    output, target = torch.tensor([[0.5, 0.9]]), torch.tensor([[0.0, 0.4]])
    assert float(score_loss(output, target, torch.tensor([[1.0, 0.0]]))) == pytest.approx(0.25)
    assert float(score_loss(output, target, torch.zeros(1, 2))) == 0


def test_mesh_loss_is_the_distance_that_the_shift_leaves():
    grid = torch.arange(16.0)
    logits = (-((grid[None] - 5) ** 2 + (grid[:, None] - 9) ** 2) / 2).expand(1, 98, 16, 16)
    mesh = torch.tensor([5.0, 9.0]).mul(4).add(1.5).add(torch.tensor([8.0, -4.0])).expand(1, 98, 2)
    right = torch.tensor([8.0, -4.0]).mul(4).expand(1, 98, 2)  # a crop of 64 pixels; told in those of 256
    assert float(mesh_loss(logits, right, mesh)) == pytest.approx(0, abs=0.01)
    assert float(mesh_loss(logits, torch.zeros(1, 98, 2), mesh)) == pytest.approx(3, abs=0.01)  # 2 + 1 cells


def test_mesh_loss_counts_lids_more_than_the_contour_and_unknown_faces_not_at_all():
    logits, shifts = torch.zeros(2, 98, 8, 8), torch.zeros(2, 98, 2)
    mesh = torch.full((2, 98, 2), 3.5 * 4 + 1.5)
    lid, contour = mesh.clone(), mesh.clone()
    lid[0, 62] += 4
    contour[0, 10] += 4
    assert float(mesh_loss(logits, shifts, lid)) > 5 * float(mesh_loss(logits, shifts, contour)) > 0
    lid[0] = torch.nan
    assert float(mesh_loss(logits, shifts, lid)) == pytest.approx(0, abs=1e-5)
    assert float(mesh_loss(logits, shifts, torch.full((2, 98, 2), torch.nan))) == 0


def test_the_objective_weighs_the_mesh(objective):
    parts = batch()
    plain, _ = objective(parts)
    far, _ = objective((parts[0], torch.cat([parts[1], parts[1] + 40], 1), *parts[2:]))
    unknown, _ = objective((parts[0], torch.cat([parts[1], parts[1] * torch.nan], 1), *parts[2:]))
    assert float(far) > float(plain) + 4 * 10
    assert float(unknown) == pytest.approx(float(plain), rel=0.02)


def test_images_are_normalised_by_the_customary_statistics():
    image = torch.full((1, 2, 2, 3), 0, dtype=torch.uint8)
    image[..., 0] = 124
    x = normalise(image)
    assert x.shape == (1, 3, 2, 2)
    assert x[0, :, 0, 0].tolist() == pytest.approx(
        [0.325 / 58.395, -116.28 / 57.12, -103.53 / 57.375], abs=1e-5
    )


@pytest.fixture
def objective() -> Objective:
    torch.manual_seed(0)
    return Objective(FaceNetwork(PROFILES["lite"]), Recipe("lite", (Phase(8, 64),)))


def batch() -> tuple[torch.Tensor, ...]:
    points = torch.rand(2, 98, 2) * 64
    return (
        torch.randint(0, 256, (2, 64, 64, 3), dtype=torch.uint8),
        points,
        torch.rand(2, 52),
        torch.ones(2, 52),
    )


def test_the_objective_weighs_the_scores(objective):
    parts = batch()
    loss, look = objective(parts)
    without, _ = objective((*parts[:3], torch.zeros(2, 52)))
    assert float((loss - without).detach()) == pytest.approx(10 * float(look.detach()), rel=0.05)


@pytest.mark.parametrize(
    ("fault", "words"),
    [(RuntimeError("no compiler here\nand a long trace"), "RuntimeError: no compiler here\n"),
     (subprocess.CalledProcessError(1, "gcc"), "CalledProcessError: Command 'gcc' returned"),
     (AssertionError(), "AssertionError: \n")],
)  # fmt: skip
def test_a_compiler_that_fails_is_named_and_leaves_no_trace(objective, monkeypatch, capsys, fault, words):
    def compile_badly(call, **options):
        def fail(*parts):
            call(*parts)
            raise fault

        return fail

    monkeypatch.setattr(torch, "compile", compile_badly)
    before = {key: value.clone() for key, value in objective.network.state_dict().items()}
    assert not objective.compile([batch(), batch()])
    assert f"not compiled: {words}" in capsys.readouterr().out
    for key, value in objective.network.state_dict().items():
        assert torch.equal(value, before[key]), key
    assert torch.isfinite(objective(batch())[0])


def test_a_compiler_that_takes_too_long_is_left(objective, monkeypatch, capsys):
    def compile_slowly(call, **options):
        return lambda *parts: time.sleep(60)

    monkeypatch.setattr(torch, "compile", compile_slowly)
    monkeypatch.setattr(losses, "COMPILE_SECONDS", 0.05)
    assert not objective.compile([batch(), batch()])
    assert "not compiled: TimeoutError: it took more than 0.05 s" in capsys.readouterr().out
    assert torch.isfinite(objective(batch())[0])


def test_what_compiles_is_used(objective, monkeypatch):
    calls = []

    def compile_well(call, **options):
        def run(*parts):
            calls.append(len(parts))
            return call(*parts)

        return run

    monkeypatch.setattr(torch, "compile", compile_well)
    assert objective.compile([batch(), batch()])
    objective(batch())
    assert calls == [4, 4, 4]
    assert all(p.grad is None for p in objective.network.parameters())
