"""What a frame costs before any network: JPEG decode, upload and crops, and whether the crops are right."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from benchmarks.gpu.measure import time_calls
from engines import boxes as bx
from engines.backends.device import open_device
from engines.face import Frame
from engines.stages import align
from engines.stages.frames import CpuFrames, Frames

SIZE_HW = (480, 640)
MAX_PIXELS = 10**8
BOX_SIZE = 48  # O-Net's, which checks tracked faces


def make_frames(picture: np.ndarray, count: int) -> list[Frame]:
    """Make camera pictures as JPEG, each a little different. Shapes: (H, W, 3) uint8 RGB."""
    scale = min(SIZE_HW[0] / picture.shape[0], SIZE_HW[1] / picture.shape[1])
    fitted = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    canvas = np.zeros((*SIZE_HW, 3), np.uint8)
    canvas[: fitted.shape[0], : fitted.shape[1]] = fitted[: SIZE_HW[0], : SIZE_HW[1]]
    frames = []
    for number in range(count):
        moved = np.roll(canvas, number, axis=1)[..., ::-1]
        payload = cv2.imencode(".jpg", moved, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
        frames.append(Frame("jpeg", payload, number / 30))
    return frames


def to_host(crops) -> np.ndarray:
    """Return crops as an array, also those that lie on a device. Shapes: (N, S, S, 3) uint8."""
    if isinstance(crops, np.ndarray):
        return crops
    device = open_device()
    host = device.allocate_host(crops.nbytes)
    try:
        crops.stream.copy_to_host(host, crops, crops.nbytes)
        crops.stream.synchronize()
        return host.view(crops.dtype, crops.shape).copy()
    finally:
        host.free()
        device.close()


def wait(frames: Frames) -> None:
    """Wait until everything that frames have queued on a device is done."""
    if hasattr(frames, "stream"):
        frames.stream.synchronize()


def measure_frames(frames: Frames, pictures: Sequence[Frame], seconds: float) -> dict:
    """Time one pass of pictures: decode, warp one face in each, cut one box in each; compare with the CPU.

    Returns: milliseconds of a pass, and the largest difference of the crops in grey levels.
    """
    images = frames.decode(pictures, MAX_PIXELS)
    owners = list(range(len(images)))
    rng = np.random.default_rng(1)
    matrices = [
        align.crop_matrix(rng.uniform((200, 150), (440, 330)), rng.uniform(120, 300), rng.uniform(-0.4, 0.4))
        for _ in owners
    ]
    corner = rng.uniform((-20, -20), (560, 400), (len(owners), 2))
    boxes = bx.round_boxes(np.hstack([corner, corner + rng.uniform(30, 250, (len(owners), 1))]))
    # The same decoded pixels on the CPU: two right JPEG decoders differ by a level or two.
    on_host = [np.asarray(image) for image in images]
    warped = to_host(frames.warp(images, matrices, owners, align.CROP_SIZE)).astype(int)
    cut = to_host(frames.cut_boxes(images, boxes, owners, BOX_SIZE)).astype(int)
    expected = CpuFrames().decode(pictures, MAX_PIXELS)
    cpu = CpuFrames()

    def decode() -> list:
        decoded = frames.decode(pictures, MAX_PIXELS)
        wait(frames)
        return decoded

    def one_pass() -> None:
        decoded = frames.decode(pictures, MAX_PIXELS)
        frames.cut_boxes(decoded, boxes, owners, BOX_SIZE)
        frames.warp(decoded, matrices, owners, align.CROP_SIZE)
        wait(frames)

    return {
        "frames": len(pictures),
        "jpeg": "the GPU" if getattr(frames, "why_no_jpeg", "CPU") is None else "the CPU",
        "jpeg_mean_grey_levels": float(
            np.mean([np.abs(a.astype(int) - b).mean() for a, b in zip(on_host, expected, strict=True)])
        ),
        "warp_max_grey_levels": int(
            np.abs(warped - cpu.warp(on_host, matrices, owners, align.CROP_SIZE)).max()
        ),
        "box_max_grey_levels": int(np.abs(cut - cpu.cut_boxes(on_host, boxes, owners, BOX_SIZE)).max()),
        "decode": time_calls(decode, seconds),
        "decode_and_crops": time_calls(one_pass, seconds),
    }
