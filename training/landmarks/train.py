"""Train an HRNet landmark network: `python -m training.landmarks.train RECIPE --data DIR --out DIR`.

`--data-wflw DIR` in place of `--data` takes WFLW as published: the paper's recipe is one command,
`python -m training.landmarks.train training/recipes/paper.toml --data-wflw DIR --out DIR`.

Loss: cross-entropy of the heat map against a Gaussian, plus L1 of the soft-argmax point, plus the
squared error of the appearance head's blendshape scores. A run writes its settings, a log line per
report and a checkpoint, and goes on where it stopped. With `--minutes` the recipe's whole course is
squeezed into that time, or what is left of it after an earlier start.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader
from tqdm import tqdm

from engines import landmark98
from engines.stages import align
from engines.stages.landmarks import HEATMAP_STRIDE
from training.datasets.wflw import load_wflw
from training.errors import told_plainly
from training.evaluation import nme
from training.faces import Faces, load_faces, training_rows
from training.landmarks.crops import Crops, Draws, draw_weights
from training.landmarks.device import Canvases, DeviceCrops
from training.landmarks.losses import Objective, normalise
from training.landmarks.mesh import with_mesh
from training.landmarks.recipe import Plan, Recipe, StepPlan, TimePlan, load_recipe
from training.landmarks.run import Run
from training.landmarks.weights import begin
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES, soft_argmax

SAVE_SECONDS = 60  # a killed run loses no more than this, or a report's steps if they take longer


def evaluate(network: FaceNetwork, faces: Faces, device: torch.device, limit: int = 0) -> tuple[float, float]:
    """Measure NME in per cent on ideal crops: (68 points, inner 51), against the human points."""
    network.eval()
    rows = np.arange(len(faces))[: limit or None]
    errors68, errors51 = [], []
    for start in range(0, len(rows), 16):
        batch = rows[start : start + 16]
        matrices = [align.crop_from_points(faces.labels["lm98"][i].astype(float)) for i in batch]
        crops = np.stack([align.warp(faces.decode(i), m) for i, m in zip(batch, matrices, strict=True)])
        # Shapes that come once are not worth cuDNN's search for the quickest way.
        untuned = torch.backends.cudnn.flags(benchmark=False)
        with untuned, torch.no_grad(), torch.autocast(device.type, torch.bfloat16):
            logits = network.landmarks(normalise(torch.from_numpy(crops).to(device)))
        cells, _ = soft_argmax(logits.float())
        points = cells.cpu().numpy() * HEATMAP_STRIDE + (HEATMAP_STRIDE - 1) / 2
        image_points = align.to_image(points, np.stack(matrices))[:, landmark98.TO_68]
        truth = faces.labels["gt68"][batch]
        errors68.append(nme(image_points, truth))
        errors51.append(nme(image_points, truth, landmark98.INNER_51))
    network.train()
    return float(np.concatenate(errors68).mean() * 100), float(np.concatenate(errors51).mean() * 100)


class Loader:
    """Batches of a photograph set, from processes or from the device, as the recipe says."""

    def __init__(self, faces: Faces, recipe: Recipe, device: torch.device) -> None:
        self.faces, self.recipe, self.device = faces, recipe, device
        self.weights = draw_weights(faces.labels, recipe)
        self.crops = None
        if recipe.loader == "device":
            threads = min(recipe.workers, os.cpu_count() or 1)
            canvases = Canvases(faces, recipe.canvas, recipe.augmentation, device, threads)
            self.crops = DeviceCrops(faces, canvases, recipe.augmentation)

    def batches(self, sizes: Sequence[int], seed: int) -> Iterator[tuple[Tensor, ...]]:
        """Draw endless batches, of each size in turn: images, points, scores, counts, on the device."""
        draws = Draws(self.weights, sizes, self.recipe.batch, seed)
        if self.crops is not None:
            yield from self.crops.batches(draws, self.recipe.batch)
            return
        loaded = DataLoader(
            Crops(self.faces, self.recipe.augmentation),
            self.recipe.batch,
            sampler=draws,
            num_workers=self.recipe.workers,
            prefetch_factor=4 if self.recipe.workers else None,
        )
        for batch in loaded:
            yield tuple(part.to(self.device, non_blocking=True) for part in batch)


def minimise(run: Run, objective: Objective, batch: tuple[Tensor, ...], rate: float) -> Tensor:
    """Take one step. Shapes: -> (2,) the loss, and the scores' part of it."""
    for group in run.optimizer.param_groups:
        group["lr"] = rate
    loss, look = objective(batch)
    run.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.network.parameters(), run.recipe.clip)
    run.optimizer.step()
    run.step += 1
    run.update_average()
    return torch.stack([loss.detach(), look.detach()])


