"""What `publish` sends: the pictures of a source in real time, each packed only when it is due.

A picture whose time has passed is skipped, as a camera's would be: what waits for the network is
never more than the picture being sent.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from engines.errors import SourceError
from engines.face import Frame
from engines.sources import Picture, Source
from engines.stages.decode import decode_frame

STILL_FPS = 30.0  # of a folder of images, when nothing else is asked for


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How a source is played; None keeps what the source has."""

    fps: float | None = None
    loop: bool = False
    quality: int = 85
    width: int | None = None


class Feed:
    """The pictures of a source, once or again and again, with the time at which each is due."""

    def __init__(self, source: Source | Camera, options: FeedOptions) -> None:
        self.source = source
        self.options = options
        self.read = 0  # pictures taken from the source
        self._played_s = 0.0  # source time of the rounds that are over

    def pictures(self, max_fps: float) -> Iterator[tuple[float, Picture]]:
        """Yield (due time in seconds, picture), at most `max_fps` a second.

        Raises: SourceError if the source cannot be read.
        """
        step_s = 1 / min(max_fps, self.options.fps or max_fps)
        next_s = 0.0
        while True:
            due_s = self._played_s
            for number, picture in enumerate(self.source.pictures()):
                self.read += 1
                due_s = self._played_s + self._time_s(number, picture)
                # A tolerance, so that a rate just above the limit does not lose every second picture.
                if due_s >= next_s - step_s / 4:
                    next_s = max(next_s, due_s - step_s) + step_s
                    yield due_s, picture
            if not self.options.loop:
                return
            self._played_s = due_s + self._interval_s()

    def _time_s(self, number: int, picture: Picture) -> float:
        """When a picture belongs: videos and cameras know; pictures of a folder follow each other."""
        return picture.frame.time_s if self.source.moving else number * self._interval_s()

    def _interval_s(self) -> float:
        if self.source.moving and self.source.fps:
            return 1 / self.source.fps
        return 1 / (self.options.fps or STILL_FPS)


class Camera:
    """A local camera as a source without an end."""

    moving = True
    count = 0

    def __init__(self, index: int) -> None:
        self.index = index
        self.capture = cv2.VideoCapture(index)
        if not self.capture.isOpened():
            raise SourceError(f"camera {index}: no such camera, or another program holds it")
        self.capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # the newest picture, not what the driver kept
        fps = self.capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 0 < fps < 1000 else STILL_FPS

    def pictures(self) -> Iterator[Picture]:
        """Yield pictures as the camera gives them. Raises: SourceError when it gives no more."""
        started_s = time.monotonic()
        number = 0
        while True:
            success, bgr = self.capture.read()
            if not success:
                raise SourceError(f"camera {self.index}: it gives no more pictures")
            frame = Frame(
                "bgr8", np.ascontiguousarray(bgr).data.cast("B"), time.monotonic() - started_s, bgr.shape[:2]
            )
            yield Picture(f"camera {self.index}", number, frame)
            number += 1


def pack_picture(frame: Frame, options: FeedOptions) -> tuple[str, bytes]:
    """Give a picture's format and bytes for the wire: a file as it is, everything else as JPEG.

    Raises: ImageError, FormatError if a file is no picture.
    """
    raw = frame.format == "bgr8"
    if not raw and options.width is None:
        return frame.format, bytes(frame.payload)
    if raw:
        height, width = frame.size_hw
        bgr = np.frombuffer(frame.payload, np.uint8).reshape(height, width, 3)
    else:
        bgr = cv2.cvtColor(decode_frame(frame), cv2.COLOR_RGB2BGR)
        height, width = bgr.shape[:2]
    if options.width is not None and options.width < width:
        size_wh = (options.width, max(1, round(height * options.width / width)))
        bgr = cv2.resize(bgr, size_wh, interpolation=cv2.INTER_AREA)
    success, packed = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, options.quality])
    if not success:
        raise SourceError(f"expected a picture that fits into a JPEG, got {width}x{height}")
    return "jpeg", packed.tobytes()
