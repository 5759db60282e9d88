"""The original MTCNN, to measure against: its three networks with the weights of facenet-pytorch.

Only the layers are written here; the weights come from the folder `data/` of the PyPI package
`facenet-pytorch` (MIT). Exported to ONNX they run in the same runtime, and through the very same
cascade code, as ours. Source: Zhang et al. 2016; layer names of facenet-pytorch 2.6.0.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.detection.export import export_network
from training.faces import DataError


class OriginalPNet(nn.Module):
    """Shapes: (N, 3, H, W) -> logits (N, 1, h, w), offsets (N, 4, h, w)."""

    SIZE = 12

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.prelu1 = nn.Conv2d(3, 10, 3), nn.PReLU(10)
        self.conv2, self.prelu2 = nn.Conv2d(10, 16, 3), nn.PReLU(16)
        self.conv3, self.prelu3 = nn.Conv2d(16, 32, 3), nn.PReLU(32)
        self.conv4_1, self.conv4_2 = nn.Conv2d(32, 2, 1), nn.Conv2d(32, 4, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = F.max_pool2d(self.prelu1(self.conv1(x)), 2, 2, ceil_mode=True)
        x = self.prelu3(self.conv3(self.prelu2(self.conv2(x))))
        both = self.conv4_1(x)
        # The sigmoid of the difference is the softmax over the pair.
        return both[:, 1:] - both[:, :1], self.conv4_2(x)


class OriginalRNet(nn.Module):
    """Shapes: (N, 3, 24, 24) -> logits (N, 1), offsets (N, 4)."""

    SIZE = 24

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.prelu1 = nn.Conv2d(3, 28, 3), nn.PReLU(28)
        self.conv2, self.prelu2 = nn.Conv2d(28, 48, 3), nn.PReLU(48)
        self.conv3, self.prelu3 = nn.Conv2d(48, 64, 2), nn.PReLU(64)
        self.dense4, self.prelu4 = nn.Linear(576, 128), nn.PReLU(128)
        self.dense5_1, self.dense5_2 = nn.Linear(128, 2), nn.Linear(128, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = F.max_pool2d(self.prelu1(self.conv1(x)), 3, 2, ceil_mode=True)
        x = F.max_pool2d(self.prelu2(self.conv2(x)), 3, 2, ceil_mode=True)
        x = self.prelu3(self.conv3(x)).permute(0, 3, 2, 1).flatten(1)  # Caffe's order of the axes
        x = self.prelu4(self.dense4(x))
        both = self.dense5_1(x)
        return both[:, 1:] - both[:, :1], self.dense5_2(x)


class OriginalONet(nn.Module):
    """Shapes: (N, 3, 48, 48) -> logits (N, 1), offsets (N, 4), points (N, 10) x and y in turn."""

    SIZE = 48

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.prelu1 = nn.Conv2d(3, 32, 3), nn.PReLU(32)
        self.conv2, self.prelu2 = nn.Conv2d(32, 64, 3), nn.PReLU(64)
        self.conv3, self.prelu3 = nn.Conv2d(64, 64, 3), nn.PReLU(64)
        self.conv4, self.prelu4 = nn.Conv2d(64, 128, 2), nn.PReLU(128)
        self.dense5, self.prelu5 = nn.Linear(1152, 256), nn.PReLU(256)
        self.dense6_1, self.dense6_2 = nn.Linear(256, 2), nn.Linear(256, 4)
        self.dense6_3 = nn.Linear(256, 10)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = F.max_pool2d(self.prelu1(self.conv1(x)), 3, 2, ceil_mode=True)
        x = F.max_pool2d(self.prelu2(self.conv2(x)), 3, 2, ceil_mode=True)
        x = F.max_pool2d(self.prelu3(self.conv3(x)), 2, 2, ceil_mode=True)
        x = self.prelu4(self.conv4(x)).permute(0, 3, 2, 1).flatten(1)
        x = self.prelu5(self.dense5(x))
        both = self.dense6_1(x)
        # The original gives the five x first, then the five y.
        points = self.dense6_3(x).unflatten(1, (2, 5)).transpose(1, 2).flatten(1)
        return both[:, 1:] - both[:, :1], self.dense6_2(x), points


ORIGINALS = {"pnet": OriginalPNet, "rnet": OriginalRNet, "onet": OriginalONet}


def export_originals(weights: Path, out: Path) -> dict[str, Path]:
    """Write the three original networks as ONNX files with the inputs and outputs of ours.

    Raises: DataError if a weight file is missing.
    """
    files = {}
    for name, network_class in ORIGINALS.items():
        source = weights / f"{name}.pt"
        if not source.is_file():
            raise DataError(f"{source}: expected the weights of facenet-pytorch, found no such file")
        network = network_class()
        network.load_state_dict(torch.load(source, map_location="cpu", weights_only=True))
        files[name] = out / f"original_{name}.onnx"
        export_network(network, files[name])
    return files
