"""The road of the image branch: learned from what it saw or from the mesh, symmetric, kept."""

import dataclasses
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from engines.stages.expression import ANCHORS, APPEARANCE, FEATURES, SCORES, mean_face_m, upright_points
from proto.tables import BLENDSHAPES
from training.errors import MissingDataError
from training.expression.dataset import Examples
from training.expression.look import Look, mesh_examples, mirror_both, scaled, train_look, train_looks
from training.landmarks.mesh import MESH
from training.networks.expression import mesh_features

SMILE = BLENDSHAPES.index("mouthSmileLeft")
QUICK = Look(
    width=32, hidden=16, batch=64, steps=200, learning_rate=2e-2, points_noise=0, looks_noise=0, average=0.9
)
CORNER = 82  # the mouth's, on the subject's left


def examples(count: int = 600) -> Examples:
    """A smile that only a shift of one mouth corner shows, among a few features that tell nothing."""
    rng = np.random.default_rng(1)
    features = np.zeros((count, FEATURES + APPEARANCE), np.float32)
    features[:, :20] = rng.normal(0, 1, (count, 20))
    targets = np.zeros((count, 52), np.float32)
    corner = FEATURES + SCORES + 2 * CORNER
    features[:, corner] = rng.normal(0, 1, count)
    targets[:, SMILE] = (features[:, corner] > 0).astype(np.float32)
    return Examples(features, targets, np.ones((count, 52), np.float32))


def smiling_faces(count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Mean faces in pictures, one mouth corner drawn outwards by a smile. -> (count, 98, 2), (count,)"""
    rng = np.random.default_rng(2)
    points = np.repeat(mean_face_m()[None, :, :2] * (1, -1) * 2000 + (320, 240), count, axis=0)
    smile = rng.random(count)
    points[:, CORNER, 0] += 12 * smile
    return (points + rng.normal(0, 0.2, points.shape)).astype(np.float32), smile


def photographs(looks: Examples, count: int = 400) -> SimpleNamespace:
    """Photographs of smiling faces, as far as they are asked for."""
    targets = np.zeros((count, 52), np.float32)
    targets[:, SMILE] = smiling_faces(count)[1]
    return SimpleNamespace(
        image=np.array([f"{i}.jpg" for i in range(count)]), training_rows=lambda: np.arange(count),
        targets=targets, taught=np.ones((count, 52), np.float32), look_examples=lambda: looks,
    )  # fmt: skip


@pytest.fixture
def mesh(tmp_path) -> Path:
    """What was read of those photographs; one has no mesh."""
    points, _ = smiling_faces()
    points[7] = np.nan
    folder = tmp_path / "read"
    folder.mkdir()
    np.savez(folder / "mesh.npz", image=photographs(examples()).image, **{MESH: points})
    return folder / "mesh.npz"


def correlation(network, known: Examples) -> float:
    with torch.no_grad():
        weights, _ = network(torch.from_numpy(known.features))
    return float(np.corrcoef(weights[:, SMILE], known.targets[:, SMILE])[0, 1])


def test_learns_what_only_the_branch_saw():
    assert correlation(train_look(examples(), QUICK, seed=1), examples()) > 0.4


def test_learns_from_the_mesh_and_reads_it_from_points_and_shifts(mesh):
    known = mesh_examples(photographs(examples()), mesh)
    assert len(known) == 399
    assert correlation(train_look(known, dataclasses.replace(QUICK, mesh=True), seed=1), known) > 0.8


def test_the_mesh_is_the_points_and_their_shifts():
    points, _ = smiling_faces(5)
    image = points.astype(np.float64) * (1, -1)
    plain = upright_points(image - image[:, ANCHORS].mean(axis=1, keepdims=True))
    both = np.zeros((5, FEATURES + APPEARANCE), np.float32)
    both[:, FEATURES - 196 : FEATURES] = plain
    np.testing.assert_allclose(mesh_features(torch.from_numpy(both)).numpy(), plain, atol=1e-5)
    # A crop's 256 pixels are 1.25 times the square that bounds the points.
    extent = np.ptp(points, axis=1).max(axis=1)
    shifts = np.random.default_rng(3).normal(0, 4, (5, 98, 2))
    both[:, FEATURES + SCORES :] = shifts.reshape(5, 196)
    moved = (points + shifts * (extent * 1.25 / 256)[:, None, None]) * (1, -1)
    expected = upright_points(moved - moved[:, ANCHORS].mean(axis=1, keepdims=True))
    np.testing.assert_allclose(mesh_features(torch.from_numpy(both)).numpy(), expected, atol=2e-3)


@pytest.mark.parametrize("kind", [QUICK, Look(mesh=True)], ids=["all", "mesh"])
def test_inputs_are_scaled_alike_on_both_sides(mesh, kind):
    known = mesh_examples(photographs(examples()), mesh) if kind.mesh else examples()
    network = scaled(known, kind)
    order, sign = (torch.from_numpy(part) for part in mirror_both())
    if kind.mesh:
        network, seen = network.regressor, slice(FEATURES - 196, FEATURES)
        order, sign = order[seen] - seen.start, sign[seen]
    torch.testing.assert_close(network.mean[order] * sign, network.mean)
    torch.testing.assert_close(network.std[order], network.std)


def test_mirroring_twice_changes_nothing():
    order, sign = mirror_both()
    x = np.random.default_rng(1).normal(size=FEATURES + APPEARANCE)
    np.testing.assert_allclose((x[order] * sign)[order] * sign, x)


def test_a_run_goes_on_from_what_it_kept(tmp_path):
    first = train_looks(photographs(examples()), [QUICK], 1, tmp_path)
    nothing = examples().select(np.arange(0))
    again = train_looks(photographs(nothing), [QUICK], 1, tmp_path)
    x = torch.from_numpy(examples().features)
    with torch.no_grad():
        assert torch.equal(first(x)[0], again(x)[0])


def test_without_an_image_branch_nothing_is_trained_or_kept(tmp_path):
    nothing = examples().select(np.arange(0))
    train_looks(photographs(nothing), [QUICK, Look(mesh=True)], 1, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_sees_the_mesh_wants_one(tmp_path):
    with pytest.raises(MissingDataError, match="--mesh"):
        train_looks(photographs(examples()), [Look(mesh=True)], 1, tmp_path)
