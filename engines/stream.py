"""One publisher's memory between frames: who is tracked, the filters, the face at rest."""

from __future__ import annotations

from dataclasses import dataclass

from engines.face import Face
from engines.stages.calibrate import Neutral, NeutralCapture
from engines.stages.correct import correct_face
from engines.stages.smooth import FaceSmoother
from engines.stages.track import Tracks


@dataclass(frozen=True)
class StreamOptions:
    """What a publisher may choose."""

    smooth: bool = True
    max_faces: int = 8
    track: bool = True  # False: every frame stands alone, as the pictures of a folder do
    # True: frames keep coming and others wait for their answers, so that a search waits for its turn
    # (stages/turns.py). Who works with such streams calls `Pipeline.search_waiting` after each pass.
    live: bool = False


class Stream:
    """State of one publisher. Used by one thread at a time, like the pipeline that works on it."""

    def __init__(self, options: StreamOptions | None = None) -> None:
        self.options = options or StreamOptions()
        self.tracks = Tracks()
        self._smoothers: dict[int, FaceSmoother] = {}
        self._seen: set[int] = set()  # tracks of the last frame
        self._capture: NeutralCapture | None = None
        self._neutral: Neutral | None = None

    @property
    def neutral(self) -> bytes | None:
        """The finished neutral, for the client to keep; None before there is one."""
        return self._neutral.to_bytes() if self._neutral else None

    @property
    def capturing(self) -> bool:
        """Whether a neutral capture is under way."""
        return self._capture is not None

    def capture_neutral(self) -> None:
        """Begin to capture the face at rest over the next half second of frames."""
        self._capture = NeutralCapture()

    def cancel_capture(self) -> None:
        """End a neutral capture that saw too few faces; an earlier neutral stays."""
        self._capture = None

    def set_neutral(self, data: bytes) -> None:
        """Use a neutral that was captured earlier. Raises: CalibrationError if it is damaged."""
        self._neutral, self._capture = Neutral.from_bytes(data), None

    def finish(self, faces: list[Face], time_s: float) -> list[int]:
        """Calibrate, correct and smooth the faces of one frame in place.

        The neutral is the publisher's own, so it serves the face that was tracked first.
        Returns: the tracks that ended.
        """
        if faces:
            owner = min(faces, key=lambda face: face.track)
            if self._capture is not None:
                captured = self._capture.add(owner, time_s)
                if captured:
                    self._neutral, self._capture = captured, None
            if self._neutral:
                self._neutral.apply(owner)
        smoothers = {}
        for face in faces:
            correct_face(face)
            if self.options.smooth:
                smoother = self._smoothers.get(face.track) or FaceSmoother()
                smoothers[face.track] = smoother
                smoother(face, time_s)
        seen = {face.track for face in faces}
        lost = sorted(self._seen - seen)
        self._smoothers, self._seen = smoothers, seen
        return lost
