"""`facecast bench server`: what a real server adds to the pipeline, and how many streams it carries.

The server runs in a process of its own, the clients in others, all on this machine: their part of the
CPU is in the numbers. A crowd is carried when not one picture of the measured seconds stays without an
answer; a crowd that loses less than one in a hundred gets a second try, since another program may have
had the CPU.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.live_server import LiveServer, ask, encode_clip, live_server, run_crowd
from benchmarks.server_report import write_report
from benchmarks.streams import Counts
from engines.errors import FacecastError
from engines.face import Frame
from engines.pipeline import Pipeline

ROOT = Path(__file__).parents[1]
CLIP = ROOT / ".cache" / "media" / "WolfgangLanger_Pexels.mp4"
OUT = ROOT / "docs" / "benchmarks" / "server"
FPS = 30.0
SERVER = ("server.cli", "serve")
PICTURES = 0  # of the clip: all
WARM_UP_S, MEASURE_S = 1.5, 4.0
SINGLE_S = 10.0
SECOND_TRY = 0.01  # of the pictures lost
PIPELINE_FRAMES, PIPELINE_WARM_UP = 150, 15
MOST_STEPS = 8
FIRST_ALONE = 50  # streams of the first crowd before the server without networks
STREAMS_PER_CLIENT_PROCESS = 24


@dataclass
class Crowd:
    """What one number of streams gave."""

    streams: int
    due: int
    dropped: int
    with_face: int
    answered_per_s: float
    median_ms: float | None = None
    p99_ms: float | None = None
    overhead_median_ms: float | None = None
    overhead_p99_ms: float | None = None
    server_cpu_ms: float | None = None  # CPU time of the server's process per picture
    clients_cpu_ms: float | None = None
    errors: dict[str, int] = field(default_factory=dict)

    @property
    def carried(self) -> bool:
        """Whether every picture was answered."""
        return self.due > 0 and self.dropped == 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--clip", type=Path, default=CLIP, help="what the publishers send (make media)")
    parser.add_argument("--profile", default="auto", help="as of facecast serve")
    parser.add_argument("--backend", default="auto", help="as of facecast serve")
    parser.add_argument("--precision", default="auto", help="as of facecast serve")
    parser.add_argument(
        "--fps", type=float, default=FPS, help="pictures a second of each stream (default 30)"
    )
    parser.add_argument("--most-streams", type=int, default=1024, help="where the search ends (default 1024)")
    parser.add_argument(
        "--seconds", type=float, default=MEASURE_S, help="measured time of a crowd (default 4)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=OUT,
        metavar="FILE",
        help="report, without suffix (docs/benchmarks/server)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure and write the report. Returns: 1 when not even one stream was carried.

    Raises: SourceError, LiveServerError, BackendError, WeightsError.
    """
    result = measure(arguments)
    for path in write_report(result, arguments.out):
        print(path)
    return 0 if result["streams"]["most"] else 1


def measure(arguments: argparse.Namespace) -> dict:
    """Measure the pipeline alone, the server with it, and the server without it."""
    pictures = encode_clip(arguments.clip, PICTURES)
    chosen = {name: getattr(arguments, name) for name in ("profile", "backend", "precision")}
    flags = [word for name, value in chosen.items() if value != "auto" for word in (f"--{name}", value)]
    pipeline = measure_pipeline(pictures, chosen, arguments.fps)
    ideal = 1e3 / pipeline["frame_ms"] / arguments.fps
    first = max(1, int(0.7 * max(ideal, 1e3 / pipeline["frame_of_batch_ms"] / arguments.fps)))
    result = {
        "date": time.strftime("%Y-%m-%d"),
        "command": " ".join(["facecast bench server", *flags]),
        "cores": os.cpu_count(),
        "fps": arguments.fps,
        "picture_bytes": round(statistics.mean(map(len, pictures))),
        "pipeline": pipeline | {"ideal_streams": ideal},
    }
    with live_server([*SERVER, *flags], pictures) as server:
        ready = json.loads(ask(server.port, "/health/ready")[1])
        result |= {name: ready[name] for name in ("profile", "backend")}
        result["single"] = asdict(measure_crowd(server, 1, arguments.fps, SINGLE_S))
        result["streams"] = search(server, first, arguments)
    with live_server(["benchmarks.empty_pipeline"], pictures) as server:
        result["alone"] = {"single": asdict(measure_crowd(server, 1, arguments.fps, SINGLE_S / 2))}
        result["alone"]["streams"] = search(server, FIRST_ALONE, arguments)
    return result


