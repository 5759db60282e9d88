"""A fake of the pipeline for network tests: no picture is looked at, the payload says what is found."""

from __future__ import annotations

import threading
import time

import numpy as np

from engines.errors import ImageError
from engines.face import Face, Frame, FrameResult
from engines.stages.calibrate import CalibrationError
from proto import tables

NEUTRAL = b"a face at rest, invented by FakePipeline"


def make_face(track: int = 1) -> Face:
    """A face with values that tell left from right and one coefficient from another."""
    return Face(
        track=track,
        score=0.75,
        box_xyxy_px=np.array([160, 120, 320, 360], np.float32),
        landmarks_px=np.stack([np.linspace(170, 310, 98), np.linspace(130, 350, 98)], axis=1).astype(
            np.float32
        ),
        confidence_01=np.ones(98, np.float32),
        rotation_xyzw=np.array([0, 0, 0, 1], np.float32),
        translation_m=np.array([0.05, -0.02, -0.6], np.float32),
        gaze_rad=np.zeros((2, 2), np.float32),
        blendshapes_01=np.linspace(0, 1, len(tables.BLENDSHAPES), dtype=np.float32),
        action_units_05=np.linspace(5, 0, len(tables.ACTION_UNITS), dtype=np.float32),
    )


class FakeStream:
    """One publisher's state; a capture takes three frames with a face."""

    def __init__(self) -> None:
        self.neutral: bytes | None = None
        self.frames_to_capture = 0

    @property
    def capturing(self) -> bool:
        """Whether a capture is under way."""
        return self.frames_to_capture > 0

    def capture_neutral(self) -> None:
        """Begin a capture."""
        self.frames_to_capture = 3

    def cancel_capture(self) -> None:
        """End a capture without a result."""
        self.frames_to_capture = 0

    def set_neutral(self, data: bytes) -> None:
        """Take a stored neutral. Raises: CalibrationError if it is not the one this fake gives."""
        if data != NEUTRAL:
            raise CalibrationError(f"expected {len(NEUTRAL)} bytes of a fake neutral, got {len(data)} others")
        self.neutral = data

    def see(self, faces: int) -> None:
        """Count a frame for the capture."""
        if self.capturing and faces:
            self.frames_to_capture -= 1
            if not self.capturing:
                self.neutral = NEUTRAL


class FakePipeline:
    """Follows the interface of engines.pipeline.Pipeline; it is a fake, for network tests alone.

    Payloads: b"empty" no face, b"damaged" an ImageError, b"lost" no face and track 1 ended,
    b"faces N" N faces, b"crash" an exception of the whole pass; anything else one face.
    """

    def __init__(self, pass_s: float = 0.0, warm_up_s: float = 0.0) -> None:
        self.pass_s = pass_s
        self.warm_up_s = warm_up_s
        self.warm = threading.Event()
        self.closed = False
        self.batches: list[int] = []
        self.threads: set[int] = set()

    def open_stream(self, options: object = None) -> FakeStream:
        """Open a publisher's state."""
        return FakeStream()

    def warm_up(self) -> None:
        """Pretend to run the models once."""
        time.sleep(self.warm_up_s)
        self.warm.set()

    def describe(self) -> dict:
        """Describe itself as a pipeline that estimates all but one coefficient."""
        return {
            "profile": "lite",
            "backend": "fake",
            "models": {"pnet": "0123456789ab"},
            "coefficients": {
                name: {"estimated": name != "tongueOut", "quality": None if name == "tongueOut" else 0.9}
                for name in tables.BLENDSHAPES
            },
        }

    def process(self, batch: list[tuple[FakeStream, Frame]]) -> list[FrameResult | ImageError]:
        """Give one result per frame, as its payload says."""
        self.batches.append(len(batch))
        self.threads.add(threading.get_ident())
        time.sleep(self.pass_s)
        return [self._process_one(stream, bytes(frame.payload[:40])) for stream, frame in batch]

    def search_waiting(self) -> bool:
        """Find nobody new."""
        return False

    def _process_one(self, stream: FakeStream, payload: bytes) -> FrameResult | ImageError:
        if payload == b"crash":
            raise ZeroDivisionError("a fault inside the fake pipeline")
        if payload == b"damaged":
            return ImageError("expected a picture, got damage")
        count = 0 if payload in (b"empty", b"lost") else 1
        if payload.startswith(b"faces "):
            count = int(payload.split()[1])
        stream.see(count)
        return FrameResult(
            size_hw=(480, 640),
            faces=[make_face(track) for track in range(1, count + 1)],
            lost_tracks=[1] if payload == b"lost" else [],
            timings_ms={stage: 1.5 for stage in tables.STAGES},
        )

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True
