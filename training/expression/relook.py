"""Teach the image branch's road anew: `python -m training.expression.relook`.

For a landmark network that was trained further: the regressors of the points and the support vectors stay as
they ship, what the branch saw is learned from today's network, and what it gives of each coefficient is
chosen again. OUT keeps what the network read of the photographs, for other commands, too.

`python -m training.expression.relook --data DIR --mesh mesh.npz --out RUN --register` makes the profile that
taught the only one whose branch is used: `training.expression.branch` then decides about the others.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor

from engines.backends import open_session
from engines.models import manifest, model_path
from engines.stages.expression import FEATURES, UNSEEN
from proto.tables import ACTION_UNITS, BLENDSHAPES
from training.errors import DamagedDataError, told_plainly
from training.export import register
from training.expression.choice import choose
from training.expression.dataset import HeadFaces, PhotographFaces
from training.expression.facs import MAPPING, table
from training.expression.look import train_looks
from training.expression.train import RECIPE, check_of, export, load_recipe, photograph_files
from training.landmarks.weights import onnx_values
from training.networks.expression import MeanRegressor, ServingExpression, SupportVectors, WeightRegressor

TOLERANCE = 1e-4
PROBES = 64  # random faces on which the graph and what was read of it must agree


def read_regressor(values: dict[str, Tensor], before: str) -> MeanRegressor:
    """Make the regressors whose parameters stand in a graph by name."""
    members = []
    while (name := f"{before}.members.{len(members)}.") + "first.weight" in values:
        width, inputs = values[name + "first.weight"].shape
        member = WeightRegressor(width, values[name + "second.weight"].shape[0], inputs)
        member.load_state_dict({key: values[name + key] for key in member.state_dict()})
        members.append(member)
    return MeanRegressor(members)


def read_units(values: dict[str, Tensor], chosen: dict) -> SupportVectors:
    """Make the support vectors of a graph, as the manifest says that they were chosen.

    The exporter keeps the vectors themselves transposed and without their name.
    """
    dual, projection = values["units.dual"], values["units.projection"]
    wanted = (projection.shape[1], len(dual))
    (vectors,) = [value for name, value in values.items() if "MatMul" in name and value.shape == wanted]
    gamma = None if chosen["kernel"] == "linear" else chosen["gamma"] / projection.shape[1]
    parts = (dual, values["units.bias"], gamma, projection, values["units.centre"])
    return SupportVectors(vectors.T.contiguous(), *parts, chosen["features"])


def appearance_width(path: Path) -> int:
    """Tell how much an exported network takes of what an image branch saw; a former one took 52 scores."""
    inputs = {value.name: value for value in onnx.load(path).graph.input}
    return inputs["appearance"].type.tensor_type.shape.dim[1].dim_value


def read_shipped(path: Path, chosen: dict, look: MeanRegressor) -> ServingExpression:
    """Read the points' part of an exported expression network, and give it another look.

    Raises: DamagedDataError if what was read does not compute what the graph computes.
    """
    values = onnx_values(onnx.load(path).graph)
    mapping = torch.from_numpy(table(BLENDSHAPES, ACTION_UNITS, MAPPING))
    units = read_units(values, chosen)
    serving = ServingExpression(read_regressor(values, "regressor"), units, look, mapping, values["road"])
    serving.lift.copy_(values["lift"])
    serving.estimated.copy_(values["estimated"])
    serving.eval()
    features = np.random.default_rng(1).normal(0, 0.3, (PROBES, FEATURES)).astype(np.float32)
    session, outputs = open_session(path, threads=1), ["blendshapes", "action_units"]
    unseen = np.full((PROBES, appearance_width(path)), UNSEEN, np.float32)
    expected = session.run({"features": features, "appearance": unseen}, outputs)
    with torch.no_grad():
        weights, intensities = serving.from_points(torch.from_numpy(features))
    found = (weights * serving.estimated).numpy(), intensities.numpy()
    if max(np.abs(a - b).max() for a, b in zip(found, expected, strict=True)) > TOLERANCE:
        raise DamagedDataError(f"{path}: expected an expression network of this code, found another")
    return serving


def run(data: Path, mesh: Path, out: Path, profile: str, scale: str = "full") -> dict:
    """Do everything; OUT gets expression.onnx. Returns: the manifest's entry for each coefficient."""
    out.mkdir(parents=True, exist_ok=True)
    recipe = load_recipe(RECIPE, scale)
    files = photograph_files(recipe, data, out, model_path(f"landmarks_{profile}"))
    photographs = PhotographFaces(data, files, recipe.sampling)
    look = train_looks(photographs, recipe.looks, recipe.seed, out, mesh)
    chosen = manifest()["expression"]["measured"]["action_units"]["chosen"]
    serving = read_shipped(model_path("expression"), chosen, look)
    head = HeadFaces(data, recipe.sampling)
    heads = head.draw(recipe.check_faces, np.random.default_rng(recipe.seed + 1000), test=True)
    entries = choose(serving, heads, check_of(photographs))
    export(serving, out / "expression.onnx")
    (out / "measured.json").write_text(json.dumps({"coefficients": entries}, indent=1))
    return entries


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument(
        "--mesh", type=Path, required=True, help="what training.landmarks.mesh read of the photographs"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for everything that is made")
    parser.add_argument(
        "--profile", choices=("lite", "full"), default="lite", help="whose points and image branch teach"
    )
    parser.add_argument("--register", action="store_true", help="put the result into engines/weights")
    arguments = parser.parse_args()
    entries = run(arguments.data, arguments.mesh, arguments.out, arguments.profile)
    shares = {name: entry["image_share"] for name, entry in entries.items() if entry["image_share"]}
    print(f"the image branch gives a share of {len(shares)} coefficients: {shares}")
    if arguments.register:
        kept = manifest()["expression"]
        register(
            "expression", arguments.out / "expression.onnx", recipe=kept["recipe"],
            measured={**kept["measured"], "coefficients": entries}, image_branch_of=[arguments.profile],
        )  # fmt: skip


if __name__ == "__main__":
    with told_plainly():
        main()
