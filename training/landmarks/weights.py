"""Begin a run from weights that exist: a checkpoint, or a landmark network exported to ONNX."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper
from torch import Tensor, nn

from training.faces import Faces
from training.landmarks.crops import Crops
from training.landmarks.losses import normalise
from training.landmarks.recipe import Recipe
from training.landmarks.run import Run
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES, HRNet
from training.networks.widen import widen

CALIBRATION_CROPS = 64


def load_weights(network: FaceNetwork, weights: dict[str, Tensor]) -> None:
    """Load a whole network; or, where the weights have no appearance head or a former one, all but that."""
    own = network.state_dict()
    if weights.keys() == own.keys() and all(value.shape == own[key].shape for key, value in weights.items()):
        network.load_state_dict(weights)
        return
    network.landmarks.load_state_dict(
        {key.removeprefix("landmarks."): v for key, v in weights.items() if not key.startswith("appearance.")}
    )


def onnx_values(graph: onnx.GraphProto) -> dict[str, Tensor]:
    """Read a graph's constants in float32, also those stored as fp16 behind a Cast, by name."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            for attribute in node.attribute:
                if attribute.name == "value":
                    values[node.output[0]] = numpy_helper.to_array(attribute.t)
        elif node.op_type in ("Cast", "Identity") and node.input[0] in values:
            wide = values[node.input[0]]
            is_half = wide.dtype == np.float16 and node.op_type == "Cast"
            if is_half and node.attribute[0].i != TensorProto.FLOAT:
                continue
            values[node.output[0]] = wide.astype(np.float32) if is_half else wide
    return {name: torch.from_numpy(np.array(value)) for name, value in values.items()}


def named_weights(values: dict[str, Tensor], network: FaceNetwork) -> dict[str, Tensor] | None:
    """Find a network's weights among constants by their names, with whatever stands before them.

    Returns: None if some are not there by name. A counter of batches, which no export has, is zero.
    """
    for part, inside in ((network, ""), (network.landmarks, "landmarks.")):
        state = part.state_dict()
        needed = [key for key in state if not key.endswith("num_batches_tracked")]
        ends = [name.removesuffix(needed[0]) for name in values if name.endswith(needed[0])]
        for before in ends:
            found = {key: values.get(before + key) for key in needed}
            if all(v is not None and v.shape == state[k].shape for k, v in found.items()):
                counters = {key: torch.zeros_like(state[key]) for key in state if key not in found}
                return {inside + key: value for key, value in {**found, **counters}.items()}
    return None


def convolutions(network: HRNet) -> list[tuple[nn.Conv2d, nn.BatchNorm2d | None]]:
    """List the convolutions in the order in which they run, each with the normalisation that follows."""
    order: list[nn.Module] = []
    hooks = [
        module.register_forward_hook(lambda module, *_: order.append(module))
        for module in network.modules()
        if isinstance(module, nn.Conv2d | nn.BatchNorm2d)
    ]
    training = network.training
    network.eval()
    with torch.no_grad():
        device = next(network.parameters()).device
        network(torch.zeros(1, 3, 64, 64, device=device))
    network.train(training)
    for hook in hooks:
        hook.remove()
    following = [*order[1:], None]
    return [
        (module, after if isinstance(after, nn.BatchNorm2d) else None)
        for module, after in zip(order, following, strict=True)
        if isinstance(module, nn.Conv2d)
    ]


