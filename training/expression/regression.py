"""Train the direct road: features to 52 weights, on drawn heads and photographs together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from engines.stages.expression import FEATURES, POSE_FREE_FEATURES, mirror_blendshapes, mirror_features
from training.expression.dataset import Examples
from training.networks.expression import MeanRegressor, WeightRegressor


@dataclass(frozen=True)
class Regression:
    """How to train one regressor; sizes are counts of examples."""

    pose_free: bool = False  # it sees the pose-free features alone
    width: int = 512
    hidden: int = 384
    batch: int = 1024
    steps: int = 5000
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    photograph_share: float = 0.5
    absolute: float = 0.15  # L1 beside the squared error: keeps rest at rest
    strong: float = 7.0  # how much more a full weight of a drawn head counts than none
    # Noise on the features, in their standard deviations. Photographs are few and their points lean on
    # the labels: without much noise the network learns them by heart.
    head_noise: float = 0.02
    photograph_noise: float = 0.1
    average: float = 0.999


def weight_loss(output: Tensor, target: Tensor, counts: Tensor, setting: Regression) -> Tensor:
    """Squared and absolute error after the hold in 0..1, each target counting as told.

    Shapes: (N, 52) each -> scalar. Beyond 0..1 a small slope leads back.
    """
    held = output.clamp(0, 1) + 0.01 * (output - output.clamp(0, 1))
    error = held - target
    each = error.square() + setting.absolute * torch.sqrt(error.square() + 1e-4) * 0.2
    return (each * counts).sum() / counts.sum()


def even_counts(photographs: Examples) -> np.ndarray:
    """Let coefficients that hardly move on photographs count more there. Shapes: -> (52,)"""
    return (EVEN_SPREAD / (photographs.targets.std(axis=0) + 0.03)).clip(0.5, 3).astype(np.float32)


EVEN_SPREAD = 0.15  # the usual standard deviation of a coefficient that moves on photographs


class Drawer:
    """Draw batches of both kinds, half of the rows mirrored."""

    def __init__(self, head: Examples, photographs: Examples, setting: Regression, seed: int) -> None:
        self.sets = (head, photographs)
        photo = int(setting.batch * setting.photograph_share)
        self.counts = (setting.batch - photo, photo)
        self.strong = setting.strong
        self.noise = (setting.head_noise, setting.photograph_noise)
        self.spread = tuple(examples.features.std(axis=0) for examples in self.sets)
        self.even = even_counts(photographs)
        self.rng = np.random.default_rng(seed)
        self.twin = mirror_blendshapes()
        self.order, self.sign = mirror_features()

    def _noisy(self, kind: int) -> Examples:
        """Draw this batch's share of one kind, with noise on the features."""
        rows = self.rng.integers(len(self.sets[kind]), size=self.counts[kind])
        part = self.sets[kind].select(rows)
        noise = self.rng.standard_normal(part.features.shape, np.float32)
        part.features += noise * (self.noise[kind] * self.spread[kind])
        return part

    def draw(self) -> tuple[Tensor, Tensor, Tensor]:
        """Draw one batch: features, targets, and how much each target counts (0 where it is not taught)."""
        head, photographs = (self._noisy(kind) for kind in (0, 1))
        head.taught = head.taught * (1 + self.strong * head.targets)
        photographs.taught = photographs.taught * self.even
        batch = Examples.join([head, photographs])
        mirrored = self.rng.random(len(batch)) < 0.5
        batch.features[mirrored] = batch.features[mirrored][:, self.order] * self.sign
        batch.targets[mirrored] = batch.targets[mirrored][:, self.twin]
        batch.taught[mirrored] = batch.taught[mirrored][:, self.twin]
        return tuple(torch.from_numpy(part) for part in (batch.features, batch.targets, batch.taught))


def train_members(
    head: Callable[[], Examples],
    photographs: Examples,
    settings: Sequence[Regression],
    seed: int,
    out: Path,
) -> MeanRegressor:
    """Train some regressors, to be averaged: they err differently, and their mean is better than each.

    Each is kept in OUT and taken from there by a run that goes on; the drawn faces are asked for only when
    one has to be trained.
    """
    drawn, members = None, []
    for index, setting in enumerate(settings):
        path = out / f"member_{index}.pt"
        if path.is_file():
            member = WeightRegressor(setting.width, setting.hidden, inputs_of(setting))
            member.load_state_dict(torch.load(path, weights_only=True))
        else:
            drawn = head() if drawn is None else drawn
            member = train_regressor(drawn, photographs, setting, seed + index)
            torch.save(member.state_dict(), path)
        members.append(member)
    return MeanRegressor(members).eval()


def inputs_of(setting: Regression) -> int:
    """Count the features that a regressor sees."""
    return POSE_FREE_FEATURES if setting.pose_free else FEATURES


def train_regressor(
    head: Examples, photographs: Examples, setting: Regression, seed: int
) -> WeightRegressor:
    """Train a regressor with AdamW, a cosine and a moving average of its weights."""
    torch.manual_seed(seed)
    inputs = inputs_of(setting)
    network = WeightRegressor(setting.width, setting.hidden, inputs)
    both = np.concatenate([head.features, photographs.features])[:, :inputs]
    network.mean.copy_(torch.from_numpy(both.mean(axis=0)))
    # The floor keeps a nearly constant feature from being blown up.
    network.std.copy_(torch.from_numpy(both.std(axis=0).clip(0.02)))
    order, sign = (part[:inputs] for part in mirror_features())
    network.mean.copy_((network.mean + network.mean[order] * torch.from_numpy(sign)) / 2)
    network.std.copy_((network.std + network.std[order]) / 2)
    optimizer = torch.optim.AdamW(
        network.parameters(), setting.learning_rate, weight_decay=setting.weight_decay
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, setting.steps)
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(setting.average)
    )
    drawer = Drawer(head, photographs, setting, seed)
    for _ in tqdm(range(setting.steps), desc="regressor", unit="step", mininterval=20):
        features, targets, counts = drawer.draw()
        with torch.autocast("cpu", torch.bfloat16):  # a third of the time, the same result
            weights, _ = network(features)
        loss = weight_loss(weights.float(), targets, counts, setting)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
    return average.module.eval()


@torch.no_grad()
def predict(network: nn.Module, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Predict symmetric weights. Shapes: (N, 394) -> (N, 52) within 0..1, and before that hold."""
    order, sign = mirror_features()
    weights, _ = network(torch.from_numpy(features))
    mirrored, _ = network(torch.from_numpy(features[:, order] * sign))
    mean = (weights + mirrored[:, mirror_blendshapes()]) / 2
    return mean.clamp(0, 1).numpy(), mean.numpy()


@torch.no_grad()
def views(network: nn.Module, features: np.ndarray) -> dict[str, np.ndarray]:
    """Give every kind of feature that the support vectors may use, of one face each, unmirrored."""
    weights, hidden = network(torch.from_numpy(features))
    return {"points": features, "hidden": hidden.numpy(), "weights": weights.numpy()}
