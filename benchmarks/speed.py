"""Milliseconds per stage and frames per second of the pipeline on real files, and the bytes of its packets.

python -m benchmarks.speed clip.mp4 group.jpg --backend onnxruntime openvino --publishers 1 4
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from engines.backends import BACKENDS
from engines.errors import BackendError, FacecastError
from engines.face import Frame, FrameResult
from engines.networks import PROFILES
from engines.pipeline import Pipeline
from engines.sources import open_source
from proto import tables
from server.wire_packet import encode_packet

WARM_UP_PASSES = 5
COLUMNS = ("source", "profile", "backend", "publishers", "faces", "fps", "pass ms", "95 %")


@dataclass
class Run:
    """What one combination of source, profile, backend and publishers gave."""

    passes_ms: list[float]
    results: list[FrameResult]

    def row(self) -> list[str]:
        """Cells: faces, frames per second, pass median and 95 %, the median of each stage."""
        ordered = sorted(self.passes_ms)
        publishers = len(self.results) // len(self.passes_ms)
        faces = statistics.mean(len(result.faces) for result in self.results)
        stages = [statistics.median(r.timings_ms.get(s, 0.0) for r in self.results) for s in tables.STAGES]
        late = ordered[int(0.95 * (len(ordered) - 1))]
        numbers = [publishers * 1e3 / statistics.mean(ordered), statistics.median(ordered), late, *stages]
        return [f"{faces:.1f}", *(f"{number:.1f}" for number in numbers)]


def read_frames(path: Path, count: int) -> list[Frame]:
    """Read `count` frames; a shorter source begins again. Raises: SourceError."""
    frames = [picture.frame for picture in islice(open_source(path).pictures(), count)]
    return [
        Frame(frame.format, frame.payload, index / 30, frame.size_hw)
        for index, frame in enumerate(islice(cycle(frames), count))
    ]


def measure(pipeline: Pipeline, frames: list[Frame], publishers: int) -> Run:
    """Give every publisher the same frame in each pass. Raises: FacecastError if a picture is refused."""
    streams = [pipeline.open_stream() for _ in range(publishers)]
    passes_ms, results = [], []
    for index, frame in enumerate(frames):
        start = time.perf_counter()
        outcomes = pipeline.process([(stream, frame) for stream in streams])
        if index >= WARM_UP_PASSES:
            passes_ms.append((time.perf_counter() - start) * 1e3)
            results += [_checked(outcome) for outcome in outcomes]
    return Run(passes_ms, results)


def _checked(outcome: FrameResult | FacecastError) -> FrameResult:
    if isinstance(outcome, FacecastError):
        raise outcome
    return outcome


def packet_bytes(results: list[FrameResult]) -> list[int]:
    """Sizes of the packets with one face, in the default form and with ids as large as they become."""
    return [
        len(encode_packet(2**16 - 1, 2**32 - 1, 2**63 - 1, result))
        for result in results
        if len(result.faces) == 1
    ]


def print_row(cells: list[str]) -> None:
    """Print one line of a Markdown table at once."""
    print(f"| {' | '.join(cells)} |", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Measure every combination and print one table. Returns: 1 if a combination could not run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__.splitlines()[0])
    parser.add_argument("source", nargs="+", type=Path, help="videos or pictures with faces")
    parser.add_argument("--profile", nargs="+", default=["lite"], choices=PROFILES)
    parser.add_argument("--backend", nargs="+", default=["onnxruntime"], choices=BACKENDS)
    parser.add_argument("--publishers", nargs="+", type=int, default=[1, 4], help="streams per pass")
    parser.add_argument("--frames", type=int, default=100, help="passes for each line (default 100)")
    parser.add_argument("--threads", type=int, default=0, help="threads of the networks (default: all cores)")
    chosen = parser.parse_args(arguments)
    print(f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, {platform.machine()}")
    print()
    print_row([*COLUMNS, *tables.STAGES])
    print_row(["---"] * (len(COLUMNS) + len(tables.STAGES)))
    failed, sizes = 0, []
    for profile in chosen.profile:
        for backend in chosen.backend:
            try:
                sizes += measure_pipeline(chosen, profile, backend)
            except BackendError as error:
                failed = 1
                print(error, file=sys.stderr)
    if sizes:
        mean = statistics.mean(sizes)
        print(f"\nPackets with one face: {max(sizes)} bytes at most, {mean:.1f} on average.")
    return failed


def measure_pipeline(chosen: argparse.Namespace, profile: str, backend: str) -> list[int]:
    """Print one line per source and number of publishers. Returns: the bytes of packets with one face."""
    pipeline, sizes = Pipeline.load(profile, backend, chosen.threads), []
    try:
        pipeline.warm_up()
        for source in chosen.source:
            frames = read_frames(source, chosen.frames + WARM_UP_PASSES)
            for publishers in chosen.publishers:
                run = measure(pipeline, frames, publishers)
                print_row([source.name, profile, backend, str(publishers), *run.row()])
                sizes += packet_bytes(run.results)
    finally:
        pipeline.close()
    return sizes


if __name__ == "__main__":
    sys.exit(main())
