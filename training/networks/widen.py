"""A wider and deeper network that begins as the narrow one that it grew from.

Source: Chen et al. 2016, "Net2Net: Accelerating Learning via Knowledge Transfer": a student that
computes its teacher's function from the first step. Channels that the narrow network has keep their
weights and hear nothing of the new ones; blocks that it does not have add nothing to their input, by a
normalisation of slope zero (Goyal et al. 2017, section 5.1). Both begin to count with the first step.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from training.networks.face import FaceNetwork
from training.networks.hrnet import BasicBlock, Bottleneck, FuseModule


def _places(narrow: FaceNetwork, wide: FaceNetwork, name: str, count: int) -> Tensor:
    """Tell where a layer of the wide network finds each of the narrow one's input channels."""
    if name not in ("landmarks.head.0", "appearance.project"):
        return torch.arange(count)
    streams, start = [], 0  # these read four streams side by side, each wider than it was
    for kept, now in zip(narrow.landmarks.channels, wide.landmarks.channels, strict=True):
        streams.append(torch.arange(start, start + kept))
        start += now
    return torch.cat(streams)


def _copy_norm(source: nn.BatchNorm2d, target: nn.BatchNorm2d) -> None:
    """Copy slopes, offsets and statistics of the channels that exist; the new ones keep theirs."""
    count = source.num_features
    for name in ("weight", "bias", "running_mean", "running_var"):
        getattr(target, name)[:count] = getattr(source, name)


def _copy_weights(source: nn.Module, target: nn.Module, inputs: Tensor) -> None:
    """Copy a convolution or linear layer into one at least as wide; what is new feeds nothing old."""
    count = source.weight.shape[0]
    target.weight[:count] = 0
    target.weight[:count, inputs] = source.weight
    if target.bias is not None:
        target.bias[:count] = source.bias


def _silence(module: nn.Module) -> None:
    """Make a block or a fusion hand on its input: what it adds is multiplied by zero."""
    for part in module.modules():
        if isinstance(part, BasicBlock):
            part.bn2.weight.zero_()
        elif isinstance(part, Bottleneck):
            part.bn3.weight.zero_()
        elif isinstance(part, FuseModule):
            for paths in part.fuse_layers:
                for path in paths:
                    norms = [layer for layer in path.modules() if isinstance(layer, nn.BatchNorm2d)]
                    if norms:
                        norms[-1].weight.zero_()


@torch.no_grad()
def widen(narrow: FaceNetwork, wide: FaceNetwork) -> None:
    """Make `wide` compute what `narrow` computes; its further weights stay as they were drawn.

    Raises: ValueError if a layer of `narrow` has no wider one of its name.
    """
    old, new = dict(narrow.named_modules()), dict(wide.named_modules())
    for name, module in new.items():
        if name not in old and isinstance(module, BasicBlock | Bottleneck | FuseModule):
            _silence(module)
    for name, source in old.items():
        if not isinstance(source, nn.Conv2d | nn.BatchNorm2d | nn.Linear):
            continue
        target = new.get(name)
        shape, found = source.weight.shape, None if target is None else target.weight.shape
        if found is None or any(now < was for now, was in zip(found, shape, strict=True)):
            raise ValueError(f"{name}: expected at least {tuple(shape)} in the wider network, got {found}")
        if isinstance(source, nn.BatchNorm2d):
            _copy_norm(source, target)
        else:
            _copy_weights(source, target, _places(narrow, wide, name, shape[1]))
    for name in ("each_weight", "each_bias"):  # the same in every profile
        getattr(wide.appearance, name).copy_(getattr(narrow.appearance, name))
