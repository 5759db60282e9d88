"""Check HRNetV2-W18 against another implementation of it: timm's `hrnet_w18`.

    python -m training.networks.reference --record tests/training/networks/hrnet_w18_timm.json

gives both networks the same weights and picture, compares every stage's output in full, and writes
down what timm gave, so that the test can compare without timm. Run it in an environment that has
timm (benchmarks/requirements-reference.txt); timm's own need, torchvision, is stood in for: HRNet
uses none of it, and its build would replace Facecast's torch.
Source: timm (Apache-2.0), `timm.models.hrnet`, after the authors' repository.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import json
import re
import sys
import types
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.networks.hrnet import PROFILES, HRNet

SIZE = 128  # of the picture that both see
SAMPLES = 12  # values written down of each stream
# Names that timm looks up in an enumeration of torchvision while it is imported.
INTERPOLATIONS = ("NEAREST", "BILINEAR", "BICUBIC", "LANCZOS", "BOX", "HAMMING")
# Stage -> our module that gives its streams; timm's module has the stage's name.
STAGES = {"layer1": "layer1", "stage2": "stage2.0", "stage3": "stage3.3", "stage4": "stage4.2"}


def seeded_values(name: str, shape: torch.Size) -> Tensor:
    """Draw a parameter's values from its name alone, spread so that no stage fades or explodes."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    if len(shape) == 4:
        values = rng.normal(0, np.sqrt(1.0 / np.prod(shape[1:])), shape)
    elif name.endswith("running_var") or name.endswith("weight"):
        values = rng.uniform(0.5, 1.5, shape)
    else:
        values = rng.normal(0, 0.1, shape)
    return torch.from_numpy(values.astype(np.float32))


def seeded_weights(network: HRNet) -> dict[str, Tensor]:
    """Weights of every stage, without the head, which timm does not have."""
    return {
        name: seeded_values(name, value.shape)
        for name, value in network.state_dict().items()
        if value.dtype.is_floating_point and not name.startswith("head.")
    }


def seeded_picture() -> Tensor:
    """The input that both see: (1, 3, SIZE, SIZE)."""
    values = np.random.default_rng(7).normal(0, 1, (1, 3, SIZE, SIZE))
    return torch.from_numpy(values.astype(np.float32))


def timm_name(name: str) -> str:
    """Return timm's name of a parameter: it nests the convolution that begins a new stream."""
    return re.sub(r"^(transition(\d))\.\2\.", r"\1.\2.0.", name)


def observe(network: nn.Module, modules: dict[str, str], picture: Tensor) -> dict[str, list[Tensor]]:
    """Run a network and return the streams that leave some of its modules: stage -> [(1, C, H, W)]."""
    seen: dict[str, list[Tensor]] = {}

    def keep(stage: str):
        def hook(_module: nn.Module, _inputs: tuple, output: Tensor | list[Tensor]) -> None:
            seen[stage] = [output] if isinstance(output, Tensor) else list(output)

        return hook

    handles = [network.get_submodule(m).register_forward_hook(keep(s)) for s, m in modules.items()]
    with torch.no_grad():
        network.eval()(picture)
    for handle in handles:
        handle.remove()
    return seen


def observe_ours() -> dict[str, list[Tensor]]:
    """Our network's streams with the seeded weights."""
    network = HRNet(PROFILES["full"])
    missing, unexpected = network.load_state_dict(seeded_weights(network), strict=False)
    left = [name for name in missing if not name.startswith("head.") and "num_batches" not in name]
    if left or unexpected:
        raise ValueError(f"expected weights for every stage, missing {left}, unexpected {unexpected}")
    return observe(network, STAGES, seeded_picture())


class StandIn(types.ModuleType):
    """Stands for any module of torchvision: every name in it is a class that does nothing."""

    __path__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {mode: mode for mode in INTERPOLATIONS})


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for torchvision and all inside it."""

    def find_spec(self, name: str, _path=None, _target=None) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(name, self) if name.split(".")[0] == "torchvision" else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        return None


def observe_timm() -> dict[str, list[Tensor]]:
    """timm's streams with the same weights. Raises: ImportError without timm."""
    finder = StandInFinder()
    sys.meta_path.append(finder)
    try:
        import timm
    finally:
        sys.meta_path.remove(finder)
    network = timm.create_model("hrnet_w18", pretrained=False)
    weights = {timm_name(k): v for k, v in seeded_weights(HRNet(PROFILES["full"])).items()}
    missing, unexpected = network.load_state_dict(weights, strict=False)
    classifier = ("incre_modules", "downsamp_modules", "final_layer", "classifier")
    left = [name for name in missing if not name.startswith(classifier) and "num_batches" not in name]
    if left or unexpected:
        raise ValueError(f"expected one weight for each of timm's, missing {left}, unexpected {unexpected}")
    return observe(network, {stage: stage for stage in STAGES}, seeded_picture())


def summarise(stream: Tensor) -> dict:
    """Write a stream down: its shape, mean, spread, and some of its values at fixed places."""
    flat = stream.flatten().double().numpy()
    places = np.random.default_rng(len(flat)).choice(len(flat), SAMPLES, replace=False)
    return {
        "shape": list(stream.shape),
        "mean": float(flat.mean()),
        "std": float(flat.std()),
        "values": [round(float(v), 6) for v in flat[places]],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--record", type=Path, help="write down what timm gave")
    arguments = parser.parse_args()
    ours, theirs = observe_ours(), observe_timm()
    for stage in STAGES:
        for index, (mine, other) in enumerate(zip(ours[stage], theirs[stage], strict=True)):
            difference = float((mine - other).abs().max())
            print(f"{stage}, stream {index}: {tuple(other.shape)}, largest difference {difference:.2e}")
            if not torch.allclose(mine, other, rtol=1e-4, atol=1e-4):
                raise SystemExit(f"{stage}, stream {index}: expected timm's output, differs by {difference}")
    if arguments.record:
        record = {stage: [summarise(stream) for stream in streams] for stage, streams in theirs.items()}
        arguments.record.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