def set_training(network: FaceNetwork, head_only: bool) -> None:
    """Let a network learn; or its appearance head alone, the landmark network's statistics kept, too."""
    network.train()
    if head_only:
        network.landmarks.requires_grad_(False)
        network.landmarks.eval()


def train(
    run: Run, faces: Faces, check: Faces | None, report_every: int = 200, plan: Plan | None = None,
    check_end: bool = True,
) -> None:  # fmt: skip
    """Train to the plan's end, from wherever the run stands; the end is checked on every face, or not."""
    recipe, plan = run.recipe, plan or StepPlan(run.recipe)
    loader, objective = Loader(faces, recipe, run.device), Objective(run.network, recipe)
    shown = "{l_bar}{bar}| {elapsed}{postfix}"
    bar = tqdm(total=100, desc=recipe.profile, mininterval=10, bar_format=shown)
    started, saved, phase, batches, losses = time.monotonic(), time.monotonic(), -1, None, []
    set_training(run.network, recipe.head_only)
    if recipe.compile:
        sizes = recipe.phases[plan.at(run.step).phase].sizes
        objective.compile(list(islice(loader.batches(sizes, recipe.seed), len(sizes))))
    plan.start()
    while not (place := plan.at(run.step)).done:
        if place.phase != phase:
            phase = place.phase
            batches = loader.batches(recipe.phases[phase].sizes, recipe.seed + run.step)
        rate = place.rate
        losses.append(minimise(run, objective, next(batches), rate))
        place = plan.at(run.step)
        run.progress = place.progress
        bar.set_postfix_str(f"step {run.step}", refresh=False)
        bar.update(100 * place.progress - bar.n)
        if run.step % report_every == 0 or place.done:
            score, look = torch.stack(losses).mean(0).tolist()
            losses.clear()
            record = {
                "step": run.step, "images": run.step * recipe.batch, "loss": score, "score_error": look,
                "learning_rate": rate, "progress": round(place.progress, 4),
                "seconds": round(time.monotonic() - started, 1),
            }  # fmt: skip
            due = check_end if place.done else run.step % (5 * report_every) == 0
            if check is not None and due:
                record["nme68"], record["nme51"] = evaluate(
                    run.averaged(), check, run.device, 0 if place.done else 100
                )
            run.report(record)
        if run.step % report_every == 0 or place.done or time.monotonic() - saved > SAVE_SECONDS:
            run.save()
            saved = time.monotonic()
    bar.close()


def read_training_faces(data: Path, recipe: Recipe, mesh: Path | None = None) -> Faces:
    """Load the photographs of a data pack that may train, of the recipe's sources."""
    faces = with_mesh(load_faces(data, "train"), mesh)
    rows = training_rows(faces.labels)
    if recipe.sources:
        rows &= np.isin(faces.labels["source"], recipe.sources)
    return faces.select(rows)


def open_faces(arguments: argparse.Namespace, recipe: Recipe) -> tuple[Faces, Faces]:
    """Load the faces that train and those that check, from the data pack or from WFLW. Raises: DataError."""
    if arguments.data_wflw:
        return load_wflw(arguments.data_wflw, "train"), load_wflw(arguments.data_wflw, "test")
    faces = read_training_faces(arguments.data, recipe, arguments.mesh)
    return faces, load_faces(arguments.data, "dev_helen")


def prepare(device: torch.device, seed: int) -> None:
    """Set what makes a GPU quick, and the seed."""
    torch.manual_seed(seed)
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path, help="a TOML file of training/recipes")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder of the labelled faces")
    source.add_argument("--data-wflw", type=Path, help="WFLW: its training part, checked on its test")
    parser.add_argument("--mesh", type=Path, help="what training.landmarks.mesh read of the data pack")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the log")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--init", type=Path, help="begin with the weights of a checkpoint or ONNX")
    parser.add_argument("--grow-from", choices=PROFILES, help="the profile of --init, if narrower")
    parser.add_argument("--minutes", type=float, help="squeeze what is left of the recipe into this time")
    parser.add_argument("--until", type=float, default=1.0, help="with --minutes: stop at this share of it")
    arguments = parser.parse_args()
    recipe, device = load_recipe(arguments.recipe), torch.device(arguments.device)
    prepare(device, recipe.seed)
    run = Run(recipe, arguments.out, device)
    plan = StepPlan(recipe)
    if arguments.minutes is not None:
        plan = TimePlan(recipe, arguments.minutes * 60, run.progress, arguments.until)
    faces, check = open_faces(arguments, recipe)
    if arguments.init and run.step == 0:
        begin(run, arguments.init, faces, arguments.grow_from)
    train(run, faces, check, plan=plan)


if __name__ == "__main__":
    with told_plainly():
        main()
