"""What one backbone reads from a crop: 98 heat maps, and how the face looks around those points.

Within the error of its points a landmark network does not see how far a lid stands off the iris or how the
lips press. The appearance head looks at the backbone's features where the landmarks are: each heat map
gathers them as an attention map would, so that nothing is cropped twice, and a layer of each point's own
reads them. It tells how far MediaPipe's mesh lies from each point, and MediaPipe's blendshape scores.

    step         full and lite
    project      1x1 to 24 at 64x64
    gather       98 heat maps x 24
    each point   24 to 12, weights of its own
    hidden       1176 to 384
    outputs      98 shifts, 52 scores
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines import landmark98
from engines.stages.landmarks import HEATMAP_STRIDE
from proto.tables import BLENDSHAPES
from training.networks.expression import STRETCH
from training.networks.hrnet import HRNet, Widths

PROJECTED, EACH, HIDDEN = 24, 12, 384


class Appearance(NamedTuple):
    """What the head tells of N crops."""

    scores: Tensor  # (N, 52), a little beyond 0..1 before the hold
    shifts: Tensor  # (N, 98, 2) from each point to the mesh's, in pixels of a 256-pixel crop


class AppearanceHead(nn.Module):
    """The joined features, gathered by the heat maps -> scores and shifts.

    Shapes: (N, C, H, W), (N, 98, H * W) each of sum 1 -> Appearance.
    """

    def __init__(self, inputs: int, landmarks: int = landmark98.COUNT) -> None:
        super().__init__()
        self.project = nn.Conv2d(inputs, PROJECTED, 1)
        self.each_weight = nn.Parameter(torch.randn(landmarks, PROJECTED, EACH) * PROJECTED**-0.5)
        self.each_bias = nn.Parameter(torch.zeros(landmarks, 1, EACH))
        self.hidden = nn.Linear(landmarks * EACH, HIDDEN)
        self.dropout = nn.Dropout(0.2)
        self.shifts = nn.Linear(HIDDEN, landmarks * 2)
        self.last = nn.Linear(HIDDEN, len(BLENDSHAPES))
        nn.init.normal_(self.shifts.weight, std=0.01)
        nn.init.zeros_(self.shifts.bias)
        nn.init.normal_(self.last.weight, std=0.01)
        nn.init.constant_(self.last.bias, -2.0)

    def forward(self, features: Tensor, maps: Tensor) -> Appearance:
        gathered = maps @ self.project(features).flatten(2).transpose(1, 2)  # (N, 98, PROJECTED)
        # A product per point, all at once: (98, N, PROJECTED) @ (98, PROJECTED, EACH).
        each = F.silu(gathered.transpose(0, 1) @ self.each_weight + self.each_bias)
        x = self.dropout(F.silu(self.hidden(each.transpose(0, 1).flatten(1))))
        scores = (torch.sigmoid(self.last(x)) - 0.5) * STRETCH + 0.5
        return Appearance(scores, self.shifts(x).reshape(-1, self.each_bias.shape[0], 2) * HEATMAP_STRIDE)


class FaceNetwork(nn.Module):
    """HRNet and the appearance head on its features.

    Shapes: (N, 3, H, W) normalised -> heat-map logits (N, 98, H/4, W/4), scores (N, 52), shifts (N, 98, 2)
    in pixels of a 256-pixel crop.
    """

    def __init__(self, widths: Widths) -> None:
        super().__init__()
        self.landmarks = HRNet(widths)
        self.appearance = AppearanceHead(sum(widths.channels))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.landmarks.features(x)
        logits = self.landmarks.head(features)
        # Where the head looks is the heat maps' affair: it does not teach them.
        return logits, *self.appearance(features, logits.detach().flatten(2).softmax(dim=-1))
