"""Decide whether a landmark network's image branch is used.

`python -m training.expression.branch --data DIR --profile full --out FILE.npz --register`

How much of each coefficient the branch gives was chosen on one network's branch. Another network's, with the
same shares, is used if it agrees better with MediaPipe than that network's points alone do, on photographs of
people that nothing learned from; `--register` writes the answer into the manifest (`image_branch_of`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from engines import models
from engines.backends import Session, open_session
from training.errors import told_plainly
from training.expression.dataset import PhotographFaces
from training.expression.evaluate import TEST, correlate_photographs
from training.expression.photographs import open_reader, read_photographs
from training.faces import load_faces


def read_check(data: Path, model: Path, out: Path) -> PhotographFaces:
    """Read the held-out people with a landmark network; OUT keeps the answers. Returns: them, so seen."""
    rows = np.flatnonzero(PhotographFaces(data, [], TEST).check)
    np.savez_compressed(
        out, **read_photographs(load_faces(data / "faces", "train"), open_reader(model), 1, rows)
    )
    return PhotographFaces(data, [out], TEST)


def agreement(session: Session, faces: PhotographFaces) -> tuple[float, float]:
    """Correlate with MediaPipe, mean over coefficients: with the branch, and by the points alone."""
    seen, by_points = correlate_photographs(session, faces)
    return float(np.mean(list(seen.values()))), float(np.mean(list(by_points.values())))


def decide(profile: str, with_branch: float, by_points: float) -> bool:
    """Write into the manifest whether a profile's branch is used. Returns: whether it is."""
    helps = with_branch > by_points
    document = json.loads(models.MANIFEST.read_text())
    entry = document["models"]["expression"]
    others = set(entry["image_branch_of"]) - {profile}
    entry["image_branch_of"] = sorted(others | {profile} if helps else others)
    models.MANIFEST.write_text(json.dumps(document, indent=1) + "\n")
    models.manifest.cache_clear()
    return helps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--profile", choices=("lite", "full"), required=True)
    parser.add_argument("--out", type=Path, required=True, help="keeps what the network read (.npz)")
    parser.add_argument("--register", action="store_true", help="use the branch, or not, from now on")
    arguments = parser.parse_args()
    model = models.model_path(f"landmarks_{arguments.profile}")
    session = open_session(models.model_path("expression"))
    faces = read_check(arguments.data, model, arguments.out)
    with_branch, by_points = agreement(session, faces)
    print(f"{arguments.profile}, {int(faces.check.sum())} photographs of held-out people")
    print(f"r {with_branch:.4f} with the image branch, {by_points:.4f} by the points alone")
    if arguments.register:
        print(
            "the branch is used"
            if decide(arguments.profile, with_branch, by_points)
            else "the points decide alone"
        )


if __name__ == "__main__":
    with told_plainly():
        main()
