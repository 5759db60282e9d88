"""Agreement of the shipped weights with MediaPipe on clips: `python -m training.clip_agreement --videos DIR`.

Runs `facecast analyze` on every clip, everything included (detection, tracking, correction; smoothing with
--smooth), and correlates each coefficient that moves with MediaPipe's on the same frames. MediaPipe and its
model are references only; training/expression/clips.py tells how to install them.
"""

from __future__ import annotations

import argparse
import datetime
import json
import tempfile
from pathlib import Path

import numpy as np

from engines import analyze
from engines.models import model_path
from engines.sources import VIDEO_SUFFIXES
from proto.tables import BLENDSHAPES
from training.expression.clips import load_clip
from training.expression.measure import correlations
from training.expression.photographs import open_reader


def analyze_clip(path: Path, profile: str, smooth: bool) -> dict[int, np.ndarray]:
    """Run the command. Returns: frame number -> weights (52,) of the face that was tracked first."""
    parser = argparse.ArgumentParser()
    analyze.add_arguments(parser)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out.jsonl")
        words = [str(path), "--out", str(out), "--profile", profile, *([] if smooth else ["--no-smooth"])]
        analyze.run(parser.parse_args(words))
        records = [json.loads(line) for line in out.read_text().splitlines()]
    weights = {}
    for record in records:
        if record["faces"]:
            face = min(record["faces"], key=lambda face: face["track"])
            weights[record["frame"]] = np.array([face["blendshapes"][name] for name in BLENDSHAPES])
    return weights


def agreement(weights: dict[int, np.ndarray], frames: np.ndarray, reference: np.ndarray) -> dict:
    """Correlate on the frames that both have. Shapes: frames (F,), reference (F, 52)."""
    rows = [index for index, frame in enumerate(frames) if int(frame) in weights]
    found = np.array([weights[int(frames[index])] for index in rows]).reshape(-1, len(BLENDSHAPES))
    each = correlations(reference[rows], found, np.ones(len(BLENDSHAPES), bool))
    return {
        "frames": len(frames),
        "common_frames": len(rows),
        "mean": round(float(np.mean(list(each.values()))), 3) if each else None,
        "correlation": {name: round(value, 3) for name, value in each.items()},
    }


def markdown(result: dict) -> str:
    """Write the table."""
    lines = [
        "# Agreement with MediaPipe on clips",
        "",
        f"Measured {result['date']} with `{result['command']}`: `facecast analyze`, everything",
        "included, on clips that never trained anything. Pearson r over the coefficients whose standard",
        "deviation exceeds 0.05 in MediaPipe's own scores. Mean over",
        f"{result['pairs']} pairs of clip and coefficient: **{result['mean']:.3f}**.",
        "",
        "| clip | frames, of them common | mean r | lowest three |",
        "|---|---|---|---|",
    ]
    for name, clip in result["clips"].items():
        lowest = sorted(clip["correlation"].items(), key=lambda item: item[1])[:3]
        told = ", ".join(f"{coefficient} {r:.2f}" for coefficient, r in lowest)
        lines.append(f"| {name} | {clip['frames']}, {clip['common_frames']} | {clip['mean']:.3f} | {told} |")
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=Path, required=True, help="folder of clips")
    parser.add_argument("--cache", type=Path, required=True, help="folder that keeps MediaPipe's answers")
    parser.add_argument("--profile", default="lite")
    parser.add_argument("--smooth", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    reader, clips = open_reader(model_path(f"landmarks_{arguments.profile}")), {}
    for path in sorted(arguments.videos.iterdir()):
        if path.suffix.lower() in VIDEO_SUFFIXES:
            clip = load_clip(path, reader, arguments.cache)
            weights = analyze_clip(path, arguments.profile, arguments.smooth)
            clips[path.stem] = agreement(weights, clip.frames, clip.reference)
    values = [r for clip in clips.values() for r in clip["correlation"].values()]
    result = {
        "command": f"python -m training.clip_agreement --videos DIR --profile {arguments.profile}"
        + (" --smooth" if arguments.smooth else ""),
        "date": datetime.date.today().isoformat(),
        "mean": round(float(np.mean(values)), 3),
        "pairs": len(values),
        "clips": clips,
    }
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "clip_agreement.json").write_text(json.dumps(result, indent=1) + "\n")
    (arguments.out / "clip_agreement.md").write_text(markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
