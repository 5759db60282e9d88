"""What smoothing takes away and what it costs: `python -m benchmarks.smoothing CLIP`.

Runs the pipeline once without smoothing, then the filters over what it gave, and compares: jitter in
the stillest second, how much of the deepest blink is left, and how late the smoothed values come.
"""

from __future__ import annotations

import argparse
import copy
import datetime
import json
from pathlib import Path

import numpy as np
from tqdm import tqdm

from engines import landmark98
from engines.face import Face
from engines.pipeline import Pipeline
from engines.sources import open_source
from engines.stages.smooth import FaceSmoother
from engines.stream import StreamOptions
from proto import tables

BLINKS = [tables.BLENDSHAPES.index(f"eyeBlink{side}") for side in ("Left", "Right")]
LAGS_MS = np.arange(0, 161, 2)


def read_raw(path: Path, profile: str) -> tuple[list[Face], np.ndarray]:
    """Run the pipeline without smoothing. Returns: the first face of each frame, and the times in s."""
    pipeline, source = Pipeline.load(profile), open_source(path)
    stream, faces, times = pipeline.open_stream(StreamOptions(smooth=False, max_faces=1)), [], []
    for picture in tqdm(source.pictures(), total=source.count, desc=path.name, unit="frame"):
        (result,) = pipeline.process([(stream, picture.frame)])
        if result.faces:
            faces.append(result.faces[0])
            times.append(picture.frame.time_s)
    return faces, np.array(times)


def smooth_all(faces: list[Face], times_s: np.ndarray) -> list[Face]:
    """Filter copies of faces."""
    smoother, out = FaceSmoother(), []
    for face, time_s in zip(faces, times_s, strict=True):
        out.append(copy.deepcopy(face))
        smoother(out[-1], float(time_s))
    return out


def landmark_steps(faces: list[Face]) -> np.ndarray:
    """Mean step of the landmarks between frames over the eye corners' distance. Returns: (T - 1,)."""
    points = np.stack([face.landmarks_px for face in faces])
    eyes = points[:, landmark98.LEFT_EYE_OUTER] - points[:, landmark98.RIGHT_EYE_OUTER]
    steps = np.linalg.norm(np.diff(points, axis=0), axis=-1).mean(axis=1)
    return steps / np.linalg.norm(eyes, axis=-1)[1:]


def stillest(steps: np.ndarray, count: int) -> slice:
    """Find the window of `count` steps that moves least."""
    sums = np.convolve(steps, np.ones(count), "valid")
    start = int(sums.argmin())
    return slice(start, start + count)


def lag_ms(raw: np.ndarray, smooth: np.ndarray, times_s: np.ndarray) -> float:
    """Find the delay of the smoothed signal that explains it best. Shapes: (T, B) each."""
    errors = []
    for lag in LAGS_MS:
        delayed = np.stack([np.interp(times_s - lag / 1e3, times_s, column) for column in raw.T], axis=1)
        errors.append(((delayed - smooth) ** 2).mean())
    return float(LAGS_MS[int(np.argmin(errors))])


def compare(faces: list[Face], times_s: np.ndarray) -> dict:
    """Measure raw against smoothed."""
    smooth = smooth_all(faces, times_s)
    steps_raw, steps_smooth = landmark_steps(faces), landmark_steps(smooth)
    rate = 1 / float(np.median(np.diff(times_s)))
    still = stillest(steps_raw, max(int(rate), 2))
    weights_raw = np.stack([face.blendshapes_01 for face in faces])
    weights_smooth = np.stack([face.blendshapes_01 for face in smooth])
    jitter = [np.abs(np.diff(w, axis=0))[still].mean() for w in (weights_raw, weights_smooth)]
    deepest = weights_raw[:, BLINKS].max(axis=0)
    moving = weights_raw.std(axis=0) > 0.05
    return {
        "frames": len(faces),
        "landmark_jitter_raw": round(float(steps_raw[still].mean()), 6),
        "landmark_jitter_smooth": round(float(steps_smooth[still].mean()), 6),
        "weight_jitter_raw": round(float(jitter[0]), 6),
        "weight_jitter_smooth": round(float(jitter[1]), 6),
        "blink_kept": round(float((weights_smooth[:, BLINKS].max(axis=0) / deepest).mean()), 3),
        "lag_ms": lag_ms(weights_raw[:, moving], weights_smooth[:, moving], times_s),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--profile", default="lite")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    result = compare(*read_raw(arguments.clip, arguments.profile))
    today = datetime.date.today().isoformat()
    command = f"python -m benchmarks.smoothing {arguments.clip.name} --profile {arguments.profile}"
    arguments.out.mkdir(parents=True, exist_ok=True)
    document = {"command": command, "date": today, **result}
    (arguments.out / "smoothing.json").write_text(json.dumps(document, indent=1) + "\n")
    rows = [
        ("landmark step per frame, stillest second (share of eye distance)", "landmark_jitter"),
        ("weight step per frame, stillest second", "weight_jitter"),
    ]
    lines = ["# Smoothing", "", f"Measured {today} with `{command}`, {result['frames']} frames.", ""]
    lines += ["| | raw | smoothed |", "|---|---|---|"]
    for text, key in rows:
        lines.append(f"| {text} | {result[f'{key}_raw']:.5f} | {result[f'{key}_smooth']:.5f} |")
    lines += [
        f"| depth of the deepest blink | 1 | {result['blink_kept']:.2f} |",
        f"| delay that explains the smoothed weights best | 0 | {result['lag_ms']:.0f} ms |",
        "",
    ]
    (arguments.out / "smoothing.md").write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
