"""What one backbone reads from a crop: 98 heat maps, and how the face looks (blendshape scores).

Landmarks cannot see puffed cheeks, a sneer's folds or how far a lid stands off the iris within the
error of its points. The appearance head reads the backbone's own streams instead, in the way of
HRNet's classification head: from the finest to the coarsest, halving as it goes.

    step          full and lite
    stream 1      3x3/2 to 32 at 32x32
    + stream 2    3x3/2 to 64 at 16x16
    + stream 3    3x3/2 to 96 at 8x8
    + stream 4    3x3/2 to 128 at 4x4
    head          2048 to 128 to 52
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from proto.tables import BLENDSHAPES
from training.networks.expression import STRETCH
from training.networks.hrnet import HRNet, Widths, conv_bn

STEPS = (32, 64, 96, 128)
GRID = 4  # cells a side of the last map
HIDDEN = 128


class AppearanceHead(nn.Module):
    """The backbone's streams -> blendshape scores.

    Shapes: [(N, C_i, H / 2^i, W / 2^i)] -> (N, 52), a little beyond 0..1 before the hold.
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        inputs = [stream + step for stream, step in zip(channels, (0, *STEPS[:-1]), strict=True)]
        self.steps = nn.ModuleList(
            nn.Sequential(*conv_bn(i, o, 3, 2), nn.ReLU()) for i, o in zip(inputs, STEPS, strict=True)
        )
        self.hidden = nn.Linear(STEPS[-1] * GRID * GRID, HIDDEN)
        self.dropout = nn.Dropout(0.2)
        self.last = nn.Linear(HIDDEN, len(BLENDSHAPES))
        nn.init.normal_(self.last.weight, std=0.01)
        nn.init.constant_(self.last.bias, -2.0)

    def forward(self, streams: list[Tensor]) -> Tensor:
        carried = None
        for stream, step in zip(streams, self.steps, strict=True):
            carried = step(stream if carried is None else torch.cat([carried, stream], dim=1))
        if carried.shape[-1] != GRID:  # training on other crop sizes
            carried = F.interpolate(carried, (GRID, GRID), mode="bilinear", align_corners=False)
        x = F.silu(self.hidden(carried.flatten(1)))
        return (torch.sigmoid(self.last(self.dropout(x))) - 0.5) * STRETCH + 0.5


class FaceNetwork(nn.Module):
    """HRNet and the appearance head on its streams.

    Shapes: (N, 3, H, W) normalised -> heat-map logits (N, 98, H/4, W/4), scores (N, 52).
    """

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        self.landmarks = HRNet(widths)
        self.appearance = AppearanceHead(widths.channels)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        streams = self.landmarks.streams(x)
        return self.landmarks.head(self.landmarks.join(streams)), self.appearance(streams)
