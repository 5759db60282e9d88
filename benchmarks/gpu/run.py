"""Measure everything that needs a GPU, in one command that needs no network.

python -m benchmarks.gpu.run --out DIR              on a GPU machine
python -m benchmarks.gpu.run --out DIR --tiny --cpu the same programme, small, with what a CPU has

Writes gpu.json and gpu.md; what could not run is named there with its reason.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmarks.gpu import (
    candidates,
    floors,
    frame_work,
    measure,
    pictures,
    server_lines,
    tensorrt8_job,
    validity,
)
from benchmarks.gpu.machine import describe_machine
from benchmarks.gpu.report import Report
from engines.backends.device import open_device
from engines.errors import FacecastError
from engines.gpu.frames import GpuFrames
from engines.models import model_path
from engines.stages import align
from engines.stages.frames import CpuFrames

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
AGREEMENT_FACES = 64
FRAME_COUNTS = (1, 16, 64)


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where gpu.json and gpu.md go")
    parser.add_argument("--cpu", action="store_true", help="use the CPU's backends in place of the GPU's")
    parser.add_argument("--tiny", action="store_true", help="few batches and short times: does it all work?")
    parser.add_argument("--profiles", nargs="+", choices=("lite", "full"), default=["full", "lite"])
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each time is taken")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="photographs with faces")
    parser.add_argument(
        "--clip", type=Path, metavar="FILE", help="what the publishers send; else made of a picture"
    )
    parser.add_argument("--no-server", action="store_true", help="leave out the streams through the server")
    parser.add_argument(
        "--tensorrt8-python", metavar="PYTHON",
        help="a Python 3.10 with TensorRT 8.6, for GPUs where nothing newer runs (docs/gpu.md)",
    )  # fmt: skip
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Run everything. Returns: 0, or 1 if no network ran at all."""
    arguments = parse_arguments(words)
    command = "python -m benchmarks.gpu.run " + " ".join(sys.argv[1:] if words is None else words)
    report = Report(arguments.out, command, describe_machine())
    report.save()
    photographs = pictures.find_pictures(arguments.pictures)
    crops = make_crops(photographs, 8 if arguments.tiny else AGREEMENT_FACES)
    measure_floors(report, arguments.cpu)
    found = measure_networks(report, arguments, crops)
    measure_frame_work(report, arguments, photographs[0])
    if arguments.no_server:
        report.server = {"not_run": "left out by --no-server"}
    else:
        tell("server")
        backend = "onnxruntime" if arguments.cpu else candidates.served_by(found)
        report.server = server_lines.measure(arguments, photographs[0], backend)
    report.save()
    print(report.to_markdown())
    return 0 if any("batches" in network for network in report.networks) else 1


def tell(what: str) -> None:
    """Say on the error channel how far it is."""
    print(f"benchmarks.gpu: {what}", file=sys.stderr, flush=True)


def make_crops(photographs: list[np.ndarray], count: int) -> np.ndarray:
    """Cut varied crops of the faces in photographs. Shapes: -> (count, 256, 256, 3) uint8."""
    tell("faces")
    matrices, owners = pictures.vary_crops(pictures.find_faces(photographs), count)
    return CpuFrames().warp(photographs, matrices, owners, align.CROP_SIZE)


def measure_floors(report: Report, cpu: bool) -> None:
    """Measure what the card could do at best."""
    tell("floors")
    gpu = report.machine["gpu"]
    device = None if cpu or "name" not in gpu else open_device()
    try:
        report.floors = {
            "matrix": floors.matrix_rate(gpu.get("name", ""), cpu),
            "copy": floors.copy_rate(device),
        }
    finally:
        if device is not None:
            device.close()
    report.save()


def measure_networks(
    report: Report, arguments: argparse.Namespace, crops: np.ndarray
) -> list[candidates.Candidate]:
    """Compare and time the landmark network of each profile with every candidate that runs.

    Returns: all candidates.
    """
    found = candidates.list_candidates(arguments.cpu)
    if arguments.tensorrt8_python:
        found.append(tensorrt8_job.candidate(arguments.tensorrt8_python))
    report.candidates = [{"title": c.title, "reason": c.reason} for c in found]
    if not arguments.cpu:
        word = validity.engine_validity(model_path(f"landmarks_{arguments.profiles[0]}"))
        report.candidates.append({"title": "TensorRT-RTX, engine validity", "reason": None, "word": word})
    batches, seconds = (BATCHES, arguments.seconds) if not arguments.tiny else ((1, 2), 0.0)
    for profile in arguments.profiles:
        gflop = measure.count_gflop(model_path(f"landmarks_{profile}"))
        reference = candidates.open_reference(profile)
        expected = reference.read(crops)
        reference.close()
        for candidate in found:
            if candidate.reason is not None:
                continue
            tell(f"{profile}: {candidate.title}")
            entry = {"profile": profile, "title": candidate.title, "gflop_per_face": gflop}
            report.networks.append(entry)
            runner = None
            try:
                runner = candidate.load(profile)
                entry["agreement"] = measure.compare(runner.read(crops), expected)
                entry["batches"] = measure.time_batches(runner, crops, batches, seconds)
            except Exception as error:  # one engine that fails must not take the other lines with it
                entry["not_run"] = f"{type(error).__name__}: {error}"
            finally:
                if runner is not None:
                    runner.close()
            for line in entry.get("batches", []):
                line["floor"] = floors.batch_floor(gflop, line["batch"], crops[0].nbytes, **report.floors)
            report.save()
    return found


def measure_frame_work(report: Report, arguments: argparse.Namespace, picture: np.ndarray) -> None:
    """Time decode and crops on the CPU and, where there is one, on the GPU."""
    tell("frames")
    counts, seconds = (FRAME_COUNTS, arguments.seconds) if not arguments.tiny else ((2,), 0.0)
    places: dict[str, object] = {"the CPU": CpuFrames()}
    if not arguments.cpu:
        try:
            places["the GPU"] = GpuFrames(open_device())
        except FacecastError as error:
            tell(f"no frames on the GPU: {error}")
    for place, frames in places.items():
        try:
            for count in counts:
                made = frame_work.make_frames(picture, count)
                report.frames[f"{place}, {count}"] = frame_work.measure_frames(frames, made, seconds)
            frames.close()
        except Exception as error:  # as above
            report.frames[place] = {"not_run": f"{type(error).__name__}: {error}"}
    report.save()


if __name__ == "__main__":
    sys.exit(main())
