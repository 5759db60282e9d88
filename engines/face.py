"""What the pipeline takes and gives: a frame, and the faces found in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class Frame:
    """One camera picture as it arrives.

    Formats: jpeg, png, webp (encoded); rgb8, bgr8, nv12 (raw rows without padding, `size_hw` needed).
    """

    format: str
    payload: bytes | memoryview
    time_s: float  # capture time on the publisher's own clock
    size_hw: tuple[int, int] | None = None


@dataclass(slots=True)
class Face:
    """One face of one frame. Left and right are the subject's own.

    Head and gaze axes: x to the subject's left (the right of an unmirrored picture), y up, z out of
    the face toward the camera; right-handed. Camera axes: x right, y up, z toward the viewer, so that
    a face before the camera has a negative z. An upright face that looks at the camera has the
    identity rotation.
    """

    track: int  # stable within one publisher
    score: float  # 0..1
    box_xyxy_px: np.ndarray  # (4,) image pixels
    landmarks_px: np.ndarray  # (98, 2) image pixels
    confidence_01: np.ndarray  # (98,) how sharp each landmark's heat map is
    rotation_xyzw: np.ndarray  # (4,) unit quaternion, head -> camera
    translation_m: np.ndarray  # (3,) the head's origin in camera axes, metres
    gaze_rad: np.ndarray  # (2, 2) [left eye, right eye] x [yaw to the subject's left, pitch up]
    blendshapes_01: np.ndarray  # (52,) in the order of proto.tables.BLENDSHAPES
    action_units_05: np.ndarray  # (18,) in the order of proto.tables.ACTION_UNITS


@dataclass(slots=True)
class FrameResult:
    """All faces of one frame, an empty list when nobody is seen."""

    size_hw: tuple[int, int]
    faces: list[Face] = field(default_factory=list)
    lost_tracks: list[int] = field(default_factory=list)  # tracks that ended with this frame
    timings_ms: dict[str, float] = field(default_factory=dict)  # stage -> milliseconds
