"""HRNetV2 for landmark heat maps, in the paper's width (full) and a narrower one (lite).

Source: Wang et al. 2019, "Deep High-Resolution Representation Learning for Visual Recognition"
(HRNetV2: all four resolutions concatenated before the head); MTHR-Face, section 4.2, equations
6-10. Parameter names follow the authors' repository, so that its weights could be loaded.

    part     full (HRNetV2-W18)                    lite (the size of HRNet-W18-small)
    stem     3x3/2 64, 3x3/2 64                    same
    stage 1  4 bottlenecks of 64                   1 bottleneck of 32
    stage 2  1 module, 4 blocks, 18/36             1 module, 2 blocks, 16/32
    stage 3  4 modules, 4 blocks, 18/36/72         1 module, 2 blocks, 16/32/64
    stage 4  3 modules, 4 blocks, 18/36/72/144     1 module, 2 blocks, 16/32/64/128
    head     1x1 270, 1x1 98                       1x1 240, 1x1 98
    output   98 x 64 x 64 for 3 x 256 x 256        same
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines import landmark98


@dataclass(frozen=True)
class Widths:
    """The sizes that tell one HRNet from another: blocks, modules and channels per stage."""

    stage1_blocks: int
    stage1_channels: int
    modules: tuple[int, int, int]
    blocks: int
    channels: tuple[int, int, int, int]


PROFILES = {
    "full": Widths(4, 64, (1, 4, 3), 4, (18, 36, 72, 144)),
    "lite": Widths(1, 32, (1, 1, 1), 2, (16, 32, 64, 128)),
}


def conv_bn(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> list[nn.Module]:
    """Make a convolution without bias and its batch normalisation."""
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
    ]


class BasicBlock(nn.Module):
    """Residual block of two 3x3 convolutions (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = conv_bn(channels, channels)
        self.conv2, self.bn2 = conv_bn(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(x + self.bn2(self.conv2(y)))


class Bottleneck(nn.Module):
    """Residual block 1x1, 3x3, 1x1 that widens by four (He et al. 2016)."""

    EXPANSION = 4

    def __init__(self, inputs: int, channels: int) -> None:
        super().__init__()
        outputs = channels * self.EXPANSION
        self.conv1, self.bn1 = conv_bn(inputs, channels, 1)
        self.conv2, self.bn2 = conv_bn(channels, channels)
        self.conv3, self.bn3 = conv_bn(channels, outputs, 1)
        self.downsample = nn.Sequential(*conv_bn(inputs, outputs, 1)) if inputs != outputs else None

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class FuseModule(nn.Module):
    """Parallel streams of residual blocks, then every stream fused into every other (equation 8)."""

    def __init__(self, channels: tuple[int, ...], blocks: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(*(BasicBlock(c) for _ in range(blocks))) for c in channels
        )
        self.fuse_layers = nn.ModuleList(
            nn.ModuleList(self._path(channels, source, target) for source in range(len(channels)))
            for target in range(len(channels))
        )

    @staticmethod
    def _path(channels: tuple[int, ...], source: int, target: int) -> nn.Module:
        if source == target:
            return nn.Identity()
        if source > target:  # coarse to fine: 1x1, then upsample in forward
            return nn.Sequential(*conv_bn(channels[source], channels[target], 1))
        steps: list[nn.Module] = []  # fine to coarse: 3x3 convolutions of stride 2
        for step in range(target - source):
            last = step == target - source - 1
            outputs = channels[target] if last else channels[source]
            steps.append(
                nn.Sequential(*conv_bn(channels[source], outputs, 3, 2), *([] if last else [nn.ReLU()]))
            )
        return nn.Sequential(*steps)

    def forward(self, streams: list[Tensor]) -> list[Tensor]:
        streams = [branch(x) for branch, x in zip(self.branches, streams, strict=True)]
        fused = []
        for target, paths in enumerate(self.fuse_layers):
            total = None
            for source, path in enumerate(paths):
                y = path(streams[source])
                if source > target:
                    y = F.interpolate(y, scale_factor=2 ** (source - target), mode="nearest")
                total = y if total is None else total + y
            fused.append(F.relu(total))
        return fused


class HRNet(nn.Module):
    """Normalised image -> heat-map logits.

    Shapes: (N, 3, H, W) -> (N, 98, H/4, W/4); H and W are multiples of 32.
    """

    def __init__(self, widths: Widths, landmarks: int = landmark98.COUNT) -> None:
        super().__init__()
        self.channels = widths.channels
        self.conv1, self.bn1 = conv_bn(3, 64, 3, 2)
        self.conv2, self.bn2 = conv_bn(64, 64, 3, 2)
        inputs, stage1 = 64, []
        for _ in range(widths.stage1_blocks):
            stage1.append(Bottleneck(inputs, widths.stage1_channels))
            inputs = widths.stage1_channels * Bottleneck.EXPANSION
        self.layer1 = nn.Sequential(*stage1)
        before = (inputs,)
        for number, modules in zip((2, 3, 4), widths.modules, strict=True):
            channels = widths.channels[:number]
            self.add_module(f"transition{number - 1}", self._transition(before, channels))
            stage = [FuseModule(channels, widths.blocks) for _ in range(modules)]
            self.add_module(f"stage{number}", nn.ModuleList(stage))
            before = channels
        total = sum(widths.channels)
        self.head = nn.Sequential(
            nn.Conv2d(total, total, 1),
            nn.BatchNorm2d(total),
            nn.ReLU(),
            nn.Conv2d(total, landmarks, 1),
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        nn.init.normal_(self.head[-1].weight, std=0.01)

    @staticmethod
    def _transition(before: tuple[int, ...], after: tuple[int, ...]) -> nn.ModuleList:
        paths: list[nn.Module] = []
        for index, channels in enumerate(after):
            if index >= len(before):  # a new stream, half the resolution of the coarsest
                paths.append(nn.Sequential(*conv_bn(before[-1], channels, 3, 2), nn.ReLU()))
            elif before[index] != channels:
                paths.append(nn.Sequential(*conv_bn(before[index], channels), nn.ReLU()))
            else:
                paths.append(nn.Identity())
        return nn.ModuleList(paths)

    def streams(self, x: Tensor) -> list[Tensor]:
        """The four resolutions, finest first: (N, 3, H, W) -> [(N, C_i, H / 2^(i+2), W / 2^(i+2))]."""
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        streams = [self.layer1(x)]
        for number in (2, 3, 4):
            transition = self.get_submodule(f"transition{number - 1}")
            streams = [path(streams[min(index, len(streams) - 1)]) for index, path in enumerate(transition)]
            for module in self.get_submodule(f"stage{number}"):
                streams = module(streams)
        return streams

    @staticmethod
    def join(streams: list[Tensor]) -> Tensor:
        """Concatenate all resolutions at the finest one: (N, C, H/4, W/4) (HRNetV2)."""
        upsampled = [
            F.interpolate(y, scale_factor=2**index, mode="bilinear", align_corners=False) if index else y
            for index, y in enumerate(streams)
        ]
        return torch.cat(upsampled, dim=1)

    def features(self, x: Tensor) -> Tensor:
        """All four resolutions at the finest one: (N, 3, H, W) -> (N, C, H/4, W/4)."""
        return self.join(self.streams(x))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.features(x))


def soft_argmax(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Decode heat maps to points: the expectation of the softmax, as engines.stages.landmarks does.

    Shapes: (N, K, H, W) -> (N, K, 2) in heat-map cells (x, y), and (N, K, H, W) probabilities.
    """
    height, width = logits.shape[-2:]
    probability = logits.flatten(2).softmax(dim=-1).unflatten(2, (height, width))
    columns = torch.arange(width, dtype=logits.dtype, device=logits.device)
    rows = torch.arange(height, dtype=logits.dtype, device=logits.device)
    x = (probability.sum(dim=2) * columns).sum(dim=-1)
    y = (probability.sum(dim=3) * rows).sum(dim=-1)
    return torch.stack([x, y], dim=-1), probability
