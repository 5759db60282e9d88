"""The committed landmark network in PyTorch: a reference on GPUs where no engine runs, not an engine."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from benchmarks.gpu.candidates import has_appearance
from engines.models import model_path
from engines.stages.align import CROP_SIZE
from engines.stages.landmarks import Readings
from training.landmarks.weights import load_onnx
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES
from training.networks.serving import ServingNetwork

WARM_UP_RUNS = 3  # before a graph is recorded: cuDNN chooses and allocates in them


@dataclass
class Recorded:
    """One batch size as a CUDA graph, with the memory that it reads and writes."""

    image: Tensor
    graph: torch.cuda.CUDAGraph
    outputs: tuple[Tensor, ...]


class TorchRunner:
    """What PyTorch computes; on a GPU with fp16 arithmetic, decoding in fp32.

    `recorded` launches a batch's kernels as one CUDA graph, as the engines do.
    """

    def __init__(self, profile: str, device: str, recorded: bool = False) -> None:
        network = FaceNetwork(PROFILES[profile])
        load_onnx(network, model_path(f"landmarks_{profile}"))
        serving = ServingNetwork(network).eval()
        fold_normalisation(serving)
        if device == "cuda":
            network.half()
            torch.backends.cudnn.benchmark = True
        self._serving = serving.to(device, memory_format=torch.channels_last)
        self._device, self._appearance = device, has_appearance(profile)
        self._recorded: dict[int, Recorded] | None = {} if recorded else None
        self._threads = torch.get_num_threads()
        if device == "cpu":
            # Its threads wait for each other without giving the CPU away: minutes where it is shared.
            torch.set_num_threads(1)

    def place(self, crops: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(crops)).to(self._device)

    @torch.inference_mode()
    def read(self, crops: np.ndarray | Tensor) -> Readings:
        image = crops if isinstance(crops, Tensor) else self.place(crops)
        outputs = self._compute(image) if self._recorded is None else self._replay(image)
        # A file from before there was an appearance head leaves that head without weights.
        wanted = outputs if self._appearance else outputs[:2]
        return Readings(*(output.float().cpu().numpy() for output in wanted))

    def _compute(self, image: Tensor) -> tuple[Tensor, ...]:
        with torch.autocast(self._device, torch.float16, enabled=self._device == "cuda", cache_enabled=False):
            return self._serving(image)

    def _replay(self, image: Tensor) -> tuple[Tensor, ...]:
        if len(image) not in self._recorded:
            self._recorded[len(image)] = self._record(image)
        recorded = self._recorded[len(image)]
        recorded.image.copy_(image)
        recorded.graph.replay()
        return recorded.outputs

    def _record(self, image: Tensor) -> Recorded:
        """Record a batch size. Source: PyTorch's notes on CUDA semantics, "CUDA Graphs"."""
        own, side = image.clone(), torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(WARM_UP_RUNS):
                self._compute(own)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            outputs = self._compute(own)
        return Recorded(own, graph, outputs)

    def close(self) -> None:
        self._serving = self._recorded = None
        torch.set_num_threads(self._threads)
        if self._device == "cuda":
            torch.cuda.empty_cache()


@torch.no_grad()
def fold_normalisation(network: nn.Module) -> None:
    """Work each batch normalisation into the convolution before it, as every engine does."""
    order: list[nn.Module] = []
    kinds = (nn.Conv2d, nn.BatchNorm2d)
    hooks = [
        module.register_forward_hook(lambda module, *_: order.append(module))
        for module in network.modules()
        if isinstance(module, kinds)
    ]
    network(torch.zeros(1, CROP_SIZE, CROP_SIZE, 3, dtype=torch.uint8))
    for hook in hooks:
        hook.remove()
    for conv, norm in pairwise(order):
        if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            conv.weight, conv.bias = fuse_conv_bn_weights(
                conv.weight, conv.bias, norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias
            )
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.Identity())
