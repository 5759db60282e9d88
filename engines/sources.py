"""Read pictures from a file, a folder or a video, as an iterator of frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engines.errors import SourceError
from engines.face import Frame

IMAGE_FORMATS = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".webp": "webp"}
VIDEO_SUFFIXES = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".gif", ".m4v")
DEFAULT_FPS = 30.0  # where a video does not tell its own


@dataclass(frozen=True)
class Picture:
    """One frame of a source, still as it is fed to the pipeline."""

    name: str  # the file it came from
    index: int  # frame number within that file
    frame: Frame


@dataclass(frozen=True)
class Source:
    """A file, folder or video that exists and was recognised."""

    path: Path
    moving: bool  # True: consecutive frames of one video; False: pictures that stand alone
    count: int  # frames as far as known; 0 if the video does not tell
    fps: float

    def pictures(self) -> Iterator[Picture]:
        """Yield every picture. Raises: SourceError if a video cannot be read from its start."""
        return _video(self) if self.moving else _images(image_files(self.path))


def open_source(path: Path) -> Source:
    """Recognise a source. Raises: SourceError if it is missing, empty or of an unknown kind."""
    if not path.exists():
        raise SourceError(f"{path}: expected an image, a folder of images or a video; no such file")
    if path.is_dir():
        files = image_files(path)
        if not files:
            raise SourceError(
                f"{path}: expected images ({', '.join(IMAGE_FORMATS)}) in the folder, found none"
            )
        return Source(path, False, len(files), 0.0)
    suffix = path.suffix.lower()
    if suffix in IMAGE_FORMATS:
        return Source(path, False, 1, 0.0)
    if suffix in VIDEO_SUFFIXES:
        video = cv2.VideoCapture(str(path))
        opened, count, fps = (
            video.isOpened(),
            video.get(cv2.CAP_PROP_FRAME_COUNT),
            video.get(cv2.CAP_PROP_FPS),
        )
        video.release()
        if not opened:
            raise SourceError(f"{path}: expected a readable video, its content cannot be decoded")
        return Source(path, True, max(int(count), 0), fps if 0 < fps < 1000 else DEFAULT_FPS)
    raise SourceError(
        f"{path}: expected one of {', '.join((*IMAGE_FORMATS, *VIDEO_SUFFIXES))}, got {suffix or 'no suffix'}"
    )


def image_files(path: Path) -> list[Path]:
    """List the images of a folder in name order, or the one image itself."""
    if path.is_file():
        return [path]
    return sorted(p for p in path.iterdir() if p.suffix.lower() in IMAGE_FORMATS and p.is_file())


def _images(files: list[Path]) -> Iterator[Picture]:
    for file in files:
        yield Picture(file.name, 0, Frame(IMAGE_FORMATS[file.suffix.lower()], file.read_bytes(), 0.0))


def _video(source: Source) -> Iterator[Picture]:
    video = cv2.VideoCapture(str(source.path))
    try:
        index = 0
        while True:
            read, bgr = video.read()
            if not read:
                break
            frame = Frame("bgr8", np.ascontiguousarray(bgr).data.cast("B"), index / source.fps, bgr.shape[:2])
            yield Picture(source.path.name, index, frame)
            index += 1
    finally:
        video.release()
    if index == 0:
        raise SourceError(f"{source.path}: expected a readable video, not one frame could be decoded")
