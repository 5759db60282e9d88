"""Train the expression stage: `python -m training.expression.train --data DIR --out DIR [--scale tiny]`.

Draws heads, reads the landmark network's points on the photographs (kept in OUT), trains the direct
road and the action units, chooses the better road per coefficient on held-out people, and exports
`expression.onnx` with `measured.json` to OUT. `--register` also puts it into engines/weights.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn

from engines.backends import open_session
from engines.models import model_path
from engines.stages.expression import FEATURES
from proto.tables import ACTION_UNITS, BLENDSHAPES
from training.export import OPSET, register
from training.expression import svr
from training.expression.dataset import TAUGHT, Examples, HeadFaces, PhotographFaces
from training.expression.facs import MAPPING, action_units_of, blendshapes_of, table
from training.expression.measure import MOVES, pearson
from training.expression.photographs import predict_points
from training.expression.regression import Regression, predict, train_members, views
from training.expression.sampling import Sampling, draw_identities, draw_weights, pose_samples
from training.faces import load_faces
from training.networks.expression import ServingExpression, SupportVectors

RECIPE = Path(__file__).parents[1] / "recipes" / "expression.toml"
# Where no landmark lies: what the drawn heads teach about these is how other points move along.
HIDDEN = ("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "tongueOut")
# A coefficient is declared as estimated from this correlation on held-out people or heads upward.
ESTIMATED_FROM = 0.5


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a run; loaded from training/recipes/expression.toml."""

    seed: int
    head_faces: int
    check_faces: int
    photograph_passes: int
    unit_identities: int
    unit_faces: int
    unit_photographs: int
    choice_identities: int
    sampling: Sampling = field(default_factory=Sampling)
    regression: Regression = field(default_factory=Regression)


def load_recipe(path: Path, scale: str = "full") -> Recipe:
    """Read the recipe, with the overrides of a scale. Raises: TypeError naming a key that it has not."""
    values = tomllib.loads(path.read_text())
    overrides = {"tiny": values.pop("tiny")}
    values |= overrides.get(scale, {})
    values["sampling"] = Sampling(**values.get("sampling", {}))
    values["regression"] = Regression(**values.get("regression", {}))
    return Recipe(**values)


def read_photographs(recipe: Recipe, data: Path, out: Path, model: Path | None) -> list[Path]:
    """Run the landmark network over the photographs, unless an earlier run's points are in OUT."""
    paths = [out / f"photographs_{number}.npz" for number in range(recipe.photograph_passes)]
    missing = [(number, path) for number, path in enumerate(paths) if not path.is_file()]
    if missing:
        session = open_session(model or model_path("landmarks_lite"), threads=0)
        faces = load_faces(data / "faces", "train")
        for number, path in missing:
            np.savez_compressed(path, points_px=predict_points(faces, session, recipe.seed + number))
    return paths


def unit_examples(head: HeadFaces, recipe: Recipe, rng) -> tuple[Examples, np.ndarray]:
    """Draw several faces of each of some identities. Returns them and each one's identity."""
    people = draw_identities(recipe.unit_identities, recipe.sampling, rng)
    identity = np.repeat(people, recipe.unit_faces, axis=0)
    weights = draw_weights(head.training_takes, len(identity), recipe.sampling, rng)
    samples = pose_samples(head.basis, head.shift_m, weights, recipe.sampling, rng, identity)
    return head.examples_of(samples), np.repeat(np.arange(recipe.unit_identities), recipe.unit_faces)


def photograph_units(
    photographs: Examples, regressor: nn.Module, count: int, rng
) -> tuple[np.ndarray, np.ndarray]:
    """Take photographs with the units that MediaPipe's scores compose to.

    Where MediaPipe says nothing, the regressor's own weights stand in.
    Returns: features (M, 394), units (M, 18).
    """
    rows = rng.choice(len(photographs), size=min(count, len(photographs)), replace=False)
    chosen = photographs.select(rows)
    weights, _ = predict(regressor, chosen.features)
    return chosen.features, action_units_of(np.where(chosen.taught > 0, chosen.targets, weights))


def train_units(
    head: HeadFaces, photographs: Examples, regressor: nn.Module, recipe: Recipe, rng
) -> tuple[SupportVectors, dict]:
    """Choose and fit the support vectors. Returns them and what the choice was made on."""
    drawn, groups = unit_examples(head, recipe, rng)
    units = action_units_of(drawn.targets)
    features = views(regressor, drawn.features)
    some = groups < recipe.choice_identities
    best, scores = svr.choose({k: v[some] for k, v in features.items()}, units[some], groups[some])
    photo_features, photo_units = photograph_units(photographs, regressor, recipe.unit_photographs, rng)
    photo = views(regressor, photo_features)
    module = svr.as_module(
        best,
        np.concatenate([features[best.features], photo[best.features]]),
        np.concatenate([units, photo_units]),
    )
    return module, {"chosen": vars(best), "vectors": len(module.vectors), "candidates": scores}