def measure_pipeline(pictures: Sequence[bytes], chosen: dict[str, str], fps: float) -> dict:
    """Time the pipeline in this process: one stream, tracked, and a batch of several streams.

    Raises: BackendError, WeightsError; FacecastError if a picture is refused.
    """
    pipeline = Pipeline.load(**chosen)
    try:
        pipeline.warm_up()
        description = pipeline.describe()
        device = description["device"]
        batch = 16 if device == "gpu" else 4
        alone_ms = _time_passes(pipeline, pictures, fps, 1)
        batch_ms = _time_passes(pipeline, pictures, fps, batch)
    finally:
        pipeline.close()
    return {
        "device": device,
        "precision": description["precision"],
        "frame_ms": statistics.mean(alone_ms),  # with its share of searches for new faces
        "frame_median_ms": statistics.median(alone_ms),
        "batch": batch,
        "frame_of_batch_ms": statistics.mean(batch_ms) / batch,
    }


def _time_passes(pipeline: Pipeline, pictures: Sequence[bytes], fps: float, batch: int) -> list[float]:
    streams = [pipeline.open_stream() for _ in range(batch)]
    passes_ms = []
    for index in range(PIPELINE_WARM_UP + PIPELINE_FRAMES // batch):
        jobs = [
            (stream, Frame("jpeg", pictures[(index + 17 * number) % len(pictures)], index / fps))
            for number, stream in enumerate(streams)
        ]
        began_s = time.perf_counter()
        outcomes = pipeline.process(jobs)
        passes_ms.append((time.perf_counter() - began_s) * 1e3)
        for outcome in outcomes:
            if isinstance(outcome, FacecastError):
                raise outcome
    return passes_ms[PIPELINE_WARM_UP:]


def measure_crowd(server: LiveServer, streams: int, fps: float, measure_s: float) -> Crowd:
    """Let a crowd publish and say what became of its pictures. Raises: LiveServerError."""
    processes = max(1, min(streams // STREAMS_PER_CLIENT_PROCESS, (os.cpu_count() or 2) // 3))
    cpu_s = server.cpu_s()
    counts = run_crowd(server, streams, processes, fps, WARM_UP_S, measure_s)
    crowd = summarise(streams, counts, measure_s)
    pictures = streams * fps * (WARM_UP_S + measure_s)
    if cpu_s is not None:
        crowd.server_cpu_ms = (server.cpu_s() - cpu_s) * 1e3 / pictures
    crowd.clients_cpu_ms = counts.client_cpu_s * 1e3 / pictures
    print(
        f"{streams:4d} streams: {crowd.dropped} of {crowd.due} without an answer, "
        f"{crowd.answered_per_s:.0f} answers a second, median {crowd.median_ms or float('nan'):.1f} ms",
        flush=True,
    )
    return crowd


def summarise(streams: int, counts: Counts, measure_s: float) -> Crowd:
    """Turn counts into one line of the report."""
    crowd = Crowd(
        streams, counts.due, counts.dropped, counts.with_face, counts.answered / measure_s,
        errors=dict(counts.errors),
    )  # fmt: skip
    if counts.round_trips_ms:
        added_ms = [a - b for a, b in zip(counts.round_trips_ms, counts.pipeline_ms, strict=True)]
        crowd.median_ms, crowd.p99_ms = median_and_p99(counts.round_trips_ms)
        crowd.overhead_median_ms, crowd.overhead_p99_ms = median_and_p99(added_ms)
    return crowd


def median_and_p99(values: Sequence[float]) -> tuple[float, float]:
    """Give the median and the value that 99 % stay within."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[int(0.99 * (len(ordered) - 1))]


def search(server: LiveServer, first: int, arguments: argparse.Namespace) -> dict:
    """Find the largest crowd that a server carries. Raises: LiveServerError."""

    def attempt(streams: int) -> Crowd:
        crowd = measure_crowd(server, streams, arguments.fps, arguments.seconds)
        if not crowd.carried and crowd.dropped < SECOND_TRY * crowd.due:
            again = measure_crowd(server, streams, arguments.fps, arguments.seconds)
            crowd = min(crowd, again, key=lambda each: each.dropped)
        return crowd

    return find_most(attempt, first, arguments.most_streams)


def find_most(attempt: Callable[[int], Crowd], first: int, limit: int) -> dict:
    """Search upward by a quarter until a crowd is not carried, then halve in between.

    From a first crowd that is not carried the search goes down by halves instead.
    """
    tried: list[Crowd] = []
    good, bad, streams = 0, limit + 1, min(first, limit)
    while len(tried) < MOST_STEPS and good < streams < bad:
        crowd = attempt(streams)
        tried.append(crowd)
        if crowd.carried:
            good = streams
        else:
            bad = streams
        if bad - good <= max(1, good // 30):
            break
        if bad > limit:
            streams = min(limit, max(good + 1, good * 5 // 4))
        elif not good:
            streams = max(1, bad // 2)
        else:
            streams = (good + bad) // 2
    tried.sort(key=lambda crowd: crowd.streams)
    return {"most": good, "tried": [asdict(crowd) for crowd in tried]}
