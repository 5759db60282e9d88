"""Jitter at rest: how much the points of a face that holds still move, unsmoothed.

    python -m benchmarks.jitter --data ../shared/data/faces --videos ../shared/data/videos

Normalised mean jitter (NMJ): the mean distance that the points move from one frame to the next, over
the distance between the outer eye corners, in per cent. Two kinds of stillness: photographs that are
filmed again and again (each frame has new sensor noise and is compressed anew, so that all movement
is the reader's own), and the stillest second of real clips, found by what changes in the pictures.
All systems are compared on the same 68 points. MediaPipe is measured where it is installed, in image
mode (benchmarks/requirements-reference.txt).
"""

from __future__ import annotations

import argparse
import datetime
import itertools
import json
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.mediapipe_faces import MediaPipeFaces, is_installed
from engines import landmark98
from engines.errors import BackendError
from engines.face import Frame
from engines.pipeline import Pipeline
from engines.sources import VIDEO_SUFFIXES
from engines.stream import StreamOptions

PHOTOGRAPHS = 16  # of the development set, the first ones by name
REST_FRAMES = 12  # of each
# A camera's noise in 8-bit levels: the sensor's own, and light's, whose variance grows with it.
READ_NOISE, SHOT_NOISE = 2.0, 0.06
JPEG_QUALITY = 85
REPEATED = 0.05  # mean change in levels below which a frame is a copy of the one before
FPS = 30.0
# A clip shorter than this may hold no second of rest.
MIN_CLIP_S = 3.0


class Reader(Protocol):
    """A system under test."""

    def __call__(self, frames: list[np.ndarray]) -> list[np.ndarray]:
        """Read frames in order. Shapes: T x (H, W, 3) uint8 BGR -> T x (M, 68, 2), M faces each."""

    def describe(self) -> str:
        """Tell what network reads, and what runs it."""

    def close(self) -> None:
        """Release the networks."""


