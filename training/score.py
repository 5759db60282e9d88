"""Score landmarks end to end: `python -m training.score --data DIR --out docs/benchmarks`.

Runs `facecast analyze` on the development photographs, detection included, and compares with the
human points. A face that was not found counts as 100 % error. Writes JSON, a Markdown table and the
cumulative error distribution. `python -m training.evaluate` measures more, on more sets.
"""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path

import numpy as np

from engines import landmark98
from engines.models import manifest
from training import export
from training.end_to_end import analyze_faces, errors_of
from training.evaluation import auc, failure_rate
from training.faces import load_faces
from training.plots import plot_ced

# Labels of the data pack and peers on the same photographs, for comparison (NME 68, inner 51, in %).
REFERENCES = {"labels of the data pack": (3.09, 2.26), "MediaPipe, re-mapped": (3.29, 2.49),
              "MediaPipe, customary indices": (4.95, 3.37), "PFLD": (4.49, 4.03)}  # fmt: skip


def score(found: list[np.ndarray | None], truth: np.ndarray) -> dict:
    """Compare found faces with human points. Shapes: N x (98, 2), truth (N, 68, 2). In per cent."""
    all68, count = errors_of(found, truth)
    all51, _ = errors_of(found, truth, landmark98.INNER_51)
    return {
        "faces": len(found),
        "found": count,
        "nme68_percent": round(float(all68.mean()) * 100, 3),
        "nme51_percent": round(float(all51.mean()) * 100, 3),
        "failure_rate_percent": round(failure_rate(all68) * 100, 3),
        "auc": round(auc(all68), 4),
        "errors68": [round(float(e), 5) for e in all68],
    }


def markdown(results: dict[str, dict], command: str) -> str:
    """Write the table."""
    lines = [
        "# Landmarks on the development photographs",
        "",
        f"Measured {datetime.date.today().isoformat()} on two x86-64 cores with `{command}`:",
        "`facecast analyze` end to end on the 330 HELEN test photographs, detection included, against the",
        "human points. A missed face counts as 100 % error. NME: mean distance over that of the outer eye",
        "corners; failure: NME above 10 %.",
        "",
        "| | found | NME 68 (%) | NME inner 51 (%) | failures (%) | AUC at 0.1 |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in results.items():
        lines.append(
            f"| {name} | {row['found']} / {row['faces']} | {row['nme68_percent']:.2f} "
            f"| {row['nme51_percent']:.2f} | {row['failure_rate_percent']:.2f} | {row['auc']:.4f} |"
        )
    for name, (all68, inner51) in REFERENCES.items():
        lines.append(f"| *{name}* (given crops) | | {all68:.2f} | {inner51:.2f} | | |")
    return "\n".join([*lines, "", "![Cumulative error distribution](landmarks_ced.png)", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled faces")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    parser.add_argument("--profiles", nargs="+", default=None, help="default: every profile that has weights")
    parser.add_argument("--backend", default="auto")
    parser.add_argument("--record", action="store_true", help="put the figures into the weights' manifest")
    arguments = parser.parse_args()
    profiles = arguments.profiles or [p for p in ("lite", "full") if f"landmarks_{p}" in manifest()]
    faces = load_faces(arguments.data, "dev_helen")
    truth = faces.labels["gt68"].astype(float)
    results = {p: score(analyze_faces(faces, truth, p, arguments.backend), truth) for p in profiles}
    command = f"python -m training.score --data DIR --profiles {' '.join(profiles)}"
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "landmarks.json").write_text(json.dumps({"command": command, **results}) + "\n")
    table = markdown(results, command)
    (arguments.out / "landmarks.md").write_text(table)
    curves = {name: np.array(row["errors68"]) for name, row in results.items()}
    plot_ced(curves, arguments.out / "landmarks_ced.png", "NME 68 (%)")
    if arguments.record:
        for profile, row in results.items():
            figures = {key: value for key, value in row.items() if key != "errors68"}
            export.record(f"landmarks_{profile}", command=command, **figures)
    print(table)


if __name__ == "__main__":
    main()
