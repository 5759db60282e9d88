"""The whole landmark job on a machine without a network, in one command and within a given time.

`python -m training.landmarks.job --data DIR --out DIR --profile full --minutes 9`

Trains (or goes on where `--out` stands), exports, scores the exported network on the ideal crops of the
development photographs, and leaves in OUT/deliver what is to be carried home: the weights in parts of at
most 15 MB with their hashes, the log, the recipe and a report. `python -m training.landmarks.split join
OUT/deliver/landmarks_full.onnx.parts.json --out FILE` makes the weights whole again. Where training or the
export fails, the weights of the last checkpoint are delivered instead, and the status is 1.
DIR is the data pack, or what `training.landmarks.pack` made of it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import shutil
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from engines import landmark98
from engines.backends import open_session
from engines.models import hash_file
from engines.stages import align
from training.evaluation import auc, failure_rate, nme
from training.export import export_landmarks
from training.faces import Faces, load_faces
from training.landmarks.recipe import TimePlan, load_recipe
from training.landmarks.run import Run
from training.landmarks.split import LARGEST, split_file
from training.landmarks.train import prepare, read_training_faces, train
from training.landmarks.weights import begin

RECIPES = Path(__file__).parents[1] / "recipes"
SCORE_BATCH = 16
RESERVE_SECONDS = 60  # for exporting and scoring


def score_model(model: Path, faces: Faces) -> dict[str, float | int]:
    """Score an exported network on ideal crops, in per cent, against the human points."""
    session = open_session(model)
    errors68, errors51 = [], []
    for start in range(0, len(faces), SCORE_BATCH):
        rows = range(start, min(start + SCORE_BATCH, len(faces)))
        matrices = [align.crop_from_points(faces.labels["lm98"][row].astype(float)) for row in rows]
        crops = [align.warp(faces.decode(row), matrix) for row, matrix in zip(rows, matrices, strict=True)]
        (points,) = session.run({"image": np.stack(crops)}, ["points"])
        found = align.to_image(points.astype(np.float64), np.stack(matrices))[:, landmark98.TO_68]
        truth = faces.labels["gt68"][rows.start : rows.stop].astype(np.float64)
        errors68.append(nme(found, truth))
        errors51.append(nme(found, truth, landmark98.INNER_51))
    all68, all51 = np.concatenate(errors68), np.concatenate(errors51)
    return {
        "faces": len(all68),
        "nme68_percent": round(float(all68.mean()) * 100, 3),
        "nme51_percent": round(float(all51.mean()) * 100, 3),
        "failure_rate_percent": round(failure_rate(all68) * 100, 3),
        "auc": round(auc(all68), 4),
    }


def describe_device(device: torch.device) -> str:
    """Name what trained."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{device.type}, {torch.get_num_threads()} threads"


def deliver(run: Run, model: Path, report: dict, limit_bytes: int = LARGEST) -> Path:
    """Put what is to be carried home into one folder. Returns: the folder."""
    folder = run.out / "deliver"
    report["deliver"] = str(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    split_file(model, folder, limit_bytes)
    for path in (run.log, run.out / "recipe.json"):
        if path.is_file():
            shutil.copyfile(path, folder / path.name)
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    return folder


def keep_weights(run: Run) -> tuple[Path, int, float]:
    """Write the last checkpoint's averaged weights alone. Returns: a file for `--init`, steps, progress."""
    state = torch.load(run.checkpoint, map_location="cpu", weights_only=True)
    path = run.out / f"landmarks_{run.recipe.profile}.pt"
    torch.save({key: state[key] for key in ("average", "step", "progress", "profile")}, path)
    return path, state["step"], state["progress"]


def attempt(report: dict, what: str, work: Callable[[], object]) -> object | None:
    """Do a part of the job; a fault goes into the report, and what was learnt is delivered all the same."""
    try:
        return work()
    except Exception as error:  # CUDA, cuDNN and the exporter have kinds of their own
        traceback.print_exc()
        report["fault"] = f"{what}: {type(error).__name__}: {error}"
        return None


def run_job(arguments: argparse.Namespace) -> dict:
    """Train, export, score and deliver. Returns: the report; with `fault` if a part of it failed."""
    began = time.monotonic()
    recipe, device = load_recipe(arguments.recipe), torch.device(arguments.device)
    prepare(device, recipe.seed)
    run = Run(recipe, arguments.out, device)
    run.progress = run.progress if run.step else arguments.begin
    plan = TimePlan(recipe, arguments.minutes * 60 - arguments.reserve, run.progress, arguments.until)
    faces, check = read_training_faces(arguments.data, recipe), load_faces(arguments.data, "dev_helen")
    if arguments.init and run.step == 0:
        begin(run, arguments.init, faces)
    loaded, first_step = time.monotonic() - began, run.step
    report = {
        "profile": recipe.profile,
        "recipe": arguments.recipe.name,
        "began_from": arguments.init.name if arguments.init else None,
        "date": datetime.date.today().isoformat(),
        "device": describe_device(device),
        "torch": torch.__version__,
        "photographs": len(faces),
    }
    # The exported file is scored at the end, in place of the network.
    attempt(report, "training", lambda: train(run, faces, check, plan=plan, check_end=False))
    trained = time.monotonic() - plan.started
    if not run.checkpoint.is_file():
        if "fault" in report:
            raise RuntimeError(
                f"nothing to deliver, it failed before the first checkpoint: {report['fault']}"
            )
        run.save()  # the time was up before the first step: deliver what there is
    weights, steps, progress = keep_weights(run)
    report |= {
        "steps": steps,
        "images": steps * recipe.batch,
        "progress": round(progress, 4),
        "images_per_second": round((run.step - first_step) * recipe.batch / max(trained, 1e-9), 1),
        "seconds": {"load": round(loaded, 1), "train": round(trained, 1)},
    }
    deliver(run, weights, report)  # whatever becomes of the rest
    model = arguments.out / f"landmarks_{recipe.profile}.onnx"
    if attempt(report, "export", lambda: export_landmarks(run.checkpoint, model)) is None:
        return report
    report["model"] = {"file": model.name, "bytes": model.stat().st_size, "sha256": hash_file(model)}
    report["ideal_crops"] = attempt(report, "score", lambda: score_model(model, check))
    report["seconds"]["whole"] = round(time.monotonic() - began, 1)
    deliver(run, model, report)
    return report


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack, or a small one made of it")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run; an earlier one goes on")
    parser.add_argument("--profile", choices=("full", "lite"), default="full")
    parser.add_argument("--recipe", type=Path, help="default: PROFILE_gpu.toml of training/recipes")
    parser.add_argument("--minutes", type=float, required=True, help="for everything, loading to scoring")
    parser.add_argument("--until", type=float, default=1.0, help="stop at this share of the recipe's course")
    parser.add_argument("--reserve", type=float, default=RESERVE_SECONDS, help="seconds to export and score")
    parser.add_argument("--init", type=Path, help="begin with the weights of a checkpoint or ONNX")
    parser.add_argument(
        "--begin", type=float, default=0.0, help="with --init: where in the course they stand"
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    arguments.recipe = arguments.recipe or RECIPES / f"{arguments.profile}_gpu.toml"
    return arguments


def main() -> int:
    """Run the job and print its report. Returns: 0, or 1 if a part of it failed."""
    report = run_job(parse_arguments())
    print(json.dumps(report, indent=1))
    return 1 if "fault" in report else 0


if __name__ == "__main__":
    sys.exit(main())
