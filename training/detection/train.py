"""Train the improved MTCNN: `python -m training.detection.train --data DIR --out DIR`.

Six steps, each skipped when its file is there, so that a stopped run goes on: samples and network of
P-Net, then of R-Net with what P-Net proposes, then of O-Net with what P-Net and R-Net let through.
`--wider DIR` draws half of the scenes from WIDER FACE; with `--data-wflw DIR` in place of `--data`
nothing but published sets is needed. `--step pnet` (rnet, onet) does one network; `--scale tiny` proves
the whole way in seconds. `--start RUN` goes on from an earlier run's networks, for instance with
`--scale further`, one short epoch each.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from engines.backends import Session, open_session
from engines.stages.detect import Detector, DetectorOptions
from training.datasets.wider import load_wider
from training.detection import samples as smp
from training.detection import scenes as scn
from training.detection.export import export_network
from training.detection.fit import FitSettings, fit
from training.detection.wider import WiderScenes, load_published
from training.errors import told_plainly
from training.faces import DataError, load_faces, training_rows
from training.networks.mtcnn import ONet, PNet, RNet

NETWORKS = {"pnet": PNet, "rnet": RNet, "onet": ONet}


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How much of everything. Mining thresholds are low: the next stage must see what slips through."""

    scenes: dict[str, int]
    fits: dict[str, FitSettings]
    mine_min_face_px: float = 18.0
    mine_pnet_threshold: float = 0.4
    mine_rnet_threshold: float = 0.35
    mined_negatives: dict[str, int] = dataclasses.field(default_factory=lambda: {"rnet": 24, "onet": 16})
    mined_per_face: dict[str, int] = dataclasses.field(default_factory=lambda: {"rnet": 6, "onet": 3})
    hold_out: int = 40  # one photograph in so many tunes thresholds and never trains
    seed: int = 1


RECIPES = {
    "full": Recipe(
        {"pnet": 22000, "rnet": 8000, "onet": 7000},
        {
            "pnet": FitSettings(4),
            "rnet": FitSettings(3),
            "onet": FitSettings(4, warm_up=60, points_weight=1.0),
        },
    ),
    "further": Recipe(
        {"pnet": 6000, "rnet": 8000, "onet": 3000},
        {name: FitSettings(1, learning_rate=4e-4, warm_up=50) for name in ("pnet", "rnet")}
        | {"onet": FitSettings(1, learning_rate=4e-4, warm_up=30, points_weight=1.0)},
    ),
    "tiny": Recipe(
        {"pnet": 24, "rnet": 16, "onet": 16},
        {name: FitSettings(2, batch=32, warm_up=1) for name in NETWORKS},
        hold_out=4,
    ),
}


def split_rows(labels: dict[str, np.ndarray], one_in: int) -> tuple[np.ndarray, np.ndarray]:
    """Part the rows that may train: those that do, and those that tune thresholds."""
    usable = np.flatnonzero(training_rows(labels))
    held = np.arange(len(usable)) % one_in == one_in - 1
    return usable[~held], usable[held]


def load_photographs(data: Path, ignored: Path | None, one_in: int, held: bool = False) -> scn.Photographs:
    """Load the photographs that train, or those held out for tuning."""
    faces = load_faces(data, "train")
    rows = split_rows(faces.labels, one_in)[1 if held else 0]
    empty = scn.load_empty(data / "no_faces.tar", 0) if (data / "no_faces.tar").is_file() else []
    return scn.Photographs(faces.select(rows), scn.load_ignored(ignored), empty)


def open_photographs(arguments: argparse.Namespace, recipe: Recipe) -> scn.Photographs:
    """Load what was named: the data pack, alone or with WIDER FACE, or WFLW with WIDER FACE."""
    if arguments.data_wflw:
        photos = load_published(arguments.wider, arguments.data_wflw)
        photos.faces = photos.faces.select(split_rows(photos.faces.labels, recipe.hold_out)[0])
        return photos
    photos = load_photographs(arguments.data, arguments.ignored, recipe.hold_out)
    if arguments.wider:
        photos.more = WiderScenes(load_wider(arguments.wider, "train"))
    return photos


def collect(
    photos: scn.Photographs,
    count: int,
    size: int,
    sample: Callable[[scn.Scene, int, np.random.Generator], smp.Samples],
    seed: int,
) -> smp.Samples:
    """Draw scenes and sample them."""
    rng = np.random.default_rng(seed)
    parts = []
    for _ in tqdm(range(count), desc=f"scenes for {size}x{size}", unit="scene", mininterval=10):
        parts.append(sample(scn.random_scene(photos, rng), size, rng))
    return smp.Samples.join(parts)


