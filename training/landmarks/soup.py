"""Mean of landmark networks that come of one another: `python -m training.landmarks.soup A B --out FILE`.

A network and what it became by further training lie in one valley of the loss, and their mean is often better
than either (Wortsman et al. 2022, "Model soups"). A narrower network is first grown to the widest profile
among them, as the run of that one began (`--grow-from`): with the same seed, so that the channels which are
new begin alike. The result is a checkpoint for `training.export` or `--init`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

from training.errors import DamagedDataError, told_plainly
from training.landmarks.recipe import Recipe
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES
from training.networks.widen import widen


def load_member(path: Path) -> tuple[str, FaceNetwork]:
    """Read a checkpoint. Returns: its profile, the network. Raises: DamagedDataError if it is none."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    if not {"profile", "average"} <= set(state) or state["profile"] not in PROFILES:
        raise DamagedDataError(f"{path}: expected a checkpoint of a landmark run")
    network = FaceNetwork(PROFILES[state["profile"]])
    network.load_state_dict(state["average"])
    return state["profile"], network


def grow(narrow: FaceNetwork, profile: str, seed: int) -> FaceNetwork:
    """Grow a network as a run with this seed would."""
    torch.manual_seed(seed)
    wide = FaceNetwork(PROFILES[profile])
    widen(narrow, wide)
    return wide


def mean_of(states: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Average weights and the statistics of normalisations; a counter is the last one's."""
    return {
        key: torch.stack([state[key] for state in states]).mean(0) if last.is_floating_point() else last
        for key, last in states[-1].items()
    }


def soup(paths: list[Path], seed: int = Recipe.seed) -> dict:
    """Average checkpoints. Returns: a checkpoint. Raises: DamagedDataError."""
    members = [load_member(path) for path in paths]
    widest = max((profile for profile, _ in members), key=lambda name: PROFILES[name].channels)
    networks = [network if profile == widest else grow(network, widest, seed) for profile, network in members]
    return {"profile": widest, "average": mean_of([network.state_dict() for network in networks])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoints", type=Path, nargs="+", help="last.pt of runs, or what this wrote")
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint to write")
    parser.add_argument("--seed", type=int, default=Recipe.seed, help="of the run that grew")
    arguments = parser.parse_args()
    torch.save(soup(arguments.checkpoints, arguments.seed), arguments.out)
    print(f"wrote {arguments.out}, the mean of {len(arguments.checkpoints)}")


if __name__ == "__main__":
    with told_plainly():
        main()
