"""Train the road of the image branch: what it saw to 52 weights, on photographs alone.

A drawn head has no picture. Two kinds of regressors are averaged. One reads features, scores and shifts side
by side; the branch learned from the same photographs and is surer on them than on people whom it has never
seen, so noise keeps that regressor from relying on it. The other sees only where MediaPipe's mesh lies, and
learns that from the mesh itself, which no network of ours has read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from engines.stages.expression import (
    ANCHORS,
    APPEARANCE,
    FEATURES,
    POSE_FREE_FEATURES,
    mirror_appearance,
    mirror_blendshapes,
    mirror_features,
    upright_points,
)
from training.errors import MissingDataError
from training.expression.dataset import Examples, PhotographFaces
from training.expression.regression import Course, even_counts, fit
from training.landmarks.mesh import read_mesh
from training.networks.expression import MeanRegressor, MeshRegressor, WeightRegressor


@dataclass(frozen=True)
class Look(Course):
    """How to train one such regressor; noise in standard deviations of what it meets."""

    width: int = 384
    hidden: int = 256
    steps: int = 2000
    weight_decay: float = 5e-2
    average: float = 0.998
    half: bool = False  # r 0.897 on people who only check, 0.893 in bf16
    mesh: bool = False  # it sees the mesh alone
    points_noise: float = 0.1
    looks_noise: float = 0.3


def mesh_examples(photographs: PhotographFaces, path: Path) -> Examples:
    """Describe the training photographs by MediaPipe's mesh: in place of the points, without any shift.

    Raises: MissingDataError, DamagedDataError if the file is not of these photographs.
    """
    points = read_mesh(path, photographs.image)
    rows = photographs.training_rows()
    rows = rows[np.isfinite(points[rows]).all(axis=(1, 2))]
    image = points[rows].astype(np.float64) * (1, -1)
    features = np.zeros((len(rows), FEATURES + APPEARANCE), np.float32)
    plain = upright_points(image - image[:, ANCHORS].mean(axis=1, keepdims=True))
    features[:, POSE_FREE_FEATURES:FEATURES] = plain
    return Examples(features, photographs.targets[rows], photographs.taught[rows])


def mirror_both() -> tuple[np.ndarray, np.ndarray]:
    """Tell how features and appearance of a mirrored face follow, side by side. -> (642,), (642,)"""
    (order, sign), (other, other_sign) = mirror_features(), mirror_appearance()
    return np.r_[order, other + FEATURES], np.r_[sign, other_sign]


def empty(setting: Look) -> WeightRegressor | MeshRegressor:
    """Make a regressor as it is drawn."""
    if setting.mesh:
        return MeshRegressor(setting.width, setting.hidden)
    return WeightRegressor(setting.width, setting.hidden, FEATURES + APPEARANCE)


def scaled(examples: Examples, setting: Look) -> WeightRegressor | MeshRegressor:
    """Make a regressor that scales its inputs, a mirrored face's alike. Shapes: features (M, 642)."""
    network = empty(setting)
    order, sign = mirror_both()
    mean, square = examples.features.mean(axis=0), (examples.features**2).mean(axis=0)
    mean, square = (mean + mean[order] * sign) / 2, (square + square[order]) / 2
    # The floor keeps a nearly constant input from being blown up.
    spread = np.sqrt((square - mean**2).clip(0)).clip(0.02)
    inner, seen = network, slice(None)
    if setting.mesh:
        inner, seen = network.regressor, slice(POSE_FREE_FEATURES, FEATURES)
    inner.mean.copy_(torch.from_numpy(mean[seen]))
    inner.std.copy_(torch.from_numpy(spread[seen]))
    return network


def noise_of(examples: Examples, setting: Look) -> torch.Tensor:
    """Tell how much noise each input gets. Shapes: -> (642,)"""
    noise = examples.features.std(axis=0)
    noise[:FEATURES] *= setting.points_noise
    noise[FEATURES:] *= setting.looks_noise
    return torch.from_numpy(noise)


def train_look(examples: Examples, setting: Look, seed: int) -> nn.Module:
    """Train one on noisy photographs, half of them mirrored."""
    torch.manual_seed(seed)
    network, noise = scaled(examples, setting), noise_of(examples, setting)
    order, sign = (torch.from_numpy(part) for part in mirror_both())
    twin = torch.from_numpy(mirror_blendshapes())
    parts = tuple(torch.from_numpy(part) for part in (examples.features, examples.targets, examples.taught))
    counts = torch.from_numpy(even_counts(examples))

    def draw() -> tuple[torch.Tensor, ...]:
        rows = torch.randint(len(examples), (setting.batch,))
        features, targets, taught = (part[rows] for part in parts)
        features = features + noise * torch.randn_like(features)
        mirrored = (torch.rand(len(rows), 1) < 0.5).float()
        features = features * (1 - mirrored) + features[:, order] * sign * mirrored
        targets = targets * (1 - mirrored) + targets[:, twin] * mirrored
        return features, targets, taught * counts

    return fit(network, draw, setting)


def train_looks(
    photographs: PhotographFaces, settings: Sequence[Look], seed: int, out: Path, mesh: Path | None = None
) -> MeanRegressor:
    """Train some, to be averaged; each is kept in OUT and taken from there by a run that goes on.

    Where no image branch looked at the photographs they stay as drawn: their share is 0.
    Raises: MissingDataError if one sees the mesh and there is none.
    """
    looks, members = photographs.look_examples(), []
    for index, setting in enumerate(settings):
        path, member = out / f"look_{index}.pt", empty(setting)
        if path.is_file():
            member.load_state_dict(torch.load(path, weights_only=True))
        elif len(looks):
            if setting.mesh and mesh is None:
                raise MissingDataError("expected --mesh with what training.landmarks.mesh read, got none")
            examples = mesh_examples(photographs, mesh) if setting.mesh else looks
            member = train_look(examples, setting, seed + index)
            torch.save(member.state_dict(), path)
        members.append(member)
    return MeanRegressor(members).eval()
