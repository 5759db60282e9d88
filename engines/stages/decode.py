"""Decode: a camera frame's bytes to RGB pixels, its size checked before any pixel is made."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from engines.errors import FormatError, ImageError, TooManyPixelsError
from engines.face import Frame

MAX_PIXELS = 4096 * 4096
ENCODED = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}  # ours -> Pillow's name
RAW_BYTES_PER_PIXEL = {"rgb8": 3.0, "bgr8": 3.0, "nv12": 1.5}
FORMATS = (*ENCODED, *RAW_BYTES_PER_PIXEL)
READ_MODES = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4}


def decode_frame(frame: Frame, max_pixels: int = MAX_PIXELS, reduction: int = 1) -> np.ndarray:
    """Decode one frame, turned upright by its EXIF orientation; `reduction` 2 or 4 divides a JPEG's sides.

    Shapes: -> (H, W, 3) uint8 RGB.
    Raises: FormatError, TooManyPixelsError (before decoding), ImageError.
    """
    if frame.format in ENCODED:
        return decode_encoded(frame.payload, frame.format, max_pixels, reduction)
    if frame.format in RAW_BYTES_PER_PIXEL:
        return decode_raw(frame, max_pixels)
    raise FormatError(f"expected a format of {', '.join(FORMATS)}, got {frame.format!r}")


def check_pixels(width: int, height: int, max_pixels: int) -> None:
    """Refuse a picture that is too large or empty. Raises: TooManyPixelsError, ImageError."""
    if width < 1 or height < 1:
        raise ImageError(f"expected a picture of at least 1x1 pixels, got {width}x{height}")
    if width * height > max_pixels:
        raise TooManyPixelsError(
            f"expected at most {max_pixels} pixels, the header promises {width}x{height}"
        )


def read_header(payload: bytes | memoryview) -> tuple[str, int, int]:
    """Read an encoded picture's header alone.

    Returns: Pillow's format name, width, height. Raises: ImageError if there is no such header.
    """
    try:
        # Pillow opens lazily: it parses the header and decodes nothing.
        with Image.open(io.BytesIO(payload), formats=list(ENCODED.values())) as picture:
            return picture.format, *picture.size
    except Image.DecompressionBombError as error:
        # Pillow has a limit of its own, above ours; its message tells the count.
        raise TooManyPixelsError(f"expected at most {MAX_PIXELS} pixels: {error}") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        raise ImageError(f"expected a JPEG, PNG or WebP header: {error}") from error


def check_encoded(payload: bytes | memoryview, name: str, max_pixels: int) -> None:
    """Refuse what is not a whole picture of the declared format and of a fair size; no pixel is made.

    Raises: FormatError if the bytes are of another format than declared, TooManyPixelsError, ImageError.
    """
    actual, width, height = read_header(payload)
    if actual != ENCODED[name]:
        raise FormatError(f"expected {name} as declared, the bytes are {actual}")
    check_pixels(width, height, max_pixels)
    if name == "jpeg" and b"\xff\xd9" not in bytes(payload[-1024:]):
        # libjpeg would fill the missing part with grey and carry on.
        raise ImageError(f"expected a whole JPEG, {len(payload)} bytes end without an end marker")


def decode_encoded(payload: bytes | memoryview, name: str, max_pixels: int, reduction: int = 1) -> np.ndarray:
    """Decode JPEG, PNG or WebP. Shapes: -> (H, W, 3) uint8 RGB.

    Raises: FormatError if the bytes are of another format than declared, TooManyPixelsError, ImageError.
    """
    check_encoded(payload, name, max_pixels)
    try:
        bgr = cv2.imdecode(np.frombuffer(payload, np.uint8), READ_MODES[reduction])
    except cv2.error as error:
        raise ImageError(f"expected a decodable {name}: {error.err}") from error
    if bgr is None:
        raise ImageError(f"expected a decodable {name}, {len(payload)} bytes are damaged")
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)


def decode_raw(frame: Frame, max_pixels: int) -> np.ndarray:
    """Turn raw RGB8, BGR8 or NV12 rows without padding into RGB.

    Shapes: H*W*3 (or H*W*3/2) bytes -> (H, W, 3) uint8 RGB.
    Raises: TooManyPixelsError, ImageError if the length does not fit the size.
    """
    if frame.size_hw is None:
        raise ImageError(f"expected the size of a raw {frame.format} frame, got none")
    height, width = frame.size_hw
    check_pixels(width, height, max_pixels)
    if frame.format == "nv12" and (height % 2 or width % 2):
        raise ImageError(f"expected even sizes for nv12, got {width}x{height}")
    expected = int(height * width * RAW_BYTES_PER_PIXEL[frame.format])
    if len(frame.payload) != expected:
        raise ImageError(
            f"expected {expected} bytes for {width}x{height} {frame.format}, got {len(frame.payload)}"
        )
    pixels = np.frombuffer(frame.payload, np.uint8)
    if frame.format == "nv12":
        return cv2.cvtColor(pixels.reshape(height * 3 // 2, width), cv2.COLOR_YUV2RGB_NV12)
    image = pixels.reshape(height, width, 3)
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB) if frame.format == "bgr8" else image
