"""Train an HRNet landmark network: `python -m training.landmarks.train RECIPE --data DIR --out DIR`.

Loss: cross-entropy of the heat map against a Gaussian, plus L1 of the soft-argmax point, plus the
squared error of the appearance head's blendshape scores. A run
writes its settings, a log line per report and a checkpoint, and goes on where it stopped.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import time
import tomllib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler
from tqdm import tqdm

from engines import landmark98
from engines.stages import align
from engines.stages.expression import mirror_blendshapes
from engines.stages.landmarks import HEATMAP_STRIDE, IMAGE_MEAN, IMAGE_STD
from proto.tables import BLENDSHAPES
from training.evaluation import nme
from training.expression.dataset import CHECK_SOURCES, photograph_targets
from training.expression.regression import EVEN_SPREAD
from training.faces import Faces, load_faces, training_rows
from training.landmarks.augment import Augmentation, random_crop
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES, soft_argmax


@dataclasses.dataclass(frozen=True)
class Phase:
    """A stretch of training at one input size."""

    images: int
    size: int = align.CROP_SIZE
    learning_rate: float = 1.5e-3


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Everything that decides a run; loaded from a TOML file of `training/recipes`."""

    profile: str
    phases: tuple[Phase, ...]
    batch: int = 16
    optimizer: str = "adamw"
    weight_decay: float = 1e-2
    warm_up: int = 200  # steps
    floor: float = 0.01  # the cosine ends at this fraction of the learning rate
    clip: float = 5.0
    average: float = 0.998
    sigma: float = 1.2  # heat-map cells
    point_weight: float = 1.0
    appearance_weight: float = 10.0  # of the blendshape scores' mean squared error
    human_weight: int = 2  # human-labelled rows are drawn this many times as often
    video_weight: int = 2
    workers: int = 1
    seed: int = 1
    sources: tuple[str, ...] = ()  # empty: every source of the pack
    augmentation: Augmentation = dataclasses.field(default_factory=Augmentation)


def load_recipe(path: Path) -> Recipe:
    """Read a recipe. Raises: TypeError naming a key that no recipe has."""
    values = tomllib.loads(path.read_text())
    values["phases"] = tuple(Phase(**phase) for phase in values["phases"])
    values["sources"] = tuple(values.get("sources", ()))
    values["augmentation"] = Augmentation(**values.get("augmentation", {}))
    return Recipe(**values)


