"""Train the expression stage: `python -m training.expression.train --data DIR --out DIR [--scale tiny]`.

Draws heads, reads the photographs with the landmark network (kept in OUT), trains the direct road and the
action units, chooses on held-out people what ships per coefficient, and exports `expression.onnx` with
`measured.json` to OUT. `--register` also puts it into engines/weights.
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

from engines.models import model_path
from engines.stages.expression import APPEARANCE, FEATURES
from proto.tables import ACTION_UNITS, BLENDSHAPES
from training.export import OPSET, register
from training.expression import svr
from training.expression.choice import Check, choose
from training.expression.dataset import Examples, HeadFaces, PhotographFaces
from training.expression.facs import MAPPING, action_units_of, table
from training.expression.look import Look, train_looks
from training.expression.photographs import open_reader, read_photographs
from training.expression.regression import Regression, predict, train_members, views
from training.expression.sampling import Sampling, draw_identities, draw_weights, pose_samples
from training.faces import load_faces
from training.networks.expression import ServingExpression, SupportVectors

RECIPE = Path(__file__).parents[1] / "recipes" / "expression.toml"
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
    members: tuple[Regression, ...]
    looks: tuple[Look, ...]
    sampling: Sampling = field(default_factory=Sampling)


def load_recipe(path: Path, scale: str = "full") -> Recipe:
    """Read the recipe, with the overrides of a scale. Raises: TypeError naming a key that it has not."""
    values = tomllib.loads(path.read_text())
    overrides = {"tiny": values.pop("tiny")}
    values |= overrides.get(scale, {})
    values["sampling"] = Sampling(**values.get("sampling", {}))
    values["members"] = tuple(Regression(**member) for member in values["members"])
    values["looks"] = tuple(Look(**look) for look in values["looks"])
    return Recipe(**values)


def photograph_files(recipe: Recipe, data: Path, out: Path, model: Path | None) -> list[Path]:
    """Run the landmark network over the photographs, unless OUT holds what an earlier run read."""
    paths = [out / f"photographs_{number}.npz" for number in range(recipe.photograph_passes)]
    missing = [(number, path) for number, path in enumerate(paths) if not path.is_file()]
    if missing:
        reader = open_reader(model or model_path("landmarks_lite"))
        faces = load_faces(data / "faces", "train")
        for number, path in missing:
            np.savez_compressed(path, **read_photographs(faces, reader, recipe.seed + number))
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
    best, spread, scores = svr.choose({k: v[some] for k, v in features.items()}, units[some], groups[some])
    photo_features, photo_units = photograph_units(photographs, regressor, recipe.unit_photographs, rng)
    photo = views(regressor, photo_features)
    module = svr.as_module(
        best,
        np.concatenate([features[best.features], photo[best.features]]),
        np.concatenate([units, photo_units]),
        spread,
    )
    gains = {name: round(float(gain), 2) for name, gain in zip(ACTION_UNITS, spread.gain, strict=True)}
    chosen = {"chosen": vars(best), "vectors": len(module.vectors), "spread": gains}
    return module, chosen | {"candidates": scores}


def check_of(photographs: PhotographFaces) -> Check:
    """Gather the held-out people, as serving sees them."""
    rows = photographs.check
    return Check(photographs.check_examples(), photographs.appearance[rows], photographs.source[rows])


def export(serving: ServingExpression, path: Path) -> None:
    """Write the ONNX graph."""
    inputs, outputs = ["features", "appearance"], ["blendshapes", "action_units"]
    torch.onnx.export(
        serving, (torch.zeros(2, FEATURES), torch.zeros(2, APPEARANCE)), str(path),
        opset_version=OPSET, dynamo=False, input_names=inputs, output_names=outputs,
        dynamic_axes={name: {0: "faces"} for name in (*inputs, *outputs)},
    )  # fmt: skip


def run(
    recipe: Recipe, data: Path, out: Path, model: Path | None = None, mesh: Path | None = None
) -> dict:
    """Do everything; returns what was measured."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(recipe.seed)
    head = HeadFaces(data, recipe.sampling)
    photographs = PhotographFaces(data, photograph_files(recipe, data, out, model), recipe.sampling)
    head_check = head.draw(recipe.check_faces, np.random.default_rng(recipe.seed + 1000), test=True)
    real = photographs.training_examples(rng)
    regressor = train_members(
        lambda: head.draw(recipe.head_faces, rng), real, recipe.members, recipe.seed, out
    )
    look = train_looks(photographs, recipe.looks, recipe.seed, out, mesh)
    units, choice = train_units(head, real, regressor, recipe, rng)
    mapping = torch.from_numpy(table(BLENDSHAPES, ACTION_UNITS, MAPPING))
    serving = ServingExpression(regressor, units, look, mapping, torch.ones(len(BLENDSHAPES))).eval()
    entries = choose(serving, head_check, check_of(photographs))
    torch.save(serving.state_dict(), out / "expression.pt")
    export(serving, out / "expression.onnx")
    measured = {"coefficients": entries, "action_units": choice}
    (out / "measured.json").write_text(json.dumps(measured, indent=1))
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--mesh", type=Path, help="what training.landmarks.mesh read of the photographs")
    parser.add_argument("--out", type=Path, required=True, help="folder for everything that is made")
    parser.add_argument("--recipe", type=Path, default=RECIPE)
    parser.add_argument("--scale", choices=("full", "tiny"), default="full")
    parser.add_argument(
        "--profile", choices=("lite", "full"), default="lite", help="whose points and image branch teach"
    )
    parser.add_argument("--model", type=Path, help="that landmark network; default: the committed one")
    parser.add_argument("--register", action="store_true", help="put the result into engines/weights")
    arguments = parser.parse_args()
    recipe = load_recipe(arguments.recipe, arguments.scale)
    model = arguments.model or model_path(f"landmarks_{arguments.profile}")
    measured = run(recipe, arguments.data, arguments.out, model, arguments.mesh)
    estimated = sum(entry["estimated"] for entry in measured["coefficients"].values())
    print(f"wrote {arguments.out / 'expression.onnx'}: {estimated} of 52 coefficients estimated")
    if arguments.register:
        register(
            "expression", arguments.out / "expression.onnx", recipe="training/recipes/expression.toml",
            licence="Apache-2.0 for the weights; trained on data for research use, see the card",
            data=["ICT-FaceKit light head", "Live Link Face recordings (MIT)",
                  "landmark labels and MediaPipe scores of LFW, 300-W (HELEN, LFPW train), web photographs, "
                  "Face Research Lab London Set, frames of talking clips"],
            card="docs/models/expression.md", measured=measured, image_branch_of=[arguments.profile],
        )  # fmt: skip


if __name__ == "__main__":
    main()
