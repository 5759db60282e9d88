"""Smooth: One-Euro filters in real time units, one setting per group of values.

A One-Euro filter is a low-pass whose cut-off rises with speed: still values are calm, fast ones are
not delayed. Source: Casiez, Roussel, Vogel 2012, "1 Euro Filter".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines import landmark98
from engines.face import Face
from proto import tables

# After such a pause, or such a step back of the clock, a filter starts anew: it would blend with what is long
# past, or stand still until the clock is again where it was.
RESET_AFTER_S = 0.5


@dataclass(frozen=True)
class OneEuroSetting:
    """Cut-offs in hertz; `beta` in hertz per (unit per second)."""

    min_cutoff_hz: float | np.ndarray
    beta: float | np.ndarray
    derivative_cutoff_hz: float = 1.0


# Chosen on the benchmark clips: jitter at rest falls while a blink keeps its depth
# (benchmarks/smoothing.py). Units: weights 0..1, intensities 0..5, radians, metres, face widths.
SETTINGS = {
    "eyes": OneEuroSetting(3.0, 2.5),  # blinks last 100-150 ms and must survive
    "face": OneEuroSetting(1.5, 1.0),
    "action_units": OneEuroSetting(1.5, 0.3),
    "gaze": OneEuroSetting(1.5, 2.0),
    "rotation": OneEuroSetting(1.0, 2.0),
    "translation": OneEuroSetting(1.0, 4.0),
    "landmarks": OneEuroSetting(1.5, 12.0),
}

# The group of each value of a face, in the order in which FaceSmoother puts them.
GROUPS = [
    *("eyes" if name.startswith("eye") else "face" for name in tables.BLENDSHAPES),
    *["action_units"] * len(tables.ACTION_UNITS), *["gaze"] * 4, *["translation"] * 3, *["rotation"] * 4,
    *["landmarks"] * (2 * landmark98.COUNT),
]  # fmt: skip
ENDS = np.cumsum([len(tables.BLENDSHAPES), len(tables.ACTION_UNITS), 4, 3, 4]).tolist()
PARTS = [slice(start, end) for start, end in zip([0, *ENDS], [*ENDS, len(GROUPS)], strict=True)]
EACH = OneEuroSetting(
    np.array([SETTINGS[group].min_cutoff_hz for group in GROUPS]),
    np.array([SETTINGS[group].beta for group in GROUPS]),
)


def smoothing_factor(cutoff_hz: np.ndarray | float, interval_s: float) -> np.ndarray | float:
    """Weight of the newest sample of a first-order low-pass: 2 pi f dt / (2 pi f dt + 1)."""
    rate = 2 * np.pi * cutoff_hz * interval_s
    return rate / (rate + 1)


class OneEuroFilter:
    """Filter arrays of one fixed shape over time."""

    def __init__(self, setting: OneEuroSetting) -> None:
        self._setting = setting
        self._value: np.ndarray | None = None
        self._speed: np.ndarray | None = None
        self._time_s = 0.0

    def __call__(self, value: np.ndarray, time_s: float, unit: float | np.ndarray = 1.0) -> np.ndarray:
        """Filter the value at a time. A time a little back, or none, returns the last output.

        `unit` is the value's unit in that of the setting's `beta`: pixels per face width, say.
        """
        value = np.asarray(value, dtype=np.float64)
        if self._value is None or abs(time_s - self._time_s) > RESET_AFTER_S:
            self._value, self._speed = value, np.zeros_like(value)
            self._time_s = time_s
            return value
        interval = time_s - self._time_s
        if interval <= 0:
            return self._value
        setting = self._setting
        factor = smoothing_factor(setting.derivative_cutoff_hz, interval)
        self._speed = self._speed + factor * ((value - self._value) / interval - self._speed)
        cutoff = setting.min_cutoff_hz + setting.beta / unit * np.abs(self._speed)
        self._value = self._value + smoothing_factor(cutoff, interval) * (value - self._value)
        self._time_s = time_s
        return self._value


class FaceSmoother:
    """The filter of one tracked face: all of its values in one array, each with its group's setting."""

    def __init__(self) -> None:
        self._filter = OneEuroFilter(EACH)
        self._last_rotation: np.ndarray | None = None

    def __call__(self, face: Face, time_s: float) -> None:
        """Replace the values of a face by their filtered ones."""
        parts = [
            face.blendshapes_01, face.action_units_05, face.gaze_rad.ravel(), face.translation_m,
            self._near_last(face.rotation_xyzw), face.landmarks_px.ravel(),
        ]  # fmt: skip
        unit = np.ones(len(GROUPS))
        unit[-parts[-1].size :] = max(float(np.ptp(face.landmarks_px[:, 0])), 1.0)
        filtered = self._filter(np.concatenate(parts), time_s, unit).astype(np.float32)
        weights, units, gaze, translation, rotation, points = (filtered[part] for part in PARTS)
        face.blendshapes_01, face.action_units_05 = weights, units
        face.gaze_rad, face.translation_m = gaze.reshape(face.gaze_rad.shape), translation
        face.rotation_xyzw = self._last_rotation = rotation / np.linalg.norm(rotation)
        face.landmarks_px = points.reshape(face.landmarks_px.shape)

    def _near_last(self, rotation_xyzw: np.ndarray) -> np.ndarray:
        # q and -q are the same rotation: take the one nearer to the last, so that the path is short.
        if self._last_rotation is not None and rotation_xyzw @ self._last_rotation < 0:
            return -rotation_xyzw
        return rotation_xyzw
