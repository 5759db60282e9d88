"""Export the detector's networks to ONNX in the form that engines.stages.detect runs."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from training.networks.mtcnn import PIXEL_MEAN, PIXEL_SCALE, PNet

OPSET = 17


class ServingNetwork(nn.Module):
    """What is exported: raw pixels in, probabilities out.

    Shapes: (N, H, W, 3) uint8 RGB -> score (N, ...) 0..1, offsets (N, 4, ...), and of an O-Net also
    points (N, 5, 2) as fractions of the crop.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        x = (image.permute(0, 3, 1, 2).float() - PIXEL_MEAN) * PIXEL_SCALE
        logits, offsets, *points = self.network(x)
        return logits[:, 0].sigmoid(), offsets, *(p.unflatten(1, (5, 2)) for p in points)


def export_network(network: nn.Module, file: Path) -> None:
    """Write one network as ONNX with a free batch size and, for a P-Net, a free image size."""
    if isinstance(network, PNet):
        network = network.merged()
    serving = ServingNetwork(network).eval()
    size = network.SIZE
    free: dict[int, str] = {0: "batch"}
    names = ["score", "offsets", "points"][: 3 if size == 48 else 2]
    outputs: dict[str, dict[int, str]] = {name: {0: "batch"} for name in names}
    side = size
    if size == 12:
        free.update({1: "height", 2: "width"})
        outputs = {
            "score": {0: "batch", 1: "rows", 2: "columns"},
            "offsets": {0: "batch", 2: "rows", 3: "columns"},
        }
        side = 4 * size
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        serving,
        (torch.zeros(2, side, side, 3, dtype=torch.uint8),),
        str(file),
        dynamo=False,
        opset_version=OPSET,
        input_names=["image"],
        output_names=names,
        dynamic_axes={"image": free, **outputs},
    )