def choose_roads(
    serving: ServingExpression, head_check: Examples, photograph_check: Examples
) -> tuple[np.ndarray, dict[str, dict]]:
    """Compare both roads per coefficient on held-out people, and state what ships and how good it is.

    Judged on photographs where MediaPipe teaches and the coefficient moves, else on drawn heads.
    Returns: road (52,), 1 for the direct one, and for each coefficient its entry of the manifest.
    """
    results = {}
    for name, check in (("heads", head_check), ("photographs", photograph_check)):
        with torch.no_grad():
            direct, units = serving(torch.from_numpy(check.features))
        results[name] = (check.targets, direct.numpy(), blendshapes_of(units.numpy()))
    road, entries = np.ones(len(BLENDSHAPES), np.float32), {}
    for index, name in enumerate(BLENDSHAPES):
        photo_truth = results["photographs"][0][:, index]
        judge = "photographs" if TAUGHT[index] and photo_truth.std() > MOVES else "heads"
        truth, direct, mapped = (part[:, index] for part in results[judge])
        quality = [pearson(truth, direct), pearson(truth, mapped)]
        road[index] = float(quality[0] >= quality[1])
        shipped = round(max(quality), 3)
        estimated = name not in HIDDEN and shipped >= ESTIMATED_FROM
        entries[name] = {
            "estimated": estimated,
            "quality": None if name == "tongueOut" else shipped,
            "judged_on": judge,
            "road": "direct" if road[index] else "action units",
            "direct": round(quality[0], 3),
            "action_units": round(quality[1], 3),
        }
    return road, entries


def export(serving: ServingExpression, path: Path) -> None:
    """Write the ONNX graph."""
    names = ("features", "blendshapes", "action_units")
    torch.onnx.export(
        serving, (torch.zeros(2, FEATURES),), str(path), opset_version=OPSET, dynamo=False,
        input_names=["features"], output_names=["blendshapes", "action_units"],
        dynamic_axes={name: {0: "faces"} for name in names},
    )  # fmt: skip


def run(recipe: Recipe, data: Path, out: Path, model: Path | None = None) -> dict:
    """Do everything; returns what was measured."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(recipe.seed)
    head = HeadFaces(data, recipe.sampling)
    photographs = PhotographFaces(data, read_photographs(recipe, data, out, model), recipe.sampling)
    drawn = head.draw(recipe.head_faces, rng)
    head_check = head.draw(recipe.check_faces, np.random.default_rng(recipe.seed + 1000), test=True)
    real, photograph_check = photographs.training_examples(rng), photographs.check_examples()
    regressor = train_members(drawn, real, recipe.regression, recipe.seed)
    units, choice = train_units(head, real, regressor, recipe, rng)
    mapping = torch.from_numpy(table(BLENDSHAPES, ACTION_UNITS, MAPPING))
    serving = ServingExpression(regressor, units, mapping, torch.ones(len(BLENDSHAPES))).eval()
    road, entries = choose_roads(serving, head_check, photograph_check)
    serving.road.copy_(torch.from_numpy(road))
    serving.estimated.copy_(torch.tensor([float(entries[name]["estimated"]) for name in BLENDSHAPES]))
    torch.save(serving.state_dict(), out / "expression.pt")
    export(serving, out / "expression.onnx")
    measured = {"coefficients": entries, "action_units": choice}
    (out / "measured.json").write_text(json.dumps(measured, indent=1))
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--out", type=Path, required=True, help="folder for everything that is made")
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    parser.add_argument("--scale", choices=("full", "tiny"), default="full")
    parser.add_argument("--model", type=Path, help="landmark network; default: the committed lite one")
    parser.add_argument("--register", action="store_true", help="put the result into engines/weights")
    arguments = parser.parse_args()
    recipe = load_recipe(arguments.recipe, arguments.scale)
    measured = run(recipe, arguments.data, arguments.out, arguments.model)
    estimated = sum(entry["estimated"] for entry in measured["coefficients"].values())
    print(f"wrote {arguments.out / 'expression.onnx'}: {estimated} of 52 coefficients estimated")
    if arguments.register:
        register(
            "expression", arguments.out / "expression.onnx", recipe="training/recipes/expression.toml",
            licence="Apache-2.0 for the weights; trained on data for research use, see the card",
            data=["ICT-FaceKit light head", "Live Link Face recordings (MIT)",
                  "landmark labels and MediaPipe scores of LFW, 300-W (HELEN, LFPW train), web photographs, "
                  "Face Research Lab London Set, frames of talking clips"],
            card="docs/models/expression.md", measured=measured,
        )  # fmt: skip


if __name__ == "__main__":
    main()
