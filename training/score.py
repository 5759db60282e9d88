"""Score landmarks end to end: `python -m training.score --data DIR --out docs/benchmarks`.

Runs `facecast analyze` on the development photographs, detection included, and compares with the
human points. A face that was not found counts as 100 % error. Writes JSON, a Markdown table and the
cumulative error distribution.
"""

from __future__ import annotations

import argparse
import datetime
import json
import tempfile
from pathlib import Path

import numpy as np

from engines import analyze, landmark98
from engines.boxes import face_boxes, iou
from engines.models import manifest
from training import export
from training.evaluation import auc, failure_rate, nme
from training.faces import Faces, load_faces

MISSED = 1.0  # NME of a face that was not found
# Labels of the data pack and peers on the same photographs, for comparison (NME 68, inner 51, in %).
REFERENCES = {"labels of the data pack": (3.09, 2.26), "MediaPipe, re-mapped": (3.29, 2.49),
              "MediaPipe, customary indices": (4.95, 3.37), "PFLD": (4.49, 4.03)}  # fmt: skip


def analyze_faces(faces: Faces, profile: str, backend: str) -> list[dict]:
    """Run the command on the photographs. Returns: one record per photograph, in row order."""
    parser = argparse.ArgumentParser()
    analyze.add_arguments(parser)
    with tempfile.TemporaryDirectory() as folder:
        pictures, out = Path(folder, "pictures"), Path(folder, "out.jsonl")
        pictures.mkdir()
        for name, data in zip(faces.labels["image"], faces.images, strict=True):
            (pictures / name).write_bytes(data)
        options = ["--out", str(out), "--profile", profile, "--backend", backend]
        analyze.run(parser.parse_args([str(pictures), *options]))
        records = {record["source"]: record for record in map(json.loads, out.read_text().splitlines())}
    return [records[name] for name in faces.labels["image"]]


def labelled_face(record: dict, truth_px: np.ndarray) -> np.ndarray | None:
    """Pick the found face that the labels describe. Shapes: truth (68, 2) -> (98, 2), or None."""
    found = [np.array(face["landmarks"]) for face in record.get("faces", [])]
    if not found:
        return None
    overlap = iou(face_boxes(truth_px[None]), face_boxes(np.stack(found)))[0]
    best = int(overlap.argmax())
    return found[best] if overlap[best] > 0.2 else None


def score(records: list[dict], truth: np.ndarray) -> dict:
    """Compare records with human points. Shapes: truth (N, 68, 2). Returns: the metrics, in per cent."""
    errors = {"68": [], "51": []}
    missed = 0
    for record, points in zip(records, truth, strict=True):
        found = labelled_face(record, points)
        if found is None:
            missed += 1
            errors["68"].append(MISSED)
            errors["51"].append(MISSED)
            continue
        subset = found[None, landmark98.TO_68]
        errors["68"].append(float(nme(subset, points[None])[0]))
        errors["51"].append(float(nme(subset, points[None], landmark98.INNER_51)[0]))
    all68, all51 = np.array(errors["68"]), np.array(errors["51"])
    return {
        "faces": len(records),
        "found": len(records) - missed,
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


def plot_ced(results: dict[str, dict], path: Path) -> None:
    """Draw the cumulative error distribution (equation 12)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 3.4), dpi=110)
    for name, row in results.items():
        errors = np.sort(row["errors68"])
        axes.step(errors * 100, np.arange(1, len(errors) + 1) / len(errors), where="post", label=name)
    axes.set(xlim=(0, 10), ylim=(0, 1), xlabel="NME 68 (%)", ylabel="share of faces")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    figure.tight_layout()
    figure.savefig(path)


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
    results = {
        profile: score(analyze_faces(faces, profile, arguments.backend), faces.labels["gt68"].astype(float))
        for profile in profiles
    }
    command = f"python -m training.score --data DIR --profiles {' '.join(profiles)}"
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "landmarks.json").write_text(json.dumps({"command": command, **results}) + "\n")
    table = markdown(results, command)
    (arguments.out / "landmarks.md").write_text(table)
    plot_ced(results, arguments.out / "landmarks_ced.png")
    if arguments.record:
        for profile, row in results.items():
            figures = {key: value for key, value in row.items() if key != "errors68"}
            export.record(f"landmarks_{profile}", **figures)
    print(table)


if __name__ == "__main__":
    main()
