"""`facecast bench pipeline`: time of the whole pipeline per frame, beside MediaPipe's on the same frames.

Frames of a real clip, cut to 640x480: one face, and eight faces made of the same clip. All systems run in
one process and in turns of a second of video, so that whatever else the machine does meets them all alike.
Both systems follow faces from frame to frame (MediaPipe in video mode) and give landmarks, head pose and
blendshapes. MediaPipe takes part where it is installed (benchmarks/requirements-reference.txt).
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmarks.mediapipe_faces import MediaPipeVideo, is_installed
from benchmarks.pipeline_report import write_report
from engines.errors import FacecastError, SourceError
from engines.face import Frame
from engines.networks import PROFILES
from engines.pipeline import Pipeline

ROOT = Path(__file__).parents[1]
CLIP = ROOT / ".cache" / "media" / "WolfgangLanger_Pexels.mp4"
OUT = ROOT / "docs" / "benchmarks" / "pipeline"
SIZE_HW = (480, 640)
GRID = (2, 4)  # rows and columns of faces
FPS = 30
TURN = 30  # frames of one system before the next one's turn
WARM_UP = 15  # frames at the start that do not count
JPEG_QUALITY = 85


@dataclass
class Scene:
    """Frames that every system gets: pixels, and the same as JPEG if that is to be decoded."""

    name: str
    faces: int
    images: list[np.ndarray]  # (480, 640, 3) uint8 RGB
    jpegs: list[bytes] | None = None


@dataclass
class Timing:
    """What one system took for the frames of one scene."""

    frames_ms: list[float] = field(default_factory=list)
    found: list[int] = field(default_factory=list)

    def describe(self) -> dict:
        late = np.percentile(self.frames_ms, 95)
        return {
            "median_ms": round(float(np.median(self.frames_ms)), 3),
            "mean_ms": round(float(np.mean(self.frames_ms)), 3),
            "p95_ms": round(float(late), 3),
            "faces": round(float(np.mean(self.found)), 2),
            "frames": len(self.frames_ms),
        }


def read_clip(path: Path, count: int) -> list[np.ndarray]:
    """Read frames of a clip as RGB; a shorter one runs back and forth. Raises: SourceError."""
    capture, frames = cv2.VideoCapture(str(path)), []
    while len(frames) < count:
        there, bgr = capture.read()
        if not there:
            break
        frames.append(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
    capture.release()
    if not frames:
        raise SourceError(f"expected a video at {path}; `make media` fetches the default one")
    turned = frames + frames[::-1]
    return [turned[index % len(turned)] for index in range(count)]


def fill(image: np.ndarray, size_hw: tuple[int, int], centre_x: float) -> np.ndarray:
    """Scale and cut a picture to fill a size, with a column of it as near to the middle as can be."""
    height, width = image.shape[:2]
    cut_wh = (width, width * size_hw[0] / size_hw[1])
    if cut_wh[1] > height:
        cut_wh = (height * size_hw[1] / size_hw[0], height)
    left = int(np.clip(centre_x - cut_wh[0] / 2, 0, width - cut_wh[0]))
    part = image[: int(cut_wh[1]), left : left + int(cut_wh[0])]
    return cv2.resize(part, size_hw[::-1], interpolation=cv2.INTER_AREA)


def make_scenes(clip: list[np.ndarray], centre_x: float) -> list[Scene]:
    """Make the frames with one face and with eight."""
    single = [fill(image, SIZE_HW, centre_x) for image in clip]
    tile_hw = (SIZE_HW[0] // GRID[0], SIZE_HW[1] // GRID[1])
    tiles = [fill(image, tile_hw, centre_x) for image in clip]
    many, count = [], GRID[0] * GRID[1]
    for index in range(len(clip)):
        chosen = [tiles[(index + k * len(tiles) // count) % len(tiles)] for k in range(count)]
        rows = [np.hstack(chosen[r * GRID[1] : (r + 1) * GRID[1]]) for r in range(GRID[0])]
        many.append(np.vstack(rows))
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    jpegs = [cv2.imencode(".jpg", image[..., ::-1], quality)[1].tobytes() for image in single]
    return [
        Scene("one face", 1, single),
        Scene("one face, JPEG", 1, single, jpegs),
        Scene("eight faces", count, many),
    ]


def find_face(clip: list[np.ndarray], pipeline: Pipeline) -> float:
    """Return the column of the clip's face. Raises: SourceError if there is none."""
    found = pipeline.networks.detector.detect([clip[0]])[0]
    if not len(found):
        raise SourceError("expected a clip whose first picture shows a face")
    return float(found.boxes_xyxy_px[0, [0, 2]].mean())