@torch.no_grad()
def load_folded(network: HRNet, graph: onnx.GraphProto, values: dict[str, Tensor]) -> None:
    """Load convolutions into which an export folded their normalisation, in the order of running.

    The normalisation becomes what changes nothing but for the bias.
    Raises: ValueError if the graph is not this network.
    """
    pairs = convolutions(network)
    nodes = [node for node in graph.node if node.op_type == "Conv"]
    if len(nodes) != len(pairs):
        raise ValueError(f"expected {len(pairs)} convolutions of a landmark network, found {len(nodes)}")
    for node, (conv, norm) in zip(nodes, pairs, strict=True):
        weight, bias = values[node.input[1]], values[node.input[2]]
        if weight.shape != conv.weight.shape:
            raise ValueError(f"{node.name}: expected {tuple(conv.weight.shape)}, got {tuple(weight.shape)}")
        conv.weight.copy_(weight)
        if norm is None:
            conv.bias.copy_(bias)
            continue
        if conv.bias is not None:
            conv.bias.zero_()
        norm.weight.fill_(1)
        norm.bias.copy_(bias)
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)


@torch.no_grad()
def recover_statistics(network: HRNet, images: Tensor) -> None:
    """Give folded normalisations the statistics of what flows through them, their output unchanged.

    Folded weights say nothing of these, and training normalises by a batch's own: without this a network
    would start from other outputs than its own. Shapes: (N, 3, H, W) normalised.
    """
    sums: dict[nn.BatchNorm2d, list[Tensor]] = {}

    def measure(module: nn.BatchNorm2d, inputs: tuple[Tensor]) -> None:
        x = inputs[0].double()
        sums[module] = [x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)]

    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    hooks = [module.register_forward_pre_hook(measure) for module in norms]
    training = network.training
    network.eval()
    network(images)
    network.train(training)
    for hook in hooks:
        hook.remove()
    for norm, (mean, variance) in sums.items():
        old_slope = norm.weight / (norm.running_var + norm.eps).sqrt()
        norm.bias.add_((mean - norm.running_mean).to(norm.bias) * old_slope)
        norm.weight.copy_(old_slope * (variance + norm.eps).sqrt())
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)


def load_onnx(network: FaceNetwork, path: Path) -> bool:
    """Load an exported network. Returns: whether its normalisation had been folded away.

    Raises: ValueError if it is no landmark network of this profile.
    """
    graph = onnx.load(path).graph
    values = onnx_values(graph)
    named = named_weights(values, network)
    if named is None:
        load_folded(network.landmarks, graph, values)
    elif len(named) == len(network.state_dict()):
        network.load_state_dict(named)
    else:
        network.landmarks.load_state_dict({k.removeprefix("landmarks."): v for k, v in named.items()})
    return named is None


def sample_crops(faces: Faces, recipe: Recipe) -> Tensor:
    """Draw crops as training does. Shapes: -> (N, 3, S, S) normalised."""
    crops = Crops(faces, recipe.augmentation)
    rows = np.random.default_rng(recipe.seed).integers(0, len(faces), CALIBRATION_CROPS)
    images = [crops[int(row), seed, recipe.phases[0].size][0] for seed, row in enumerate(rows)]
    return normalise(torch.from_numpy(np.stack(images)))


def load_source(network: FaceNetwork, profile: str, source: Path, faces: Faces, recipe: Recipe) -> None:
    """Load a checkpoint's averaged weights, or an exported ONNX. Raises: ValueError for another profile."""
    device = next(network.parameters()).device
    if source.suffix == ".onnx":
        if load_onnx(network, source):
            recover_statistics(network.landmarks, sample_crops(faces, recipe).to(device))
        return
    state = torch.load(source, map_location=device, weights_only=True)
    if (found := state.get("profile", profile)) != profile:
        raise ValueError(f"{source}: expected a network of profile {profile}, got {found}")
    load_weights(network, state["average"])


def begin(run: Run, source: Path, faces: Faces, profile: str | None = None) -> None:
    """Start a run from weights of its own profile, or grow it from those of a narrower one."""
    if profile in (None, run.recipe.profile):
        load_source(run.network, run.recipe.profile, source, faces, run.recipe)
    else:
        narrow = FaceNetwork(PROFILES[profile]).to(run.device)
        load_source(narrow, profile, source, faces, run.recipe)
        widen(narrow, run.network)
    run.average = run.snapshot()
    print(f"began from {source}{f', grown from {profile}' if profile else ''}", flush=True)