class Run:
    """A training run in a folder: samples, networks, ONNX files and the log."""

    def __init__(
        self, recipe: Recipe, photos: scn.Photographs, out: Path, start: Path | None = None
    ) -> None:
        self.recipe, self.photos, self.out, self.start = recipe, photos, out, start
        out.mkdir(parents=True, exist_ok=True)
        (out / "recipe.json").write_text(json.dumps(dataclasses.asdict(recipe), indent=1))

    def session(self, name: str) -> Session:
        return open_session(self.out / f"{name}.onnx", threads=1)

    def detector(self) -> Detector:
        """The stages trained so far, with thresholds for mining; missing stages are the last one."""
        names = [n for n in NETWORKS if (self.out / f"{n}.onnx").is_file()]
        sessions = [self.session(n) for n in names] + [None] * (3 - len(names))
        return Detector(
            *sessions,
            DetectorOptions(
                min_face_px=self.recipe.mine_min_face_px,
                min_face_share=0,
                max_candidates=120,
                pnet_threshold=self.recipe.mine_pnet_threshold,
                rnet_threshold=self.recipe.mine_rnet_threshold,
            ),
        )

    def sampler(self, name: str) -> Callable:
        """How this network's samples come about."""
        if name == "pnet":
            return smp.first_samples
        candidates = smp.proposals if name == "rnet" else smp.refined_proposals
        recipe = self.recipe
        return smp.mined_samples(
            candidates(self.detector()), recipe.mined_negatives[name], recipe.mined_per_face[name]
        )

    def samples(self, name: str) -> smp.Samples:
        """Return the network's samples, drawn now or by an earlier run."""
        path = self.out / f"{name}_samples.npz"
        if path.is_file():
            with np.load(path) as archive:
                return smp.Samples(**archive)
        seed = self.recipe.seed + list(NETWORKS).index(name)
        size = NETWORKS[name].SIZE
        drawn = collect(self.photos, self.recipe.scenes[name], size, self.sampler(name), seed)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.savez(file, **dataclasses.asdict(drawn))
        partial.replace(path)
        return drawn

    def new_network(self, name: str) -> nn.Module:
        """Make a network: fresh, or the earlier run's. Raises: DataError if that has none."""
        torch.manual_seed(self.recipe.seed)
        network = NETWORKS[name]()
        if self.start:
            path = self.start / f"{name}.pt"
            if not path.is_file():
                raise DataError(f"{path}: expected the network of an earlier run, found no such file")
            network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
        return network

    def train(self, name: str) -> None:
        """Train and export one network unless that is done."""
        file = self.out / f"{name}.onnx"
        if file.is_file():
            print(f"{file} is there: {name} is done", flush=True)
            return
        drawn = self.samples(name)
        print(f"{name}: {describe(drawn)}", flush=True)
        network = self.new_network(name)
        fit(network, drawn, self.recipe.fits[name], self.out / "log.jsonl", self.recipe.seed)
        torch.save(network.state_dict(), self.out / f"{name}.pt")
        export_network(network, file)


def describe(drawn: smp.Samples) -> str:
    counts = [(drawn.kinds == kind).sum() for kind in (smp.POSITIVE, smp.PART, smp.NEGATIVE)]
    return "{:,} positives, {:,} parts, {:,} negatives".format(*counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder of the labelled faces")
    source.add_argument("--data-wflw", type=Path, help="WFLW, for the five points; needs --wider")
    parser.add_argument("--wider", type=Path, help="WIDER FACE: half of the scenes are its pictures")
    parser.add_argument("--out", type=Path, required=True, help="folder for samples, networks and the log")
    parser.add_argument("--scale", choices=RECIPES, default="full")
    parser.add_argument("--step", choices=[*NETWORKS, "all"], default="all", help="train one network alone")
    parser.add_argument("--start", type=Path, help="folder of an earlier run whose networks are trained on")
    parser.add_argument("--ignored", type=Path, help="boxes of unlabelled faces (training.detection.ignore)")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of torch")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    recipe = RECIPES[arguments.scale]
    if arguments.data_wflw and not arguments.wider:
        parser.error("expected --wider DIR with --data-wflw: it labels the other faces of WFLW's pictures")
    photos = open_photographs(arguments, recipe)
    run = Run(recipe, photos, arguments.out, arguments.start)
    for name in NETWORKS if arguments.step == "all" else [arguments.step]:
        run.train(name)


if __name__ == "__main__":
    with told_plainly():
        main()
