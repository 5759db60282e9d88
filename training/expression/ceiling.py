"""How well MediaPipe agrees with itself: `python -m training.expression.ceiling --data DIR --cache DIR`.

Its scores on each frame of the clips against those on the same frame mirrored, sides swapped back. A method
whose errors are its own cannot be expected to agree with MediaPipe much better than MediaPipe does. Writes
docs/benchmarks/mediapipe_mirrored.json.
"""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines.stages.expression import mirror_blendshapes
from proto.tables import BLENDSHAPES
from training.expression.clips import load_clip, open_reference, read_frames, read_reference
from training.expression.measure import correlations

CLIP_SUFFIXES = (".mp4", ".gif")


def read_mirrored(path: Path, frames: np.ndarray) -> dict[int, np.ndarray]:
    """Read some frames mirrored. Returns: frame number -> scores (52,), sides swapped back."""
    landmarker, as_image = open_reference()
    wanted, found, twin = set(frames.tolist()), {}, mirror_blendshapes()
    for number, image in enumerate(tqdm(read_frames(path), desc=path.stem, unit="frame", mininterval=20)):
        if number in wanted:
            seen = read_reference(landmarker.detect(as_image(image[:, ::-1])), image.shape[:2])
            if seen is not None:
                found[number] = seen[1][twin]
    landmarker.close()
    return found


def agreement(reference: np.ndarray, frames: np.ndarray, mirrored: dict[int, np.ndarray]) -> dict[str, float]:
    """Correlate both on the frames that both have. Shapes: (F, 52), (F,)."""
    rows = [row for row, number in enumerate(frames.tolist()) if number in mirrored]
    other = np.array([mirrored[int(frames[row])] for row in rows]).reshape(-1, len(BLENDSHAPES))
    return correlations(reference[rows], other, np.ones(len(BLENDSHAPES), bool))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the data pack")
    parser.add_argument("--cache", type=Path, required=True, help="folder of the clips' earlier answers")
    parser.add_argument("--step", type=int, default=2, help="take every so-manieth frame")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks/mediapipe_mirrored.json"))
    arguments = parser.parse_args()
    clips = {}
    for path in sorted((arguments.data / "videos").iterdir()):
        if path.suffix in CLIP_SUFFIXES:
            clip = load_clip(path, None, arguments.cache)
            rows = clip.frames % arguments.step == 0
            mirrored = read_mirrored(path, clip.frames[rows])
            each = agreement(clip.reference[rows], clip.frames[rows], mirrored)
            clips[path.stem] = {
                "frames": len(mirrored),
                "mean": round(float(np.mean(list(each.values()))), 3),
                "correlation": {name: round(value, 3) for name, value in each.items()},
            }
    values = [r for clip in clips.values() for r in clip["correlation"].values()]
    result = {
        "command": f"python -m training.expression.ceiling --data ../shared/data --cache RUN/clips --step "
        f"{arguments.step}",
        "date": datetime.date.today().isoformat(),
        "mean": round(float(np.mean(values)), 3),
        "pairs": len(values),
        "clips": clips,
    }
    arguments.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps({name: clip["mean"] for name, clip in clips.items()} | {"all": result["mean"]}))


if __name__ == "__main__":
    main()
