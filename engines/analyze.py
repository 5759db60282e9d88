"""`facecast analyze`: an image, a folder of images or a video to one JSON line per frame."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from engines.backends import BACKENDS
from engines.errors import FacecastError
from engines.face import Face, FrameResult
from engines.networks import PROFILES
from engines.overlay import OverlayWriter, draw_result
from engines.pipeline import Pipeline
from engines.precision import PRECISIONS
from engines.sources import Picture, open_source
from engines.stages.decode import decode_frame
from engines.stages.pose import euler_deg, rotation_matrix
from engines.stream import StreamOptions
from proto import tables


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "source", type=Path, metavar="SOURCE", help="an image, a folder of images, or a video"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE.jsonl", help="where the lines go (default: print them)"
    )
    parser.add_argument(
        "--profile", default="auto", choices=("auto", *PROFILES), help="lite is for CPUs, full for GPUs"
    )
    parser.add_argument(
        "--backend", default="auto", choices=("auto", *BACKENDS), help="what runs the networks"
    )
    parser.add_argument(
        "--precision", default="auto", choices=("auto", *PRECISIONS), help="numbers of the landmark network"
    )
    parser.add_argument("--overlay", type=Path, metavar="DIR|FILE.mp4", help="also draw what was found")
    parser.add_argument(
        "--max-faces", type=int, default=8, help="at most so many faces per frame (default 8)"
    )
    parser.add_argument("--no-smooth", action="store_true", help="leave out the smoothing of videos")
    parser.add_argument("--threads", type=int, default=0, help="threads of the networks (default: all cores)")


def face_record(face: Face) -> dict:
    """Turn a face into plain values: pixels, degrees, names."""
    yaw, pitch, roll = euler_deg(rotation_matrix(face.rotation_xyzw)[None])[0]
    return {
        "track": face.track,
        "score": round(float(face.score), 4),
        "box": [round(float(v), 2) for v in face.box_xyxy_px],
        "landmarks": [[round(float(x), 3), round(float(y), 3)] for x, y in face.landmarks_px],
        "head": {
            "yaw": round(float(yaw), 3),
            "pitch": round(float(pitch), 3),
            "roll": round(float(roll), 3),
            "translation": [round(float(v), 4) for v in face.translation_m],
        },
        "gaze": {
            side: {"yaw": round(float(angles[0]), 4), "pitch": round(float(angles[1]), 4)}
            for side, angles in zip(("left", "right"), face.gaze_rad, strict=True)
        },
        "action_units": {
            name: round(float(v), 4)
            for name, v in zip(tables.ACTION_UNITS, face.action_units_05, strict=True)
        },
        "blendshapes": {
            name: round(float(v), 4) for name, v in zip(tables.BLENDSHAPES, face.blendshapes_01, strict=True)
        },
    }


def frame_record(picture: Picture, result: FrameResult) -> dict:
    """Turn a frame's result into the object of its JSON line."""
    return {
        "source": picture.name,
        "frame": picture.index,
        "time_s": round(picture.frame.time_s, 6),
        "size": [int(v) for v in result.size_hw],
        "ms": {stage: round(ms, 3) for stage, ms in result.timings_ms.items()},
        "faces": [face_record(face) for face in result.faces],
    }


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Returns: the exit status, 1 if a picture could not be read.

    Raises: SourceError if there is nothing to analyse, BackendError, WeightsError.
    """
    source = open_source(arguments.source)
    pipeline = Pipeline.load(
        arguments.profile, arguments.backend, arguments.threads, precision=arguments.precision,
        max_faces=arguments.max_faces,
    )  # fmt: skip
    options = StreamOptions(
        smooth=source.moving and not arguments.no_smooth, max_faces=arguments.max_faces, track=source.moving
    )
    stream, failed = pipeline.open_stream(options), 0
    overlay = OverlayWriter(arguments.overlay, source.fps) if arguments.overlay else None
    out = arguments.out.open("w") if arguments.out else sys.stdout
    bar = tqdm(source.pictures(), total=source.count or None, unit="frame", desc=source.path.name,
               disable=None, file=sys.stderr)  # fmt: skip
    try:
        for picture in bar:
            if not source.moving:
                stream = pipeline.open_stream(options)
            (result,) = pipeline.process([(stream, picture.frame)])
            if isinstance(result, FacecastError):
                failed += 1
                bar.write(f"{picture.name}: {result.code}: {result}", file=sys.stderr)
                error = {"code": result.code, "message": str(result)}
                out.write(json.dumps({"source": picture.name, "frame": picture.index, "error": error}) + "\n")
                continue
            out.write(json.dumps(frame_record(picture, result)) + "\n")
            if overlay:
                overlay.write(picture.name, picture.index, draw_result(decode_frame(picture.frame), result))
    finally:
        if overlay:
            overlay.close()
        if arguments.out:
            out.close()
        pipeline.close()
    return 1 if failed else 0
