"""Measure the detector beside the original MTCNN: `python -m training.detection.evaluate --data DIR`.

Both cascades run the same code, pyramid and runtime (ONNX Runtime, one thread); only the networks and
their thresholds differ. Times are CPU time. Writes detector.json, detector.md and the recall curve.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
from tqdm import tqdm

from engines import boxes as bx
from engines.backends import open_session
from engines.models import hash_file, model_path
from engines.stages.detect import Detections, Detector, DetectorOptions
from training.detection import ranking
from training.detection.ignore import original_detector
from training.detection.metrics import is_centred, is_found
from training.detection.report import to_markdown
from training.detection.scenes import load_empty
from training.detection.stress import measure_looks, measure_mosaics
from training.detection.train import RECIPES, load_photographs
from training.faces import DataError, load_faces

# The original's own thresholds (facenet-pytorch's defaults); everything else as ours.
ORIGINAL_OPTIONS = DetectorOptions(pnet_threshold=0.6, rnet_threshold=0.7, onet_threshold=0.7)
VIDEO_SUFFIXES = (".mp4", ".gif", ".avi", ".mov", ".webm")
AGREE_IOU = ranking.SEEN_TWICE_IOU
NAMES = ("pnet", "rnet", "onet")
PARTS = ["faces", "empty", "ranking", "looks", "mosaics", "videos"]


def our_detector(weights: Path | None = None, options: DetectorOptions | None = None) -> Detector:
    """Load our cascade: the registered weights, or `pnet.onnx` and so on of a folder."""
    files = [weights / f"{name}.onnx" if weights else model_path(name) for name in NAMES]
    return Detector(*(open_session(file, threads=1) for file in files), options)


def read_video(path: Path) -> Iterator[np.ndarray]:
    """Yield a video's frames, (H, W, 3) uint8 RGB. Raises: DataError if it cannot be read."""
    capture = cv2.VideoCapture(str(path))
    if not capture.isOpened():
        raise DataError(f"{path}: expected a readable video")
    while True:
        read, bgr = capture.read()
        if not read:
            break
        yield cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    capture.release()


class Timed:
    """A detector and the CPU time of each call, which other programs on the machine do not change."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self.times_ms: list[float] = []

    def __call__(self, image: np.ndarray) -> Detections:
        started = time.process_time()
        found = self.detector.detect([image])[0]
        self.times_ms.append(1000 * (time.process_time() - started))
        return found


def measure_faces(timed: dict[str, Timed], data: Path) -> dict[str, dict]:
    """Recall and times on dev_helen, the detectors in turn on each photograph."""
    faces = load_faces(data, "dev_helen")
    truth = bx.face_boxes(faces.labels["lm98"])[:, None]
    found: dict[str, list[Detections]] = {name: [] for name in timed}
    for detect in timed.values():
        detect(faces.decode(0))  # the first run of a network allocates its memory
        detect.times_ms.clear()
    for row in tqdm(range(len(faces)), desc="dev_helen", unit="image", mininterval=5):
        image = faces.decode(row)
        for name, detect in timed.items():
            found[name].append(detect(image))
    report = {}
    for name, seen in found.items():
        hits = [is_found(t, s.boxes_xyxy_px)[0] for t, s in zip(truth, seen, strict=True)]
        centred = [is_centred(t, s.boxes_xyxy_px)[0] for t, s in zip(truth, seen, strict=True)]
        best = [bx.iou(t, s.boxes_xyxy_px).max() for t, s in zip(truth, seen, strict=True) if len(s)]
        report[name] = {
            "photographs": len(faces),
            "recall_iou_50": float(np.mean(hits)),
            "recall_centre": float(np.mean(centred)),
            "median_iou": float(np.median(best)) if best else 0.0,
            "median_ms": float(np.median(timed[name].times_ms)),
            "mean_ms": float(np.mean(timed[name].times_ms)),
            "missed": [str(faces.labels["image"][i]) for i in np.flatnonzero(~np.array(centred))],
        }
    return report


def measure_empty(timed: dict[str, Timed], data: Path) -> dict[str, dict]:
    """False boxes on photographs without a face: the half that never trained, and all."""
    counts: dict[str, list[int]] = {name: [] for name in timed}
    pictures = load_empty(data / "no_faces.tar", None)
    for detect in timed.values():
        detect.times_ms.clear()
    for image in tqdm(pictures, desc="no_faces", unit="image", mininterval=5):
        for name, detect in timed.items():
            counts[name].append(len(detect(image)))
    return {
        name: {
            "photographs": len(pictures),
            "false_boxes_all": sum(n),
            "held_out_photographs": len(n[1::2]),
            "false_boxes_held_out": sum(n[1::2]),
            "median_ms": float(np.median(timed[name].times_ms)),
        }
        for name, n in counts.items()
    }


def measure_videos(ours: Timed, original: Timed, folder: Path) -> dict[str, dict]:
    """On each clip: frames where the original finds a face, and on how many of those we find it too."""
    report = {}
    for path in sorted(p for p in folder.iterdir() if p.suffix in VIDEO_SUFFIXES):
        frames = seen = both = ours_alone = 0
        for image in tqdm(read_video(path), desc=path.name, unit="frame", mininterval=5):
            theirs, mine = original(image).boxes_xyxy_px, ours(image).boxes_xyxy_px
            frames += 1
            if len(theirs):
                seen += 1
                both += bool(is_found(theirs[:1], mine, AGREE_IOU)[0])
            else:
                ours_alone += len(mine) > 0
        report[path.stem] = {
            "frames": frames,
            "original": seen,
            "both": both,
            "ours_alone": ours_alone,
            "share": both / max(1, seen),
        }
    frames = sum(clip["original"] for clip in report.values())
    both = sum(clip["both"] for clip in report.values())
    report["all"] = {
        "frames": sum(c["frames"] for c in report.values()),
        "original": frames,
        "both": both,
        "ours_alone": sum(c["ours_alone"] for c in report.values()),
        "share": both / max(1, frames),
    }
    return report


def describe_machine() -> str:
    """Name the processor and the runtime."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.machine()
    return f"{name}, {os.cpu_count()} cores, ONNX Runtime {onnxruntime.__version__}"


