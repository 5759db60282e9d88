"""The committed landmark network in PyTorch: a reference on GPUs where no engine runs, not an engine."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.gpu.candidates import has_appearance
from engines.models import model_path
from engines.stages.landmarks import Readings
from training.landmarks.weights import load_onnx
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES
from training.networks.serving import ServingNetwork


class TorchRunner:
    """What PyTorch computes; on a GPU with fp16 arithmetic, decoding in fp32."""

    def __init__(self, profile: str, device: str) -> None:
        network = FaceNetwork(PROFILES[profile])
        load_onnx(network, model_path(f"landmarks_{profile}"))
        self._serving = ServingNetwork(network).eval().to(device, memory_format=torch.channels_last)
        self._device, self._appearance = device, has_appearance(profile)
        self._threads = torch.get_num_threads()
        if device == "cpu":
            # Its threads wait for each other without giving the CPU away: minutes where it is shared.
            torch.set_num_threads(1)

    def place(self, crops: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(crops)).to(self._device)

    @torch.inference_mode()
    def read(self, crops: np.ndarray | torch.Tensor) -> Readings:
        image = crops if isinstance(crops, torch.Tensor) else self.place(crops)
        with torch.autocast(self._device, torch.float16, enabled=self._device == "cuda"):
            outputs = self._serving(image)
        # A file from before there was an appearance head leaves that head without weights.
        wanted = outputs if self._appearance else outputs[:2]
        return Readings(*(output.float().cpu().numpy() for output in wanted))

    def close(self) -> None:
        self._serving = None
        torch.set_num_threads(self._threads)
        if self._device == "cuda":
            torch.cuda.empty_cache()