def film(photograph: np.ndarray, count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Film a photograph: every frame has its own noise and compression. Shapes: count x (H, W, 3) BGR."""
    frames = []
    spread = np.sqrt(READ_NOISE**2 + SHOT_NOISE * photograph.astype(np.float32))
    for _ in range(count):
        noisy = photograph + spread * rng.standard_normal(photograph.shape, dtype=np.float32)
        noisy = np.clip(np.round(noisy), 0, 255).astype(np.uint8)
        data = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
        frames.append(cv2.imdecode(data, cv2.IMREAD_COLOR))
    return frames


def stillest_frames(frames: list[np.ndarray], count: int) -> list[np.ndarray]:
    """Find the `count` frames in a row that change least, copies of frames left out."""
    small = [
        cv2.GaussianBlur(cv2.cvtColor(f, cv2.COLOR_BGR2GRAY), (0, 0), 2).astype(np.float32) for f in frames
    ]
    change = np.array([np.abs(b - a).mean() for a, b in itertools.pairwise(small)])
    fresh = [0, *(np.flatnonzero(change > REPEATED) + 1)]
    steps = change[np.array(fresh[1:], int) - 1]
    count = min(count, len(fresh))
    if count < 2:
        return frames[:1]
    start = int(np.convolve(steps, np.ones(count - 1), "valid").argmin())
    return [frames[i] for i in fresh[start : start + count]]


def read_clip(path: Path) -> tuple[list[np.ndarray], float]:
    """Read a clip's frames, BGR, and its frame rate."""
    video, frames = cv2.VideoCapture(str(path)), []
    fps = video.get(cv2.CAP_PROP_FPS) or FPS
    while True:
        read, bgr = video.read()
        if not read:
            break
        frames.append(bgr)
    video.release()
    return frames, fps


class OurFaces:
    """The pipeline, unsmoothed: following the faces, or each frame as if it were the first."""

    def __init__(self, pipeline: Pipeline, track: bool) -> None:
        self._pipeline, self._options = pipeline, StreamOptions(smooth=False, max_faces=4, track=track)

    def __call__(self, frames: list[np.ndarray]) -> list[np.ndarray]:
        """Read frames. Shapes: T x (H, W, 3) uint8 BGR -> T x (M, 68, 2)."""
        stream, found = self._pipeline.open_stream(self._options), []
        for index, bgr in enumerate(frames):
            payload = np.ascontiguousarray(bgr).data.cast("B")
            frame = Frame("bgr8", payload, index / FPS, bgr.shape[:2])
            (result,) = self._pipeline.process([(stream, frame)])
            faces = [face.landmarks_px[landmark98.TO_68] for face in result.faces]
            found.append(np.array(faces).reshape(-1, 68, 2))
        return found

    def describe(self) -> str:
        """Tell what network reads, and what runs it."""
        described = self._pipeline.describe()
        name = next(name for name in described["models"] if name.startswith("landmarks"))
        return f"{name} {described['models'][name]} on {described['backend']} ({described['precision']})"

    def close(self) -> None:
        """Release the networks."""
        self._pipeline.close()


def follow(found: list[np.ndarray]) -> list[np.ndarray | None]:
    """Pick one person: the largest face first, then the nearest to the last one, if it is still there.

    Shapes: T x (M, 68, 2) -> T x (68, 2), None where missed.
    """
    chosen, last = [], None
    for faces in found:
        best = None
        if len(faces) and last is None:
            best = faces[np.ptp(faces[:, :, 0], axis=1).argmax()]
        elif len(faces):
            away = np.linalg.norm(faces.mean(axis=1) - last.mean(axis=0), axis=-1)
            best = faces[away.argmin()] if away.min() < np.ptp(last[:, 0]) / 2 else None
        chosen.append(best)
        last = last if best is None else best
    return chosen


def jitter(found: list[np.ndarray | None], points: slice = slice(None)) -> np.ndarray:
    """Measure each step between two frames that both have the face. Shapes: T x (68, 2) -> (S,)."""
    right, left = landmark98.OUTER_EYE_CORNERS_68
    steps = []
    for before, after in itertools.pairwise(found):
        if before is not None and after is not None:
            eyes = np.linalg.norm(before[left] - before[right])
            steps.append(np.linalg.norm(after - before, axis=-1)[points].mean() / eyes)
    return np.array(steps)


def measure(reader: Reader, sequences: list[list[np.ndarray]]) -> dict:
    """Measure the mean over all steps of all sequences, in per cent."""
    all68, inner51, missed = [], [], 0
    for frames in tqdm(sequences, unit="sequence", mininterval=5, leave=False):
        found = follow(reader(frames))
        missed += sum(points is None for points in found)
        all68.append(jitter(found))
        inner51.append(jitter(found, landmark98.INNER_51))
    steps, inner = np.concatenate(all68), np.concatenate(inner51)
    return {
        "frames": sum(map(len, sequences)),
        "missed": missed,
        "nmj68_percent": round(float(steps.mean()) * 100, 4) if len(steps) else None,
        "nmj51_percent": round(float(inner.mean()) * 100, 4) if len(inner) else None,
    }


def open_readers(profiles: list[str], backend: str) -> dict[str, Reader]:
    """Open every system that is there. Raises: BackendError naming a profile that cannot run."""
    readers = {}
    for profile in profiles:
        readers[f"{profile}, following the face"] = OurFaces(Pipeline.load(profile, backend), True)
        readers[f"{profile}, each frame alone"] = OurFaces(Pipeline.load(profile, backend), False)
    if is_installed():
        readers["MediaPipe, image mode"] = MediaPipeFaces()
    return readers


def open_sequences(arguments: argparse.Namespace) -> dict[str, list[list[np.ndarray]]]:
    """Make what was asked for: name -> sequences of frames."""
    sequences = {}
    photographs = []
    if arguments.data:
        from training.faces import load_faces

        faces = load_faces(arguments.data, "dev_helen")
        rows = np.argsort(faces.labels["image"])[:PHOTOGRAPHS]
        photographs = [cv2.cvtColor(faces.decode(row), cv2.COLOR_RGB2BGR) for row in rows]
    photographs += [cv2.imread(str(path)) for path in arguments.pictures]
    if photographs:
        rng = np.random.default_rng(1)
        name = f"{len(photographs)} photographs, filmed"
        sequences[name] = [film(photograph, REST_FRAMES, rng) for photograph in photographs]
    clips = (
        sorted(p for p in arguments.videos.iterdir() if p.suffix in VIDEO_SUFFIXES)
        if arguments.videos
        else []
    )
    for path in clips:
        frames, fps = read_clip(path)
        if len(frames) >= MIN_CLIP_S * fps:
            sequences[f"{path.stem}, stillest second"] = [stillest_frames(frames, round(fps))]
    return sequences


def to_markdown(report: dict) -> str:
    """Lay the report out."""
    systems = list(next(iter(report["sequences"].values())))
    lines = [
        "# Jitter at rest", "",
        f"Measured {report['date']} with `{report['command']}`, nothing smoothed. Networks:",
        ", ".join(dict.fromkeys(report["networks"].values())) + ".", "",
        "Normalised mean jitter: how far the 68 points move between frames, over the distance of the outer",
        "eye corners, in per cent (in brackets: the inner 51). In filmed photographs only noise moves; in",
        "the stillest second of a clip people still breathe, which all systems see alike.", "",
        "| | " + " | ".join(systems) + " |", "|---|" + "---|" * len(systems),
    ]  # fmt: skip
    for name, row in report["sequences"].items():
        cells = []
        for system in systems:
            value = row[system]
            known = value["nmj68_percent"] is not None
            text = f"{value['nmj68_percent']:.3f} ({value['nmj51_percent']:.3f})" if known else "no face"
            cells.append(text + (f", {value['missed']} missed" if value["missed"] else ""))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the labelled faces, for photographs")
    parser.add_argument("--pictures", type=Path, nargs="*", default=[], help="more photographs")
    parser.add_argument("--videos", type=Path, help="folder of clips")
    parser.add_argument("--profiles", nargs="+", default=["lite", "full"])
    parser.add_argument("--backend", default="onnxruntime")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks"))
    arguments = parser.parse_args()
    sequences = open_sequences(arguments)
    if not sequences:
        parser.error("expected at least one of --data, --pictures, --videos")
    try:
        readers = open_readers(arguments.profiles, arguments.backend)
    except BackendError as error:
        parser.error(str(error))
    results = {
        name: {system: measure(reader, frames) for system, reader in readers.items()}
        for name, frames in sequences.items()
    }
    given = [f"--{name} DIR" for name in ("data", "videos") if getattr(arguments, name)]
    report = {
        "command": " ".join(["python -m benchmarks.jitter", *given]),
        "date": datetime.date.today().isoformat(), "backend": arguments.backend,
        "networks": {name: reader.describe() for name, reader in readers.items()},
        "sequences": results,
    }  # fmt: skip
    for reader in readers.values():
        reader.close()
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "jitter.json").write_text(json.dumps(report, indent=1) + "\n")
    (arguments.out / "jitter.md").write_text(to_markdown(report))
    print(to_markdown(report))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
