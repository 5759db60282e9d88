"""What is exported: raw crops in, points, confidence and appearance out, so that every backend decodes alike.

Three forms were measured and left: the head's first 1x1 convolution before the bilinear resizes (they
commute) is 8 % faster on OpenVINO in bf16 but 10 % slower on ONNX Runtime, and writes three times the memory
on a GPU; the expectation as a matrix product loses half a pixel in bf16, where sums after the last
convolution stay fp32; the 3x3 average over every cell for the confidence costs 4 % of the lite network.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines.stages.align import CROP_SIZE
from engines.stages.landmarks import HEATMAP_STRIDE, IMAGE_MEAN, IMAGE_STD
from training.networks.face import FaceNetwork

GRID = CROP_SIZE // HEATMAP_STRIDE  # cells a side of the largest heat map


class ServingNetwork(nn.Module):
    """A face network between pixels and results.

    Shapes: (N, S, S, 3) uint8 RGB, S 256 or less -> points (N, 98, 2) in crop pixels, confidence (N, 98)
    0..1, appearance (N, 248): 52 scores 0..1 in the order of BLENDSHAPES, then the mesh's shifts from the
    points in pixels of a 256-pixel crop, 98 times x and y.
    """

    OUTPUTS = ("points", "confidence", "appearance")

    def __init__(self, network: FaceNetwork) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(IMAGE_MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(IMAGE_STD).view(1, 3, 1, 1))
        # Crop pixels of each cell's centre; a smaller crop has the first of them.
        self.register_buffer("cells", torch.arange(GRID) * float(HEATMAP_STRIDE) + (HEATMAP_STRIDE - 1) / 2)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = (image.permute(0, 3, 1, 2).to(self.mean.dtype) - self.mean) / self.std
        features = self.network.landmarks.features(x)
        logits = self.network.landmarks.head(features)
        maps = logits.flatten(2).softmax(dim=-1)
        seen = self.network.appearance(features, maps)
        appearance = torch.cat([seen.scores.clamp(0, 1), seen.shifts.flatten(1)], dim=1)
        return *self.decode(maps.view_as(logits)), appearance

    def decode(self, maps: Tensor) -> tuple[Tensor, Tensor]:
        """Take the expectation of each map's softmax, and how much of it lies within one cell of its peak.

        That share is the product of the best three neighbours of the map's column sums and of its row sums:
        exact for a map that is a product of the two, and nearly free.

        Shapes: (N, 98, S/4, S/4) -> (N, 98, 2) crop pixels, (N, 98) 0..1.
        """
        sums = torch.stack([maps.sum(dim=2), maps.sum(dim=3)], dim=2)  # (N, 98, 2, S/4): columns, rows
        near = F.avg_pool2d(sums, (1, 3), 1, (0, 1)) * 3
        share = near.amax(dim=-1)  # (N, 98, 2)
        return (sums * self.cells[: maps.shape[-1]]).sum(dim=-1), (share[..., 0] * share[..., 1]).clamp(0, 1)
