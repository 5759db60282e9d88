"""The improved MTCNN: a cascade of three small networks that find faces, coarse to fine.

Source: MTHR-Face, sections 3 and 4.1 (figures 2, 4 and 5); the original: Zhang et al. 2016, "Joint
Face Detection and Alignment Using Multi-task Cascaded Convolutional Networks"; octave convolution:
Chen et al. 2019, "Drop an Octave". The paper gives no widths; ours are multiples of 16 where the
count allows it, because ONNX Runtime blocks channels by 16. Every PReLU of the original is a batch
normalisation and a ReLU here: both fold into the convolution when exported.

"The original" in the tables is counted the same way: convolutions and dense layers, one window.
"""

from __future__ import annotations

from copy import deepcopy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PIXEL_MEAN, PIXEL_SCALE = 127.5, 1 / 128  # the original's input range, about -1..1


def conv_bn_relu(inputs: int, outputs: int, kernel: int | tuple[int, int]) -> nn.Sequential:
    """Make a convolution without padding, its batch normalisation and a ReLU."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


class MultiScaleConv(nn.Module):
    """Structure 1 of figure 4: kernels of several sizes on the same input, aggregated.

    A 4x4 and a 2x2 kernel of stride 2 share their centres (1.5 pixels into the window), so their
    maps lie on one grid and are concatenated. The branches are linear up to their common
    normalisation: `merged` is the same function as one 4x4 convolution, which serving runs.

    Shapes: (N, C, H, W) -> (N, wide + narrow, (H - 2) / 2, (W - 2) / 2).
    """

    def __init__(self, inputs: int, wide: int, narrow: int) -> None:
        super().__init__()
        self.wide = nn.Conv2d(inputs, wide, 4, 2, bias=False)
        self.narrow = nn.Conv2d(inputs, narrow, 2, 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.wide(x), self.narrow(x[:, :, 1:-1, 1:-1])], dim=1)

    def merged(self) -> nn.Conv2d:
        """Return the one convolution that does what the branches do together."""
        weight = torch.cat([self.wide.weight, F.pad(self.narrow.weight, (1, 1, 1, 1))])
        conv = nn.Conv2d(weight.shape[1], weight.shape[0], 4, 2, bias=False)
        conv.weight = nn.Parameter(weight.detach().clone())
        return conv


class FactorisedConv(nn.Module):
    """Structure 2 of figure 4: a 3x3 kernel as 3x1 then 1x3.

    Shapes: (N, C, H, W) -> (N, outputs, H - 2, W - 2).
    """

    def __init__(self, inputs: int, middle: int, outputs: int) -> None:
        super().__init__()
        self.vertical = conv_bn_relu(inputs, middle, (3, 1))
        self.horizontal = conv_bn_relu(middle, outputs, (1, 3))

    def forward(self, x: Tensor) -> Tensor:
        return self.horizontal(self.vertical(x))


class PNet(nn.Module):
    """Proposal network: every 12x12 window of an image, 2 pixels apart, face or not.

        layer                                  output of a window   parameters       MACs
        structure 1: 4x4/2 16, 2x2/2 16, cat   32 x 5 x 5                1,024     24,000
        structure 2: 3x1 16, 1x3 16            16 x 3 x 3                2,368     29,952 *
        fusion: cat with the middle of layer 1 48 x 3 x 3
        structure 2: 3x1 16, 1x3 32            32 x 1 x 1                3,936      8,448 *
        1x1 heads: face, box                    5 x 1 x 1                  165        160
        total                                                            7,493     62,560
        original (3x3 10, 3x3 16, 3x3 32)                                6,632     44,760

    * a window alone; over an image neighbours share it all: 1,816 MACs a pixel beside the
    original's 1,830, and in a third of its time, since no map has the image's full resolution.

    Shapes: (N, 3, H, W) -> logits (N, 1, h, w), offsets (N, 4, h, w), h = (H - 12) // 2 + 1.
    """

    SIZE = 12
    STRIDE = 2

    def __init__(self) -> None:
        super().__init__()
        self.layer1 = MultiScaleConv(3, 16, 16)
        self.norm1 = nn.Sequential(nn.BatchNorm2d(32), nn.ReLU())
        self.layer2 = FactorisedConv(32, 16, 16)
        self.layer3 = FactorisedConv(48, 16, 32)
        self.head = nn.Conv2d(32, 5, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        first = self.norm1(self.layer1(x))
        second = self.layer2(first)
        fused = torch.cat([first[:, :, 1:-1, 1:-1], second], dim=1)  # fusion of layers 1 and 2
        y = self.head(self.layer3(fused))
        return y[:, :1], y[:, 1:]

    def merged(self) -> PNet:
        """Return a copy whose structure 1 is one convolution: the same function, less work."""
        copy = deepcopy(self)
        copy.layer1 = self.layer1.merged()
        return copy


class OctaveConv(nn.Module):
    """A convolution on two frequencies, the low one at half the resolution (equations 4 and 5).

        Y_high = conv(X_high) + upsample(conv(X_low))
        Y_low  = conv(X_low)  + conv(pool(X_high))

    A side of 0 channels does not exist; then its paths are left out and its tensor is None.

    Shapes: (N, high, H, W), (N, low, H/2, W/2) -> the same with the output channels; H, W even.
    """

    def __init__(self, inputs: tuple[int, int], outputs: tuple[int, int], kernel: int = 3) -> None:
        super().__init__()
        (high_in, low_in), (high_out, low_out) = inputs, outputs

        def path(source: int, target: int) -> nn.Conv2d | None:
            if not source or not target:
                return None
            return nn.Conv2d(source, target, kernel, padding=kernel // 2, bias=False)

        self.high_to_high, self.low_to_high = path(high_in, high_out), path(low_in, high_out)
        self.low_to_low, self.high_to_low = path(low_in, low_out), path(high_in, low_out)
        self.norm_high = nn.BatchNorm2d(high_out) if high_out else None
        self.norm_low = nn.BatchNorm2d(low_out) if low_out else None

    def forward(self, high: Tensor, low: Tensor | None) -> tuple[Tensor | None, Tensor | None]:
        pooled = F.avg_pool2d(high, 2) if self.high_to_low else None
        y_high = y_low = None
        if self.high_to_high:
            y_high = self.high_to_high(high)
            if self.low_to_high:
                y_high = y_high + F.interpolate(self.low_to_high(low), scale_factor=2.0)
            y_high = F.relu(self.norm_high(y_high))
        if self.high_to_low:
            y_low = self.high_to_low(pooled)
            if self.low_to_low:
                y_low = self.low_to_low(low) + y_low
            y_low = F.relu(self.norm_low(y_low))
        return y_high, y_low


class RNet(nn.Module):
    """Refinement network: octave convolutions in the place of the original's ordinary ones.

        layer                        high            low            parameters       MACs
        octave 3x3, pool 2           16 x 12 x 12    16 x  6 x  6          928    311,040
        octave 3x3, pool 2           16 x  6 x  6    32 x  3 x  3       13,920    746,496
        octave 3x3 (equation 5)                      64 x  3 x  3       27,776    248,832
        dense 128                    128                                73,856     73,728
        heads: face, box             5                                     645        640
        total                                                          117,125  1,380,736
        original (3x3 28, 3x3 48, 2x2 64, dense 128)                   100,178  1,530,768

    Shapes: (N, 3, 24, 24) -> logits (N, 1), offsets (N, 4).
    """

    SIZE = 24

    def __init__(self) -> None:
        super().__init__()
        self.octave1 = OctaveConv((3, 0), (16, 16))
        self.octave2 = OctaveConv((16, 16), (16, 32))
        self.octave3 = OctaveConv((16, 32), (0, 64))
        self.dense = nn.Linear(64 * 3 * 3, 128)
        self.head = nn.Linear(128, 5)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        high, low = self.octave1(x, None)  # 16 x 24 x 24, 16 x 12 x 12
        high, low = F.max_pool2d(high, 2), F.max_pool2d(low, 2)
        high, low = self.octave2(high, low)  # 16 x 12 x 12, 32 x 6 x 6
        high, low = F.max_pool2d(high, 2), F.max_pool2d(low, 2)
        _, low = self.octave3(high, low)  # 64 x 3 x 3
        y = self.head(F.relu(self.dense(low.flatten(1))))
        return y[:, :1], y[:, 1:]


class ONet(nn.Module):
    """Output network: the original's layers, which the paper keeps, and its five points.

        layer                        output          parameters        MACs
        3x3 32, pool 3/2             32 x 23 x 23           928   1,828,224
        3x3 64, pool 3/2             64 x 10 x 10        18,560   8,128,512
        3x3 64, pool 2/2             64 x  4 x  4        36,992   2,359,296
        2x2 128                      128 x 3 x  3        33,024     294,912
        dense 256                    256                295,168     294,912
        heads: face, box, points     15                   3,855       3,840
        total                                           388,527  12,909,696
        original                                        389,040  12,909,952

    Shapes: (N, 3, 48, 48) -> logits (N, 1), offsets (N, 4), points (N, 10): x, y of each in fractions
    of the window.
    """

    SIZE = 48

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            conv_bn_relu(3, 32, 3),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            conv_bn_relu(32, 64, 3),
            nn.MaxPool2d(3, 2),
            conv_bn_relu(64, 64, 3),
            nn.MaxPool2d(2, 2),
            conv_bn_relu(64, 128, 2),
        )
        self.dense = nn.Linear(128 * 3 * 3, 256)
        self.head = nn.Linear(256, 15)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        y = self.features(x).flatten(1)
        y = self.head(F.relu(self.dense(y)))
        return y[:, :1], y[:, 1:5], y[:, 5:]
