"""Calibrate: make a person's face at rest the zero of their weights.

A weight's range [rest, 1] is stretched to [0, 1]; nothing is subtracted, so a full expression stays
full: a lid that rests at 0.3 still closes to 1. Where the eyes look is left alone, for a glance aside
during the capture must not turn every later one. Source: the range form of NVIDIA Maxine's expression
sample, s = 1 / (1 - z), without its subtraction's loss at the top.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

from engines.errors import FacecastError
from engines.face import Face
from proto import tables

CAPTURE_S = 0.5
MIN_FRAMES = 3
# A rest value above this is not rest; mapping from it would turn noise into expressions.
REST_LIMIT = 0.6
ACTION_UNIT_MAX = 5.0
VERSION = 1
_HEADER = struct.Struct("<BI")  # version, CRC-32 of the rest
_COUNT = len(tables.BLENDSHAPES) + len(tables.ACTION_UNITS)
_SCALE = 65535
LOOKS = np.array([name.startswith("eyeLook") for name in tables.BLENDSHAPES])


class CalibrationError(FacecastError):
    """A stored neutral is damaged or of another version."""

    code = "bad_neutral"


def values_of(face: Face) -> np.ndarray:
    """Copy a face's weights and intensities, both as fractions 0..1 of their range. Shapes: -> (70,)."""
    return np.concatenate([face.blendshapes_01, face.action_units_05 / ACTION_UNIT_MAX])


class Neutral:
    """A face at rest: weights and intensities, both as fractions 0..1 of their range."""

    def __init__(self, rest_01: np.ndarray) -> None:
        self.rest_01 = np.clip(rest_01, 0, 1).astype(np.float64)  # (70,)
        usable = np.minimum(self.rest_01, REST_LIMIT)
        usable[: len(LOOKS)][LOOKS] = 0
        self._low, self._scale = usable, 1 / (1 - usable)

    @classmethod
    def of_rows(cls, rows: list[np.ndarray]) -> Neutral:
        """Take the median of several frames' values, so that a blink among them does not count."""
        return cls(np.median(rows, axis=0))

    def apply(self, face: Face) -> None:
        """Map a face's weights and intensities from their resting range."""
        count = len(face.blendshapes_01)
        values = values_of(face)
        mapped = np.clip((values - self._low) * self._scale, 0, 1)
        face.blendshapes_01 = mapped[:count].astype(np.float32)
        face.action_units_05 = (mapped[count:] * ACTION_UNIT_MAX).astype(np.float32)

    def to_bytes(self) -> bytes:
        """Pack for the client to keep: version, checksum, 70 values of 16 bits."""
        body = np.rint(self.rest_01 * _SCALE).astype("<u2").tobytes()
        return _HEADER.pack(VERSION, zlib.crc32(body)) + body

    @classmethod
    def from_bytes(cls, data: bytes) -> Neutral:
        """Unpack what `to_bytes` gave. Raises: CalibrationError."""
        expected = _HEADER.size + 2 * _COUNT
        if len(data) != expected:
            raise CalibrationError(f"expected a neutral of {expected} bytes, got {len(data)}")
        version, checksum = _HEADER.unpack_from(data)
        if version != VERSION:
            raise CalibrationError(f"expected a neutral of version {VERSION}, got {version}")
        body = data[_HEADER.size :]
        if zlib.crc32(body) != checksum:
            raise CalibrationError("expected a neutral with a matching checksum, its bytes are damaged")
        return cls(np.frombuffer(body, "<u2") / _SCALE)


class NeutralCapture:
    """Collect one face over half a second of its publisher's time."""

    def __init__(self) -> None:
        self._rows: list[np.ndarray] = []
        self._track: int | None = None
        self._start_s = 0.0

    def add(self, face: Face, time_s: float) -> Neutral | None:
        """Add a raw (uncalibrated) face; returns the neutral once half a second is full.

        A change of face starts the capture again (half of one person is nobody's neutral), and so does a
        clock that was set back.
        """
        if face.track != self._track or time_s < self._start_s:
            self._rows, self._track, self._start_s = [], face.track, time_s
        # The values themselves: the face is calibrated, corrected and smoothed in place after this.
        self._rows.append(values_of(face))
        if time_s - self._start_s < CAPTURE_S or len(self._rows) < MIN_FRAMES:
            return None
        return Neutral.of_rows(self._rows)