class Ours:
    """A pipeline and one stream through it."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline, self._stream = pipeline, pipeline.open_stream()

    def __call__(self, scene: Scene, index: int) -> int:
        """Work through a frame. Returns: how many faces were found. Raises: FacecastError."""
        if scene.jpegs:
            frame = Frame("jpeg", scene.jpegs[index], index / FPS)
        else:
            frame = Frame("rgb8", scene.images[index].data.cast("B"), index / FPS, SIZE_HW)
        (result,) = self._pipeline.process([(self._stream, frame)])
        if isinstance(result, FacecastError):
            raise result
        return len(result.faces)

    def close(self) -> None:
        """Do nothing: the pipeline serves the next scene too."""


class Theirs:
    """MediaPipe in video mode."""

    def __init__(self, faces: int) -> None:
        self._video = MediaPipeVideo(faces)

    def __call__(self, scene: Scene, index: int) -> int:
        image = scene.images[index]
        if scene.jpegs:
            bgr = cv2.imdecode(np.frombuffer(scene.jpegs[index], np.uint8), cv2.IMREAD_COLOR)
            image = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
        return self._video(image, round(index * 1000 / FPS))

    def close(self) -> None:
        self._video.close()


def measure(scene: Scene, systems: dict[str, Callable[[Scene, int], int]]) -> dict[str, dict]:
    """Let every system work through the scene, a turn each."""
    timings = {name: Timing() for name in systems}
    for start in range(0, len(scene.images), TURN):
        for name, system in systems.items():
            for index in range(start, min(start + TURN, len(scene.images))):
                begin = time.perf_counter()
                found = system(scene, index)
                if index >= WARM_UP:
                    timings[name].frames_ms.append((time.perf_counter() - begin) * 1e3)
                    timings[name].found.append(found)
    return {name: timing.describe() for name, timing in timings.items()}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--clip", type=Path, default=CLIP, help="a video of one face (default: the tests')")
    parser.add_argument("--frames", type=int, default=240, help="frames of each scene (default 240)")
    parser.add_argument("--profile", nargs="+", default=list(PROFILES), choices=PROFILES)
    parser.add_argument("--backend", default="auto")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--threads", type=int, default=0, help="threads of our networks (default: all cores)")
    parser.add_argument("--out", type=Path, default=OUT, help="where to write, without suffix")


def run(arguments: argparse.Namespace) -> int:
    """Measure, write the report and print it."""
    clip = read_clip(arguments.clip, arguments.frames)
    pipelines = {
        profile: Pipeline.load(
            profile, arguments.backend, arguments.threads, precision=arguments.precision
        )
        for profile in arguments.profile
    }
    for pipeline in pipelines.values():
        pipeline.warm_up()
    scenes = make_scenes(clip, find_face(clip, next(iter(pipelines.values()))))
    result = {
        "date": datetime.date.today().isoformat(),
        "command": "facecast bench pipeline",
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "ours": {name: _what_runs(pipeline) for name, pipeline in pipelines.items()},
        "mediapipe": is_installed(),
        "scenes": {},
    }
    for scene in scenes:
        systems: dict = {name: Ours(pipeline) for name, pipeline in pipelines.items()}
        if is_installed():
            systems["mediapipe"] = Theirs(scene.faces)
        result["scenes"][scene.name] = measure(scene, systems)
        for system in systems.values():
            system.close()
    for pipeline in pipelines.values():
        pipeline.close()
    paths = write_report(result, arguments.out)
    print(paths[1].read_text())
    return 0


def _what_runs(pipeline: Pipeline) -> dict:
    return {key: pipeline.describe()[key] for key in ("backend", "precision", "device")}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
