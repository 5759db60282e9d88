"""Fit one network of the cascade to its samples: the losses of equations 1-3.

Equation 1 of the paper reads -(y log p + (1 - y)(1 - log p)), a misprint: as written, the second
term rewards a sure wrong answer. The cross-entropy that is meant has log(1 - p); it is used here.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from training.detection.samples import NEGATIVE, PART, POSITIVE, Samples
from training.networks.mtcnn import PIXEL_MEAN, PIXEL_SCALE

POINT_FLIP = [1, 0, 2, 4, 3]  # the five points of a mirrored face


@dataclass(frozen=True)
class FitSettings:
    """How to fit. Batch, rate and the losses' shares are the paper's and the original's."""

    epochs: int
    batch: int = 256
    learning_rate: float = 1e-3
    warm_up: int = 200  # steps
    weight_decay: float = 1e-4
    hard_share: float = 0.7  # online hard-example mining: this share of the class losses counts
    box_weight: float = 0.5
    points_weight: float = 0.5
    floor: float = 0.01  # of the learning rate, at the cosine's end


def losses(
    outputs: tuple[Tensor, ...], kinds: Tensor, offsets: Tensor, points: Tensor, settings: FitSettings
) -> dict[str, Tensor]:
    """Compute equations 1-3 over the samples that each applies to.

    Shapes: outputs logits (N, 1, ...), offsets (N, 4, ...), maybe points (N, 10); kinds (N,).
    """
    logits = outputs[0].flatten()
    judged = kinds != PART
    target = (kinds == POSITIVE).float()
    entropy = F.binary_cross_entropy_with_logits(logits[judged], target[judged], reduction="none")
    hardest = entropy.topk(max(1, int(settings.hard_share * len(entropy)))).values
    faces = kinds != NEGATIVE
    count = faces.sum().clamp(min=1)
    error = (outputs[1].flatten(1)[faces] - offsets[faces]).square().sum()
    parts = {"class": hardest.mean(), "box": settings.box_weight * error / count}
    if len(outputs) == 3:
        known = faces & points.isfinite().flatten(1).all(dim=1)  # a face may have a box alone
        error = (outputs[2][known] - points.flatten(1)[known]).square().sum()
        parts["points"] = settings.points_weight * error / known.sum().clamp(min=1)
    return parts


def mirror_half(images: Tensor, offsets: Tensor, points: Tensor, generator: torch.Generator):
    """Mirror a random half of a batch with its targets.

    Shapes: (N, 3, S, S), (N, 4), (N, 5, 2) -> the same.
    """
    rows = torch.rand(len(images), generator=generator) < 0.5
    images[rows] = images[rows].flip(-1)
    left_right = offsets[rows][:, [2, 1, 0, 3]]
    offsets[rows] = left_right * offsets.new_tensor([-1, 1, -1, 1])
    turned = points[rows][:, POINT_FLIP]
    points[rows] = torch.stack([1 - turned[..., 0], turned[..., 1]], dim=-1)
    return images, offsets, points


def batch_of(samples: Samples, rows: np.ndarray, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Take rows as tensors: normalised images with a little light of their own, mirrored by half."""
    pixels = torch.from_numpy(samples.crops[rows]).permute(0, 3, 1, 2).float()
    images = (pixels - PIXEL_MEAN) * PIXEL_SCALE
    gain = torch.empty(len(rows), 1, 1, 1).uniform_(0.8, 1.2, generator=generator)
    shift = torch.empty(len(rows), 3, 1, 1).uniform_(-0.1, 0.1, generator=generator)
    images = (images * gain + shift).clamp(-1, 1)
    offsets = torch.from_numpy(samples.offsets[rows])
    points = torch.from_numpy(samples.points[rows])
    images, offsets, points = mirror_half(images, offsets, points, generator)
    return images, torch.from_numpy(samples.kinds[rows]), offsets, points


def fit(network: nn.Module, samples: Samples, settings: FitSettings, log: Path, seed: int = 0) -> None:
    """Fit a network in place; each epoch adds a line to the log."""
    # Channels-last is faster on the larger inputs only (measured on one core).
    size = samples.crops.shape[1]
    layout = torch.channels_last if size > 12 else torch.contiguous_format
    network.train().to(memory_format=layout)
    optimizer = torch.optim.AdamW(
        network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    steps = max(1, len(samples) // settings.batch)
    total = steps * settings.epochs
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    bar = tqdm(total=total, desc=type(network).__name__, unit="step", mininterval=10)
    started, step = time.monotonic(), 0
    for epoch in range(settings.epochs):
        order = rng.permutation(len(samples))
        sums: dict[str, float] = {}
        for first in range(steps):
            rows = np.sort(order[first * settings.batch : (first + 1) * settings.batch])
            images, kinds, offsets, points = batch_of(samples, rows, generator)
            cosine = 0.5 * (1 + math.cos(math.pi * step / total))
            rate = settings.floor + (1 - settings.floor) * cosine
            for group in optimizer.param_groups:
                group["lr"] = settings.learning_rate * rate * min(1.0, (step + 1) / settings.warm_up)
            with torch.autocast("cpu", torch.bfloat16):
                outputs = network(images.contiguous(memory_format=layout))
            parts = losses(tuple(o.float() for o in outputs), kinds, offsets, points, settings)
            optimizer.zero_grad(set_to_none=True)
            sum(parts.values()).backward()
            optimizer.step()
            step += 1
            bar.update()
            for name, value in parts.items():
                sums[name] = sums.get(name, 0.0) + value.item()
        record = {
            "network": type(network).__name__,
            "epoch": epoch,
            "samples": len(samples),
            "seconds": round(time.monotonic() - started, 1),
            **{name: round(value / steps, 5) for name, value in sums.items()},
        }
        with log.open("a") as file:
            file.write(json.dumps(record) + "\n")
        print(json.dumps(record), flush=True)
    bar.close()
    network.eval()