def measure_ranking(data: Path, weights: Path | None, reference: Path | None, plot: Path) -> dict[str, dict]:
    """Average precision and recall curves of all that the detectors consider; draws the curves."""
    options = {"improved": DetectorOptions()} | ({"original": ORIGINAL_OPTIONS} if reference else {})
    low = {n: dataclasses.replace(o, onet_threshold=ranking.CONSIDERED) for n, o in options.items()}
    detectors = {"improved": our_detector(weights, low["improved"])}
    if reference:
        detectors["original"] = original_detector(reference, low["original"])
    pictures = ranking.load_pictures(data)
    pictures.detect(detectors)
    report, curves = ranking.rank(pictures, {name: o.onet_threshold for name, o in options.items()})
    ranking.plot_curves(curves, plot)
    return report


def hash_weights(weights: Path | None) -> dict[str, str]:
    """Tell which files are measured."""
    return {name: hash_file(weights / f"{name}.onnx" if weights else model_path(name)) for name in NAMES}


def read_earlier(path: Path, weights: dict[str, str]) -> dict:
    """Return what an earlier run measured of the same files, or nothing."""
    if not path.is_file():
        return {}
    earlier = json.loads(path.read_text())
    return earlier if earlier.get("weights") == weights else {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled faces")
    parser.add_argument("--videos", type=Path, help="folder of clips")
    parser.add_argument(
        "--reference", type=Path, help="facenet_pytorch's data folder: the original's weights"
    )
    parser.add_argument("--weights", type=Path, help="folder of pnet.onnx and so on; default: ours")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"), help="folder to write to")
    parser.add_argument(
        "--parts", nargs="+", choices=PARTS, default=PARTS, help="the others stay as measured before"
    )
    arguments = parser.parse_args()
    data, reference, out = arguments.data, arguments.reference, arguments.out
    timed = {"improved": Timed(our_detector(arguments.weights))}
    if reference:
        timed["original"] = Timed(original_detector(reference, ORIGINAL_OPTIONS))
    detectors = {name: detect.detector for name, detect in timed.items()}
    held_out = load_photographs(data, None, RECIPES["full"].hold_out, held=True)
    out.mkdir(parents=True, exist_ok=True)
    measures = {
        "faces": lambda: measure_faces(timed, data),
        "empty": lambda: measure_empty(timed, data),
        "ranking": lambda: measure_ranking(data, arguments.weights, reference, out / "detector_recall.png"),
        "looks": lambda: measure_looks(detectors, held_out),
        "mosaics": lambda: measure_mosaics(detectors, held_out),
    }
    if arguments.videos and reference:
        clips = arguments.videos
        measures["videos"] = lambda: measure_videos(timed["improved"], timed["original"], clips)
    weights = hash_weights(arguments.weights)
    report = read_earlier(out / "detector.json", weights) | {
        "machine": describe_machine(), "date": datetime.date.today().isoformat(), "weights": weights
    }  # fmt: skip
    for part in arguments.parts:
        if part in measures:
            report[part] = measures[part]()
    (out / "detector.json").write_text(json.dumps(report, indent=1) + "\n")
    (out / "detector.md").write_text(to_markdown(report))
    print(to_markdown(report))


if __name__ == "__main__":
    main()
