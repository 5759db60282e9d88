"""Draw what was found onto a picture: box, 98 points, head axes, and the strongest weights."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from engines.errors import SourceError
from engines.face import FrameResult
from engines.stages.pose import rotation_matrix
from proto import tables

BARS = 12  # how many weights are listed beside a face
_POINT, _BOX, _TEXT = (60, 230, 120), (70, 160, 255), (245, 245, 245)  # RGB
_AXES = ((235, 80, 80), (90, 220, 90), (90, 140, 255))  # x, y, z


def draw_result(image: np.ndarray, result: FrameResult) -> np.ndarray:
    """Draw all faces on a copy. Shapes: (H, W, 3) uint8 RGB -> same."""
    canvas = image.copy()
    unit = max(image.shape[:2]) / 640  # line widths and letters grow with the picture
    for face in result.faces:
        x0, y0, x1, y1 = np.rint(face.box_xyxy_px).astype(int)
        cv2.rectangle(canvas, (x0, y0), (x1, y1), _BOX, max(1, round(1.5 * unit)), cv2.LINE_AA)
        label = f"#{face.track} {face.score:.2f}"
        cv2.putText(
            canvas, label, (x0, max(y0 - 6, 12)), cv2.FONT_HERSHEY_SIMPLEX, 0.5 * unit, _BOX,
            max(1, round(unit)), cv2.LINE_AA,
        )  # fmt: skip
        radius = max(1, round((x1 - x0) / 140))
        for x, y in face.landmarks_px:
            cv2.circle(canvas, (round(float(x)), round(float(y))), radius, _POINT, -1, cv2.LINE_AA)
        _draw_axes(canvas, face, unit)
    _draw_bars(canvas, result, unit)
    return canvas


def _draw_axes(canvas: np.ndarray, face, unit: float) -> None:
    """Draw the head's x (red), y (green) and z (blue) from between the eyes."""
    origin = face.landmarks_px[51]
    length = float(face.box_xyxy_px[2] - face.box_xyxy_px[0]) * 0.45
    rotation = rotation_matrix(face.rotation_xyzw)
    for axis, colour in enumerate(_AXES):
        x, y = rotation[:2, axis] * length
        tip = origin + (x, -y)  # picture rows run downwards
        cv2.arrowedLine(
            canvas, tuple(int(v) for v in np.rint(origin)), tuple(int(v) for v in np.rint(tip)), colour,
            max(1, round(2 * unit)), cv2.LINE_AA, tipLength=0.15,
        )  # fmt: skip


def _draw_bars(canvas: np.ndarray, result: FrameResult, unit: float) -> None:
    """List the strongest weights of the first face in the upper left corner."""
    if not result.faces:
        return
    weights = result.faces[0].blendshapes_01
    row, width = round(15 * unit), round(180 * unit)
    for line, index in enumerate(np.argsort(-weights)[:BARS]):
        if weights[index] < 0.05:
            break
        top = line * row
        corner = canvas[top : top + row, :width]
        corner[:] = corner // 3
        cv2.rectangle(canvas, (0, top + 2), (round(weights[index] * width), top + row - 2), (60, 120, 90), -1)
        cv2.putText(
            canvas, f"{tables.BLENDSHAPES[index]} {weights[index]:.2f}", (4, top + row - round(4 * unit)),
            cv2.FONT_HERSHEY_SIMPLEX, 0.4 * unit, _TEXT, max(1, round(0.8 * unit)), cv2.LINE_AA,
        )  # fmt: skip


class OverlayWriter:
    """Write drawn frames to a folder of PNG files or to one MP4 video."""

    def __init__(self, target: Path, fps: float) -> None:
        self._target, self._fps, self._video = target, fps or 30.0, None
        self._size_wh: tuple[int, int] | None = None
        if target.suffix.lower() != ".mp4":
            target.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, index: int, image: np.ndarray) -> None:
        """Write one RGB picture. Raises: SourceError if the file cannot be written."""
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        if self._target.suffix.lower() != ".mp4":
            path = self._target / f"{Path(name).stem}_{index:05d}.png"
            if not cv2.imwrite(str(path), bgr):
                raise SourceError(f"{path}: expected to be able to write a PNG there")
            return
        if self._video is None:
            self._size_wh = (bgr.shape[1], bgr.shape[0])
            code = cv2.VideoWriter.fourcc(*"mp4v")
            self._video = cv2.VideoWriter(str(self._target), code, self._fps, self._size_wh)
            if not self._video.isOpened():
                raise SourceError(f"{self._target}: expected to be able to write an MP4 there")
        if (bgr.shape[1], bgr.shape[0]) != self._size_wh:  # a folder's pictures differ in size
            bgr = cv2.resize(bgr, self._size_wh)
        self._video.write(bgr)

    def close(self) -> None:
        """Finish the video file."""
        if self._video is not None:
            self._video.release()
