"""Enter a finished run's networks in the weights' manifest: `python -m training.detection.release RUN`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from training.export import register
from training.faces import DataError

NAMES = ("pnet", "rnet", "onet")
LICENCE = "Apache-2.0 for the weights; trained on data for research use, see the card"
DATA = [
    "LFW",
    "300-W (HELEN, LFPW train)",
    "web photographs",
    "Congress portraits",
    "Face Research Lab London Set",
    "frames of talking clips",
    "BSDS500 (half of the photographs without a face)",
]
RECIPE = "training/detection/train.py, scale full"
# What the manifest repeats of the benchmark's report.
RECALL = ("recall_iou_50", "recall_centre")
PRECISION = ("average_precision", "average_precision_unlabelled_ignored")


def read_measured(report: Path) -> dict:
    """Pick the detector's own numbers from detector.json. Raises: DataError if they are not there."""
    try:
        document = json.loads(report.read_text())
        faces, empty, ranking = (document[part]["improved"] for part in ("faces", "empty", "ranking"))
        return {
            "dev_helen": {name: round(faces[name], 5) for name in RECALL},
            "no_faces": {"held_out": empty["false_boxes_held_out"], "all": empty["false_boxes_all"]},
            "dev_helen_and_no_faces": {name: round(ranking[name], 5) for name in PRECISION},
            "command": "python -m training.detection.evaluate",
        }
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{report}: expected the report of training.detection.evaluate: {error!r}") from error


def release(run: Path, report: Path | None, recipe: str = RECIPE) -> None:
    """Register the three networks. Raises: DataError if one is missing."""
    missing = [name for name in NAMES if not (run / f"{name}.onnx").is_file()]
    if missing:
        raise DataError(f"{run}: expected a finished run, {', '.join(missing)} is missing")
    entry = {"measured": read_measured(report)} if report else {}
    for name in NAMES:
        register(
            name,
            run / f"{name}.onnx",
            licence=LICENCE,
            data=DATA,
            recipe=recipe,
            card="docs/models/mtcnn.md",
            **entry,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of training.detection.train")
    parser.add_argument("--report", type=Path, help="detector.json of training.detection.evaluate")
    parser.add_argument("--recipe", default=RECIPE, help="how the run came about, in words")
    arguments = parser.parse_args()
    release(arguments.run, arguments.report, arguments.recipe)


if __name__ == "__main__":
    main()