def score_targets(labels: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Give the appearance head's targets, and how much each counts: rarely moving ones more.

    Nothing counts of the people who only check, and of scores that teach nothing.
    Shapes: -> (N, 52), (N, 52) float32.
    """
    if "mp_blendshapes" not in labels:
        empty = np.zeros((len(labels["image"]), len(BLENDSHAPES)), np.float32)
        return empty, empty
    targets, taught = photograph_targets(labels)
    known = np.isfinite(targets).all(axis=1) & ~np.isin(labels["source"], CHECK_SOURCES)
    targets = np.nan_to_num(targets)
    spread = targets[known].std(axis=0) if known.any() else np.ones(len(BLENDSHAPES))
    counts = taught * known[:, None] * (EVEN_SPREAD / (spread + 0.03)).clip(0.5, 3)
    return targets, counts.astype(np.float32)


class Crops(Dataset):
    """Augmented crops of a photograph set; an item is drawn by (row, seed, crop size)."""

    def __init__(self, faces: Faces, augmentation: Augmentation) -> None:
        self.faces, self.augmentation = faces, augmentation
        self.targets, self.counts = score_targets(faces.labels)
        self.twin = mirror_blendshapes()

    def __getitem__(self, key: tuple[int, int, int]) -> tuple[np.ndarray, ...]:
        """Draw a crop: image (S, S, 3), points (98, 2), scores (52,), and how much each score counts."""
        row, seed, size = key
        crop, points, mirrored = random_crop(
            self.faces.decode(row),
            self.faces.labels["lm98"][row],
            self.augmentation,
            np.random.default_rng(seed),
            size,
        )
        scores, counts = self.targets[row], self.counts[row]
        if mirrored:
            scores, counts = scores[self.twin], counts[self.twin]
        return crop, points, scores, counts


class Draws(Sampler):
    """Endless weighted draws in shuffled rounds, reproducible from a step number."""

    def __init__(self, weights: np.ndarray, size: int, seed: int) -> None:
        self.rows = np.repeat(np.arange(len(weights)), weights)
        self.size, self.rng = size, np.random.default_rng(seed)

    def __iter__(self):
        while True:
            for row in self.rng.permutation(self.rows):
                yield int(row), int(self.rng.integers(2**62)), self.size


def landmark_loss(logits: Tensor, points_crop_px: Tensor, sigma: float, point_weight: float) -> Tensor:
    """Cross-entropy against a Gaussian at the true point, plus L1 of the decoded point, in cells.

    Shapes: (N, K, H, W), (N, K, 2) -> scalar. Points outside the map give no cross-entropy.
    """
    height, width = logits.shape[-2:]
    true = (points_crop_px - (HEATMAP_STRIDE - 1) / 2) / HEATMAP_STRIDE  # (N, K, 2) cells
    columns = torch.arange(width, dtype=true.dtype, device=true.device)
    rows = torch.arange(height, dtype=true.dtype, device=true.device)
    along_x = torch.exp(-((columns - true[..., :1]) ** 2) / (2 * sigma**2))  # (N, K, W)
    along_y = torch.exp(-((rows - true[..., 1:]) ** 2) / (2 * sigma**2))  # (N, K, H)
    along_x = along_x / along_x.sum(-1, keepdim=True).clamp_min(1e-6)
    along_y = along_y / along_y.sum(-1, keepdim=True).clamp_min(1e-6)
    limit = torch.tensor([width - 1, height - 1], device=true.device)
    inside = ((true >= 0) & (true <= limit)).all(-1).to(true.dtype)  # (N, K)
    # Sum over cells of target * log-softmax, with the separable target never formed in full.
    expected = torch.einsum("nkhw,nkh,nkw->nk", logits, along_y, along_x)
    cross_entropy = torch.logsumexp(logits.flatten(2), dim=-1) - expected
    decoded, _ = soft_argmax(logits)
    distance = (decoded - true).abs().sum(-1)
    return (cross_entropy * inside).sum() / inside.sum().clamp_min(1) + point_weight * distance.mean()


def score_loss(output: Tensor, target: Tensor, counts: Tensor) -> Tensor:
    """Mean squared error of scores held in 0..1; beyond, a small slope leads back. Shapes: (N, 52) each."""
    held = output.clamp(0, 1) + 0.01 * (output - output.clamp(0, 1))
    return ((held - target).square() * counts).sum() / counts.sum().clamp_min(1)


def normalise(images: Tensor) -> Tensor:
    """(N, S, S, 3) uint8 RGB -> (N, 3, S, S) float, channels last in memory."""
    x = images.permute(0, 3, 1, 2).float()
    mean = torch.tensor(IMAGE_MEAN, device=x.device).view(1, 3, 1, 1)
    std = torch.tensor(IMAGE_STD, device=x.device).view(1, 3, 1, 1)
    return ((x - mean) / std).contiguous(memory_format=torch.channels_last)


def evaluate(network: FaceNetwork, faces: Faces, device: torch.device, limit: int = 0) -> tuple[float, float]:
    """Measure NME in per cent on ideal crops: (68 points, inner 51), against the human points."""
    network.eval()
    rows = np.arange(len(faces))[: limit or None]
    errors68, errors51 = [], []
    for start in range(0, len(rows), 16):
        batch = rows[start : start + 16]
        matrices = [align.crop_from_points(faces.labels["lm98"][i].astype(float)) for i in batch]
        crops = np.stack([align.warp(faces.decode(i), m) for i, m in zip(batch, matrices, strict=True)])
        with torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
            logits = network.landmarks(normalise(torch.from_numpy(crops).to(device)))
        cells, _ = soft_argmax(logits.float())
        points = cells.cpu().numpy() * HEATMAP_STRIDE + (HEATMAP_STRIDE - 1) / 2
        image_points = align.to_image(points, np.stack(matrices))[:, landmark98.TO_68]
        truth = faces.labels["gt68"][batch]
        errors68.append(nme(image_points, truth))
        errors51.append(nme(image_points, truth, landmark98.INNER_51))
    network.train()
    return float(np.concatenate(errors68).mean() * 100), float(np.concatenate(errors51).mean() * 100)


class Run:
    """A training run: network, its moving average, optimiser, and the folder that keeps them."""

    def __init__(self, recipe: Recipe, out: Path, device: torch.device) -> None:
        self.recipe, self.out, self.device = recipe, out, device
        self.network = FaceNetwork(PROFILES[recipe.profile]).to(device, memory_format=torch.channels_last)
        self.average = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[recipe.optimizer]
        self.optimizer = kind(self.network.parameters(), weight_decay=recipe.weight_decay)
        self.step = 0
        self.checkpoint = out / "last.pt"
        self.log = out / "log.jsonl"
        out.mkdir(parents=True, exist_ok=True)
        (out / "recipe.json").write_text(json.dumps(dataclasses.asdict(recipe), indent=1))
        if self.checkpoint.is_file():
            state = torch.load(self.checkpoint, map_location=device, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.average, self.step = state["average"], state["step"]
            print(f"resumed {self.checkpoint} at step {self.step}", flush=True)

    def save(self) -> None:
        """Write the checkpoint in one move, so that a killed run leaves a whole one."""
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(
            {
                "network": self.network.state_dict(),
                "average": self.average,
                "optimizer": self.optimizer.state_dict(),
                "step": self.step,
                "profile": self.recipe.profile,
            },
            partial,
        )
        partial.replace(self.checkpoint)

    def averaged(self) -> FaceNetwork:
        """Return a network with the moving-average weights."""
        network = FaceNetwork(PROFILES[self.recipe.profile])
        network = network.to(self.device, memory_format=torch.channels_last)
        network.load_state_dict(self.average)
        return network

    def update_average(self) -> None:
        """Move the average; its window grows with the steps, so that the start is forgotten."""
        keep = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        for key, value in self.network.state_dict().items():
            if value.dtype.is_floating_point:
                self.average[key].lerp_(value, 1 - keep)
            else:
                self.average[key].copy_(value)


def load_weights(network: FaceNetwork, weights: dict[str, Tensor]) -> None:
    """Load a whole network, or the landmark network alone and leave the appearance head as it is."""
    if any(name.startswith("landmarks.") for name in weights):
        network.load_state_dict(weights)
    else:
        network.landmarks.load_state_dict(weights)


def learning_rate(recipe: Recipe, step: int) -> tuple[float, int]:
    """Return the learning rate and the phase index of a step; each phase is one cosine."""
    for index, phase in enumerate(recipe.phases):
        steps = math.ceil(phase.images / recipe.batch)
        if step < steps or index == len(recipe.phases) - 1:
            break
        step -= steps
    warm = min(1.0, (step + 1) / recipe.warm_up)
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, step / steps)))
    return phase.learning_rate * warm * (recipe.floor + (1 - recipe.floor) * cosine), index


def train(run: Run, faces: Faces, check: Faces | None, report_every: int = 200) -> None:
    """Train to the recipe's end, from wherever the run stands."""
    recipe = run.recipe
    weights = np.ones(len(faces), int)
    weights[faces.labels["lm98_trust"] == 2] *= recipe.human_weight
    weights[np.char.startswith(faces.labels["source"], "video_")] *= recipe.video_weight
    total = sum(math.ceil(phase.images / recipe.batch) for phase in recipe.phases)
    bar = tqdm(total=total, initial=run.step, desc=recipe.profile, unit="step", mininterval=10)
    started, losses, phase_index, batches = time.monotonic(), [], -1, None
    run.network.train()
    while run.step < total:
        rate, index = learning_rate(recipe, run.step)
        if index != phase_index:
            phase_index = index
            draws = Draws(weights, recipe.phases[index].size, recipe.seed + run.step)
            batches = iter(
                DataLoader(
                    Crops(faces, recipe.augmentation),
                    recipe.batch,
                    sampler=draws,
                    num_workers=recipe.workers,
                    prefetch_factor=4 if recipe.workers else None,
                )
            )
        images, points, scores, counts = (part.to(run.device) for part in next(batches))
        for group in run.optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(run.device.type, torch.bfloat16):
            logits, found = run.network(normalise(images))
        loss = landmark_loss(logits.float().contiguous(), points, recipe.sigma, recipe.point_weight)
        look = score_loss(found.float(), scores, counts)
        loss = loss + recipe.appearance_weight * look
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(run.network.parameters(), recipe.clip)
        run.optimizer.step()
        run.step += 1
        run.update_average()
        losses.append((loss.item(), look.item()))
        bar.update()
        if run.step % report_every == 0 or run.step == total:
            record = {
                "step": run.step,
                "images": run.step * recipe.batch,
                "loss": np.mean(losses[-report_every:], axis=0)[0],
                "score_error": np.mean(losses[-report_every:], axis=0)[1],
                "learning_rate": rate,
                "seconds": round(time.monotonic() - started, 1),
            }
            if check is not None and (run.step % (5 * report_every) == 0 or run.step == total):
                whole = run.step == total
                record["nme68"], record["nme51"] = evaluate(
                    run.averaged(), check, run.device, 0 if whole else 100
                )
            with run.log.open("a") as log:
                log.write(json.dumps(record) + "\n")
            print(json.dumps(record), flush=True)
            run.save()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path, help="a TOML file of training/recipes")
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled faces")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the log")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--init", type=Path, help="start from the weights of this checkpoint")
    arguments = parser.parse_args()
    recipe = load_recipe(arguments.recipe)
    torch.manual_seed(recipe.seed)
    faces = load_faces(arguments.data, "train")
    rows = training_rows(faces.labels)
    if recipe.sources:
        rows &= np.isin(faces.labels["source"], recipe.sources)
    faces = faces.select(rows)
    check = load_faces(arguments.data, "dev_helen")
    run = Run(recipe, arguments.out, torch.device(arguments.device))
    if arguments.init and run.step == 0:
        state = torch.load(arguments.init, map_location=arguments.device, weights_only=True)
        load_weights(run.network, state["average"])
        run.average = {k: v.detach().clone() for k, v in run.network.state_dict().items()}
    train(run, faces, check)


if __name__ == "__main__":
    main()
