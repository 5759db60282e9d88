"""Export networks to ONNX and enter them in the weights' manifest.

`python -m training.export RUN/last.pt --recipe FILE` writes engines/weights/landmarks_PROFILE.onnx.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from engines import models
from engines.stages.align import CROP_SIZE
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES
from training.networks.serving import ServingNetwork

OPSET = 17
# Tensors smaller than this stay in fp32: biases and constants weigh nothing.
HALF_MIN_VALUES = 1024


def store_as_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store large fp32 weights as fp16 and cast them back when the model is loaded.

    Halves the file; the arithmetic stays fp32, since every runtime folds the casts once.
    """
    graph, casts = model.graph, []
    for index, tensor in enumerate(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < HALF_MIN_VALUES:
            continue
        half = numpy_helper.from_array(values.astype(np.float16), f"{tensor.name}.half")
        casts.append(helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
        graph.initializer[index].CopyFrom(half)
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def describe_values(values) -> dict[str, list]:
    """List a graph's inputs or outputs: name -> shape, a dynamic axis by its name."""
    return {
        value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim] for value in values
    }


def register(name: str, path: Path, **entry) -> None:
    """Copy a model file into engines/weights and enter it in the manifest.

    `entry` holds what a file cannot tell: licence, data, recipe, measured, card; and machine where that is
    not this one. What an earlier entry said and this one does not is dropped, except `measured`, `licence`,
    `data` and `card`.
    """
    models.WEIGHTS.mkdir(exist_ok=True)
    target = models.WEIGHTS / f"{name}{path.suffix}"
    if path.resolve() != target.resolve():
        shutil.copyfile(path, target)
    document = {"models": {}}
    if models.MANIFEST.is_file():
        document = json.loads(models.MANIFEST.read_text())
    kept = {
        key: value for key, value in document["models"].get(name, {}).items()
        if key in ("measured", "licence", "data", "card")
    }  # fmt: skip
    described = {}
    if path.suffix == ".onnx":
        graph = onnx.load(target).graph
        described = {"inputs": describe_values(graph.input), "outputs": describe_values(graph.output)}
    document["models"][name] = {
        "file": target.name,
        "sha256": models.hash_file(target),
        "bytes": target.stat().st_size,
        **described,
        **kept,
        "date": datetime.date.today().isoformat(),
        "commit": read_commit(),
        "machine": f"{os.cpu_count()} {platform.machine()} cores",
        **entry,
    }
    document["models"] = dict(sorted(document["models"].items()))
    models.MANIFEST.write_text(json.dumps(document, indent=1) + "\n")
    models.manifest.cache_clear()


def read_commit() -> str:
    """Tell which commit the code stands at; "unknown" outside a checkout."""
    command, here = ["git", "rev-parse", "--short=7", "HEAD"], Path(__file__).parent
    try:
        found = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def record(name: str, **measured) -> None:
    """Add measured values to a model's entry in the manifest. Raises: KeyError if it has none."""
    document = json.loads(models.MANIFEST.read_text())
    known = document["models"][name].setdefault("measured", {})
    for key, value in measured.items():
        known[key] = {**known.get(key, {}), **value} if isinstance(value, dict) else value
    models.MANIFEST.write_text(json.dumps(document, indent=1) + "\n")
    models.manifest.cache_clear()


def export_landmarks(checkpoint: Path, out: Path) -> str:
    """Export a landmark checkpoint's averaged weights. Returns its profile.

    The file keeps every parameter under its name in FaceNetwork, after `network.`, so that training can go
    on from it: nothing is folded here, each runtime folds batch normalisation and constants as it loads.
    """
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network = FaceNetwork(PROFILES[state["profile"]])
    network.load_state_dict(state["average"])
    export_network(network, out)
    return state["profile"]


def export_network(network: FaceNetwork, out: Path) -> None:
    """Write a face network as ONNX, large weights in 16 bits."""
    names = ("image", *ServingNetwork.OUTPUTS)
    crop = torch.zeros(2, CROP_SIZE, CROP_SIZE, 3, dtype=torch.uint8)
    serving = ServingNetwork(network).eval()
    torch.onnx.export(
        serving, (crop,), str(out), opset_version=OPSET, dynamo=False,
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        input_names=["image"], output_names=list(ServingNetwork.OUTPUTS),
        # Shapes are read from the crop, so that a runtime may take the network for smaller ones.
        dynamic_axes={name: {0: "faces"} for name in names} | {"image": {0: "faces", 1: "side", 2: "side"}},
    )  # fmt: skip
    model = onnx.load(out)
    for dim in model.graph.input[0].type.tensor_type.shape.dim[1:3]:
        dim.dim_value = CROP_SIZE
    with torch.no_grad():
        shapes = [output.shape for output in serving(crop)]
    for value, shape in zip(model.graph.output, shapes, strict=True):
        # The exporter does not see that nothing but the batch varies.
        for dim, size in zip(value.type.tensor_type.shape.dim[1:], shape[1:], strict=True):
            dim.dim_value = size
    onnx.save(store_as_half(model), out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="a run's last.pt, or landmarks_PROFILE.onnx of it")
    parser.add_argument("--recipe", required=True, help="the recipe's path in the repository")
    parser.add_argument("--machine", help="where it was trained, in words; default: these cores")
    arguments = parser.parse_args()
    trained = {"machine": arguments.machine} if arguments.machine else {}
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.checkpoint
        if path.suffix == ".onnx":  # exported where it was trained
            profile = path.stem.removeprefix("landmarks_")
        else:
            path = Path(folder) / "model.onnx"
            profile = export_landmarks(arguments.checkpoint, path)
        register(
            f"landmarks_{profile}", path, recipe=arguments.recipe,
            licence="Apache-2.0 for the weights; trained on data for research use, see the card",
            card="docs/models/landmarks.md",
            data=["LFW", "300-W (HELEN, LFPW train)", "web photographs", "Congress portraits",
                  "Face Research Lab London Set", "frames of talking clips"],
            **trained,
        )  # fmt: skip
        print(f"wrote engines/weights/landmarks_{profile}.onnx")


if __name__ == "__main__":
    main()
