"""Evaluate landmarks and detection by the paper's definitions, on any of the published sets.

    python -m training.evaluate --data DIR --wflw DIR --ibug DIR --wider DIR --out docs/benchmarks

Landmarks are measured two ways: as `facecast analyze` finds them, where a missed face counts as 100 %
error, and in crops placed by the labels, which asks the landmark network alone. Writes
evaluation.json, evaluation.md, a CED curve for each set and the precision-recall curves.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engines import landmark98
from engines.models import manifest
from training.datasets.w300 import load_300w
from training.datasets.wflw import load_wflw, subsets_of
from training.detection_scores import measure_pack, measure_wider
from training.end_to_end import analyze_faces, errors_of, name_network, read_given_crops
from training.errors import DataError, told_plainly
from training.evaluation import summarise
from training.evaluation_report import to_markdown
from training.faces import Faces, load_faces
from training.plots import plot_ced, plot_precision

FULL_SET = "full set"
# WFLW's pictures hold crowds: each labelled face is looked for in a window of so many times its size.
WFLW_WINDOW = 3.0


@dataclass
class LabelledSet:
    """Faces with human points, and the parts of the set that are told apart.

    Shapes: truth (N, K, 2), K = 68 or 98; subsets name -> (N,) bool. `window`: see end_to_end.
    """

    name: str
    faces: Faces
    truth: np.ndarray
    subsets: dict[str, np.ndarray] = field(default_factory=dict)
    window: float | None = None

    def first(self, count: int | None) -> LabelledSet:
        """Keep the first faces, for a quick look."""
        rows = np.arange(len(self.faces))[:count]
        subsets = {name: chosen[rows] for name, chosen in self.subsets.items()}
        return LabelledSet(self.name, self.faces.select(rows), self.truth[rows], subsets, self.window)


def open_sets(arguments: argparse.Namespace) -> Iterator[LabelledSet]:
    """Load the sets that were named. Raises: DataError."""
    if arguments.data:
        faces = load_faces(arguments.data, "dev_helen")
        yield LabelledSet("dev_helen", faces, faces.labels["gt68"].astype(float))
    if arguments.wflw:
        faces = load_wflw(arguments.wflw, "test")
        truth = faces.labels["lm98"].astype(float)
        yield LabelledSet("WFLW", faces, truth, subsets_of(arguments.wflw, faces), WFLW_WINDOW)
    if arguments.ibug:
        faces = load_300w(arguments.ibug)
        faces = faces.select(faces.labels["source"] != "train")
        if not len(faces):
            raise DataError(f"{arguments.ibug}: expected faces of a test part of 300-W, found training faces")
        source = faces.labels["source"]
        subsets = {str(name): source == name for name in np.unique(source)}
        yield LabelledSet("300-W", faces, faces.labels["gt68"].astype(float), subsets)


def measure_landmarks(labelled: LabelledSet, profiles: list[str], backend: str) -> dict:
    """Measure both ways for each profile. Returns: the set's part of the report."""
    ways = {}
    for profile in profiles:
        found = analyze_faces(labelled.faces, labelled.truth, profile, backend, labelled.window)
        ways[f"{profile}, facecast analyze"] = figures(labelled, found)
        found = read_given_crops(labelled.faces, labelled.truth, profile, backend)
        ways[f"{profile}, given crops"] = figures(labelled, found)
    return {"points": labelled.truth.shape[1], "faces": len(labelled.faces), "ways": ways}


def figures(labelled: LabelledSet, found: list[np.ndarray | None]) -> dict:
    """The figures of the full set and each subset, and every face's error for plots."""
    errors, count = errors_of(found, labelled.truth)
    subsets = {FULL_SET: np.ones(len(errors), bool), **labelled.subsets}
    table = {name: summarise(errors[chosen]) for name, chosen in subsets.items()}
    if labelled.truth.shape[1] != landmark98.COUNT:
        inner, _ = errors_of(found, labelled.truth, landmark98.INNER_51)
        for name, chosen in subsets.items():
            table[name]["nme51_percent"] = round(float(inner[chosen].mean()) * 100, 3)
    return {"found": count, "subsets": table, "errors": [round(float(e), 5) for e in errors]}


def slug(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name.lower())


def evaluate(arguments: argparse.Namespace) -> dict:
    """Measure every set that was named and draw its curves. Returns: the report. Raises: DataError."""
    report = {"landmarks": {}, "detection": {}, "plots": {}}
    curves = {}
    for labelled in open_sets(arguments):
        labelled = labelled.first(arguments.limit)
        part = measure_landmarks(labelled, arguments.profiles, arguments.backend)
        report["landmarks"][labelled.name] = part
        plot = f"evaluation_ced_{slug(labelled.name)}.png"
        errors = {way: np.array(row["errors"]) for way, row in part["ways"].items()}
        plot_ced(errors, arguments.out / plot, f"NME {part['points']} (%), {labelled.name}")
        report["plots"][labelled.name] = plot
    if arguments.data:
        found, drawn = measure_pack(arguments.data)
        report["detection"] |= found
        curves |= drawn
    if arguments.wider:
        found, drawn = measure_wider(arguments.wider, arguments.limit)
        report["detection"] |= found
        curves |= drawn
    if curves:
        plot_precision(curves, arguments.out / "evaluation_precision.png")
        report["plots"]["detection"] = "evaluation_precision.png"
    return report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--data", type=Path, help="the data pack: its development faces and no_faces.tar")
    parser.add_argument("--wflw", type=Path, help="WFLW: the test part and its six subsets")
    parser.add_argument("--ibug", type=Path, help="300-W: every .pts below, without the training part")
    parser.add_argument("--wider", type=Path, help="WIDER FACE: the validation part")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"), help="folder to write to")
    parser.add_argument("--profiles", nargs="+", help="default: every profile that has weights")
    parser.add_argument("--backend", default="auto", help="what runs the networks")
    parser.add_argument("--limit", type=int, help="the first so many faces of a set, for a quick look")


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_arguments(parser)
    arguments = parser.parse_args(words)
    if not any((arguments.data, arguments.wflw, arguments.ibug, arguments.wider)):
        parser.error("expected at least one of --data, --wflw, --ibug, --wider")
    profiles = ["--profiles", *arguments.profiles] if arguments.profiles else []
    arguments.profiles = arguments.profiles or [p for p in ("lite", "full") if f"landmarks_{p}" in manifest()]
    arguments.out.mkdir(parents=True, exist_ok=True)
    with told_plainly():
        report = evaluate(arguments)
    sets = [f"--{name} DIR" for name in ("data", "wflw", "ibug", "wider") if getattr(arguments, name)]
    limit = [f"--limit {arguments.limit}"] if arguments.limit else []
    report["command"] = " ".join(["python -m training.evaluate", *sets, *profiles, *limit])
    report["date"] = datetime.date.today().isoformat()
    report["networks"] = {p: name_network(p, arguments.backend) for p in arguments.profiles}
    (arguments.out / "evaluation.json").write_text(json.dumps(report) + "\n")
    table = to_markdown(report)
    (arguments.out / "evaluation.md").write_text(table)
    print(table)


if __name__ == "__main__":
    main()
