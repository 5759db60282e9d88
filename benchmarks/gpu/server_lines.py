"""The real server on loopback before real clients: one stream's latency, and how many streams it carries."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

import numpy as np

from benchmarks import server as bench
from benchmarks.gpu.frame_work import make_frames
from benchmarks.live_server import ask, encode_clip, live_server
from engines.errors import FacecastError
from engines.gpu.choose import runs_on_gpu

PICTURES = 60  # of the publishers' clip, played over and over
FIRST_STREAMS, MOST_STREAMS = 100, 1024
SINGLE_S, CROWD_S = 10.0, 4.0


def measure(arguments: argparse.Namespace, picture: np.ndarray, backend: str) -> dict:
    """Measure one server with the first of the profiles. Returns: `single`, `streams`, or why `not_run`."""
    if arguments.clip is not None:
        pictures = encode_clip(arguments.clip)
    else:
        pictures = [bytes(frame.payload) for frame in make_frames(picture, PICTURES)]
    command = ["server.cli", "serve", "--profile", arguments.profiles[0]]
    command += ["--backend", backend]
    limits = argparse.Namespace(
        fps=bench.FPS,
        seconds=0.5 if arguments.tiny else CROWD_S,
        most_streams=2 if arguments.tiny else MOST_STREAMS,
    )
    try:
        with live_server(command, pictures) as server:
            ready = json.loads(ask(server.port, "/health/ready")[1])
            single = bench.measure_crowd(server, 1, bench.FPS, 0.5 if arguments.tiny else SINGLE_S)
            return {
                "what": f"the profile {ready['profile']} on {ready['backend']}",
                "on_gpu": runs_on_gpu(ready["backend"]),
                "single": asdict(single),
                "streams": bench.search(server, FIRST_STREAMS, limits),
            }
    except FacecastError as error:
        return {"not_run": str(error)}
