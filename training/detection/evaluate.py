"""Measure the detector beside the original MTCNN: `python -m training.detection.evaluate --data DIR`.

Both cascades run the same code, pyramid and runtime (ONNX Runtime, one thread); only the networks and
their thresholds differ. Times are CPU time. Writes detector.json and detector.md.
"""

from __future__ import annotations

import argparse
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
from engines.models import model_path
from engines.stages.detect import Detections, Detector, DetectorOptions
from training.detection.ignore import original_detector
from training.detection.metrics import average_precision, is_centred, is_found
from training.detection.scenes import load_empty
from training.faces import DataError, load_faces

# The original's own thresholds (facenet-pytorch's defaults); everything else as ours.
ORIGINAL_OPTIONS = DetectorOptions(pnet_threshold=0.6, rnet_threshold=0.7, onet_threshold=0.7)
VIDEO_SUFFIXES = (".mp4", ".gif", ".avi", ".mov", ".webm")
AGREE_IOU = 0.4  # two detectors mean the same face


def our_detector(weights: Path | None = None, options: DetectorOptions | None = None) -> Detector:
    """Load our cascade: the registered weights, or `pnet.onnx` and so on of a folder."""
    names = ("pnet", "rnet", "onet")
    files = [weights / f"{name}.onnx" if weights else model_path(name) for name in names]
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
    """Recall, average precision and times on dev_helen, the detectors in turn on each photograph."""
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
        pairs = [(s.boxes_xyxy_px, s.scores) for s in seen]
        report[name] = {
            "photographs": len(faces),
            "recall_iou_50": float(np.mean(hits)),
            "recall_centre": float(np.mean(centred)),
            "average_precision_50": average_precision(list(truth), pairs),
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


def to_markdown(report: dict) -> str:
    """Lay the report out as tables."""
    lines = [
        "# The detector beside the original MTCNN",
        "",
        "Written by `python -m training.detection.evaluate`; see there for the rules.",
        "",
        f"Machine: {report['machine']}. One thread, one photograph a call. The two columns differ in the",
        "networks and their thresholds alone: same cascade code, pyramid, runtime.",
        "",
        "| | " + " | ".join(report["faces"]) + " |",
        "|---|" + "---|" * len(report["faces"]),
    ]
    rows = [
        ("dev_helen: found, IoU 0.5", "faces", "recall_iou_50", "{:.2%}"),
        ("dev_helen: found, centre and size", "faces", "recall_centre", "{:.2%}"),
        ("dev_helen: average precision", "faces", "average_precision_50", "{:.4f}"),
        ("dev_helen: median IoU with the landmarks' box", "faces", "median_iou", "{:.3f}"),
        ("dev_helen: median CPU time, ms", "faces", "median_ms", "{:.2f}"),
        ("no_faces, the half that never trained: false boxes", "empty", "false_boxes_held_out", "{}"),
        ("no_faces, all (half of it trained ours): false boxes", "empty", "false_boxes_all", "{}"),
        ("no_faces: median CPU time, ms", "empty", "median_ms", "{:.2f}"),
    ]
    for title, part, key, form in rows:
        values = (form.format(entry[key]) for entry in report[part].values())
        lines.append(f"| {title} | " + " | ".join(values) + " |")
    if "videos" in report:
        lines += [
            "",
            "| clip | frames | original finds | both | share | ours alone |",
            "|---|---|---|---|---|---|",
        ]
        for name, clip in report["videos"].items():
            lines.append(
                f"| {name} | {clip['frames']} | {clip['original']} | {clip['both']} | "
                f"{clip['share']:.2%} | {clip['ours_alone']} |"
            )
    return "\n".join(lines) + "\n"


def describe_machine() -> str:
    """Name the processor and the runtime."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.machine()
    return f"{name}, {os.cpu_count()} cores, ONNX Runtime {onnxruntime.__version__}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled faces")
    parser.add_argument("--videos", type=Path, help="folder of clips")
    parser.add_argument(
        "--reference", type=Path, help="facenet_pytorch's data folder: the original's weights"
    )
    parser.add_argument("--weights", type=Path, help="folder of pnet.onnx and so on; default: ours")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"), help="folder to write to")
    arguments = parser.parse_args()
    timed = {"improved": Timed(our_detector(arguments.weights))}
    if arguments.reference:
        timed["original"] = Timed(original_detector(arguments.reference, ORIGINAL_OPTIONS))
    report = {
        "machine": describe_machine(),
        "faces": measure_faces(timed, arguments.data),
        "empty": measure_empty(timed, arguments.data),
    }
    if arguments.videos and arguments.reference:
        report["videos"] = measure_videos(timed["improved"], timed["original"], arguments.videos)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "detector.json").write_text(json.dumps(report, indent=1) + "\n")
    (arguments.out / "detector.md").write_text(to_markdown(report))
    print(to_markdown(report))


if __name__ == "__main__":
    main()
