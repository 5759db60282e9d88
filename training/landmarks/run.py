"""A landmark run's state: network, moving average, optimiser, and the folder that keeps them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import torch
from torch import Tensor

from training.landmarks.recipe import Recipe
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES


class Run:
    """A training run; `progress` is the share of its course that is done, `step` the steps taken."""

    def __init__(self, recipe: Recipe, out: Path, device: torch.device) -> None:
        self.recipe, self.out, self.device = recipe, out, device
        self.network = FaceNetwork(PROFILES[recipe.profile]).to(device, memory_format=torch.channels_last)
        self.average = self.snapshot()
        kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[recipe.optimizer]
        self.optimizer = kind(
            self.network.parameters(), weight_decay=recipe.weight_decay, fused=device.type == "cuda" or None
        )
        self.step, self.progress = 0, 0.0
        self.checkpoint = out / "last.pt"
        self.log = out / "log.jsonl"
        out.mkdir(parents=True, exist_ok=True)
        (out / "recipe.json").write_text(json.dumps(dataclasses.asdict(recipe), indent=1))
        if self.checkpoint.is_file():
            self.resume()

    def resume(self) -> None:
        """Go on where the checkpoint stands."""
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average, self.step = state["average"], state["step"]
        self.progress = state.get("progress", 0.0)
        print(f"resumed {self.checkpoint} at step {self.step}", flush=True)

    def snapshot(self) -> dict[str, Tensor]:
        """Copy the network's present weights."""
        return {k: v.detach().clone() for k, v in self.network.state_dict().items()}

    def save(self) -> None:
        """Write the checkpoint in one move, so that a killed run leaves a whole one."""
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(
            {
                "network": self.network.state_dict(),
                "average": self.average,
                "optimizer": self.optimizer.state_dict(),
                "step": self.step,
                "progress": self.progress,
                "profile": self.recipe.profile,
            },
            partial,
        )
        partial.replace(self.checkpoint)

    def report(self, record: dict) -> None:
        """Add a line to the log, and print it."""
        with self.log.open("a") as log:
            log.write(json.dumps(record) + "\n")
        print(json.dumps(record), flush=True)

    def averaged(self) -> FaceNetwork:
        """Return a network with the moving-average weights."""
        network = FaceNetwork(PROFILES[self.recipe.profile])
        network = network.to(self.device, memory_format=torch.channels_last)
        network.load_state_dict(self.average)
        return network

    @torch.no_grad()
    def update_average(self) -> None:
        """Move the average; its window grows with the steps, so that the start is forgotten."""
        keep = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        kept, present = [], []
        for key, value in self.network.state_dict().items():
            if value.dtype.is_floating_point:
                kept.append(self.average[key])
                present.append(value)
            else:
                self.average[key].copy_(value)
        torch._foreach_lerp_(kept, present, 1 - keep)
