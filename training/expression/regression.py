"""Train the direct road: features to 52 weights, on drawn heads and photographs together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from engines.stages.expression import FEATURES, POSE_FREE_FEATURES, mirror_blendshapes, mirror_features
from proto.tables import BLENDSHAPES
from training.expression.dataset import Examples
from training.expression.measure import GROUPS, group_columns
from training.networks.expression import MeanRegressor, WeightRegressor

# The seldomer a group is strong among drawn faces, the more: 3 over its share of them, 40 at most. Else a jaw
# to the side loses to the many faces without it.
STRONG_GROUPS = {
    "eye close": 17.4, "eye wide": 8.1, "brow raise": 21.8, "brow anger": 38.9, "mouth open": 32.7,
    "jaw left/right": 40.0, "lip roll": 40.0, "smile": 31.2, "kiss": 40.0,
}  # fmt: skip


@dataclass(frozen=True)
class Course:
    """A regressor's size and training, whatever it sees; sizes are counts of examples."""

    width: int = 512
    hidden: int = 384
    batch: int = 1024
    steps: int = 4000
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    average: float = 0.999
    linear_from: float = 0.1  # an error counts as its square up to here, beyond it as itself
    half: bool = True  # products in bf16: a third of the time, for the points the same result


@dataclass(frozen=True)
class Regression(Course):
    """How to train one regressor of the points."""

    pose_free: bool = False  # it sees the pose-free features alone
    photograph_share: float = 0.5
    # How much more a full weight of a drawn head counts than none.
    strong: float = 6.0
    strong_groups: Mapping[str, float] = field(default_factory=lambda: STRONG_GROUPS)
    photographs_count: float = 1.5  # a photograph's scores, beside a drawn head at rest
    # Noise on the features, in their standard deviations. Photographs are few and their points lean on
    # the labels: without much noise the network learns them by heart.
    head_noise: float = 0.02
    photograph_noise: float = 0.1


def weight_loss(output: Tensor, target: Tensor, counts: Tensor, setting: Course) -> Tensor:
    """Pseudo-Huber error after the hold in 0..1, each target counting as told.

    Squares alone would draw every answer to the middle, absolute errors alone would make it leap from rest.
    Shapes: (N, 52) each -> scalar. Beyond 0..1 a small slope leads back.
    """
    held = output.clamp(0, 1) + 0.01 * (output - output.clamp(0, 1))
    bend = setting.linear_from
    each = torch.sqrt((held - target).square() + bend**2) - bend
    return (each * counts).sum() / counts.sum()


def strong_counts(setting: Regression) -> np.ndarray:
    """Tell how much more a full weight counts than none, per coefficient. Shapes: -> (52,).

    Raises: KeyError naming a group that there is not.
    """
    counts = np.full(len(BLENDSHAPES), setting.strong, np.float32)
    for name, count in setting.strong_groups.items():
        counts[group_columns(GROUPS[name])] = count
    return counts


def even_counts(photographs: Examples) -> np.ndarray:
    """Let coefficients that hardly move on photographs count more there. Shapes: -> (52,)"""
    return (EVEN_SPREAD / (photographs.targets.std(axis=0) + 0.03)).clip(0.5, 3).astype(np.float32)


EVEN_SPREAD = 0.15  # the usual standard deviation of a coefficient that moves on photographs
TELLING = 60000  # so many faces tell means and spreads


def scale_features(head: Examples, photographs: Examples) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread of the features, both kinds alike. Shapes: -> (394,), (394,)."""
    parts = [part.features[:TELLING] for part in (head, photographs)]
    mean = np.mean([part.mean(axis=0) for part in parts], axis=0)
    square = [part.var(axis=0) + (part.mean(axis=0) - mean) ** 2 for part in parts]
    # The floor keeps a nearly constant feature from being blown up.
    return mean, np.sqrt(np.mean(square, axis=0)).clip(0.02)


class Drawer:
    """Draw batches of both kinds, half of the rows mirrored."""

    def __init__(self, head: Examples, photographs: Examples, setting: Regression, seed: int) -> None:
        self.sets = (head, photographs)
        photo = int(setting.batch * setting.photograph_share)
        self.counts = (setting.batch - photo, photo)
        self.strong = strong_counts(setting)
        self.noise = (setting.head_noise, setting.photograph_noise)
        self.spread = tuple(examples.features[:TELLING].std(axis=0) for examples in self.sets)
        self.even = even_counts(photographs) * setting.photographs_count
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


def fit(network: nn.Module, draw: Callable[[], tuple[Tensor, Tensor, Tensor]], course: Course) -> nn.Module:
    """Train with AdamW, a cosine and a moving average of the weights, on batches as `Drawer.draw` gives."""
    optimizer = torch.optim.AdamW(
        network.parameters(), course.learning_rate, weight_decay=course.weight_decay
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, course.steps)
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(course.average)
    )
    for _ in tqdm(range(course.steps), desc="regressor", unit="step", mininterval=20):
        features, targets, counts = draw()
        with torch.autocast("cpu", torch.bfloat16, enabled=course.half):
            weights, _ = network(features)
        loss = weight_loss(weights.float(), targets, counts, course)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
    return average.module.eval()


def train_regressor(head: Examples, photographs: Examples, setting: Regression, seed: int) -> WeightRegressor:
    """Train a regressor of the points."""
    torch.manual_seed(seed)
    inputs = inputs_of(setting)
    network = WeightRegressor(setting.width, setting.hidden, inputs)
    mean, spread = (torch.from_numpy(part[:inputs]) for part in scale_features(head, photographs))
    network.mean.copy_(mean)
    network.std.copy_(spread)
    order, sign = (part[:inputs] for part in mirror_features())
    network.mean.copy_((network.mean + network.mean[order] * torch.from_numpy(sign)) / 2)
    network.std.copy_((network.std + network.std[order]) / 2)
    return fit(network, Drawer(head, photographs, setting, seed).draw, setting)


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
