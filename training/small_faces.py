"""How small may a face be: `python -m training.small_faces --data DIR --out docs/benchmarks`.

Shrinks the development photographs until a face's crop spans so many of their pixels, and reads the landmarks
from crops of several sizes, placed by the labels. Writes JSON and a Markdown table.
"""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from engines import landmark98
from engines.backends import open_session
from engines.models import model_path
from engines.networks import PROFILES
from engines.precision import choose_landmarks
from engines.stages import align
from engines.stages.landmarks import CROWD, SMALL_CROP, SMALL_SPAN_PX, LandmarkReader
from training.evaluation import nme
from training.faces import Faces, load_faces

SPANS_PX = (320, 256, 192, 160, 128, 96, 64)  # a face is four fifths as wide as its crop
SIZES = (align.CROP_SIZE, SMALL_CROP, 192)  # the last one to compare with
BACKEND = "openvino"  # which takes other crops than the file's


def shrink(image: np.ndarray, points_px: np.ndarray, span_px: float) -> tuple[np.ndarray, np.ndarray]:
    """Shrink a picture until its face's crop spans so many pixels; what is smaller stays as it is.

    Shapes: (H, W, 3), (98, 2) -> the picture, the points in its pixels.
    """
    matrix = align.crop_from_points(points_px, span_px)
    scale = float(np.hypot(*matrix[:, 0]))
    if scale >= 1:
        return image, points_px
    smaller = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ratio = np.divide(smaller.shape[1::-1], image.shape[1::-1])
    return smaller, (points_px + 0.5) * ratio - 0.5


def measure(reader: LandmarkReader, faces: Faces, spans_px: tuple[int, ...] = SPANS_PX) -> dict[int, dict]:
    """Measure NME 68 in per cent. Returns: span in pixels -> crop size -> error."""
    found: dict[int, dict[int, list]] = {span: {size: [] for size in SIZES} for span in spans_px}
    for index in tqdm(range(len(faces)), unit="photo", mininterval=10):
        image, labels = faces.decode(index), faces.labels["lm98"][index].astype(float)
        truth = faces.labels["gt68"][index].astype(float)
        for span in spans_px:
            picture, points = shrink(image, labels, span)
            placed = align.crop_from_points(points)
            for size in SIZES:
                crop = align.warp(picture, align.resize_crops(placed, size), size)
                seen = align.to_image(reader.read(crop[None]).points[0].astype(float), placed)
                ratio = np.divide(image.shape[1::-1], picture.shape[1::-1])
                whole = (seen[landmark98.TO_68] + 0.5) * ratio - 0.5
                found[span][size].append(float(nme(whole[None], truth[None])[0]))
    return {
        span: {size: round(float(np.mean(errors)) * 100, 3) for size, errors in sizes.items()}
        for span, sizes in found.items()
    }


def markdown(result: dict) -> str:
    """Write the table; what the pipeline takes is bold."""
    profiles = result["profiles"]
    heads = [f"`{profile}`, crop of {size}" for profile in profiles for size in SIZES]
    lines = [
        "# Landmarks of small faces",
        "",
        f"Measured {result['date']} on two x86-64 cores with `{result['command']}`:",
        "the development photographs shrunk until a face's crop spans so many of their pixels (the face is",
        "four fifths as wide), crops placed by the labels, in the precision that the CPU runs by itself.",
        "NME of the 68 points against the human ones, in per cent of the outer eye corners' distance. Bold:",
        f"the crop that the pipeline takes of a face of this size among {CROWD} and more; among fewer it",
        "takes the one of 256.",
        "",
        f"| crop spans (px) | {' | '.join(heads)} |",
        "|---|" + "---|" * len(heads),
    ]
    for span in next(iter(profiles.values())):
        taken = SMALL_CROP if int(span) <= SMALL_SPAN_PX else align.CROP_SIZE
        cells = [
            f"**{errors[span][size]:.2f}**" if size == taken else f"{errors[span][size]:.2f}"
            for errors in profiles.values()
            for size in SIZES
        ]
        lines.append(f"| {span} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled faces")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    faces, profiles = load_faces(arguments.data, "dev_helen"), {}
    for profile in PROFILES:
        choice = choose_landmarks(profile, BACKEND)
        session = open_session(
            model_path(choice.model), BACKEND, 0, choice.session_precision, ("appearance",), SIZES[1:]
        )
        profiles[profile] = measure(LandmarkReader(session), faces)
        session.close()
    command = "python -m training.small_faces --data DIR"
    result = {"command": command, "date": datetime.date.today().isoformat(), "profiles": profiles}
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "small_faces.json").write_text(json.dumps(result, indent=1) + "\n")
    (arguments.out / "small_faces.md").write_text(markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
