"""Decoding: every format, EXIF, and refusals that come before a pixel is made."""

import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image

from engines.errors import FormatError, ImageError, TooManyPixelsError
from engines.face import Frame
from engines.stages import decode


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """A smooth 40 x 60 RGB picture, red grows to the right, green downwards, blue constant."""
    y, x = np.mgrid[:40, :60]
    return np.stack([x * 4, y * 6, np.full_like(x, 90)], axis=-1).astype(np.uint8)


def encoded(picture: np.ndarray, name: str, **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, name, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(("name", "tolerance"), [("jpeg", 12), ("png", 0), ("webp", 14)])
def test_encoded_formats(picture, name, tolerance):
    options = {"quality": 95} if name != "png" else {}
    frame = Frame(name, encoded(picture, name.upper(), **options), 0.0)
    image = decode.decode_frame(frame)
    assert image.shape == (40, 60, 3) and image.dtype == np.uint8
    assert np.abs(image.astype(int) - picture).max() <= tolerance


def test_raw_formats(picture):
    size = picture.shape[:2]
    rgb = decode.decode_frame(Frame("rgb8", picture.tobytes(), 0.0, size))
    bgr = decode.decode_frame(Frame("bgr8", picture[..., ::-1].tobytes(), 0.0, size))
    assert (rgb == picture).all() and (bgr == picture).all()


def test_nv12_of_one_colour():
    # BT.601 limited range: Y 81, U 90, V 240 is pure red.
    luma = np.full((4, 6), 81, np.uint8)
    chroma = np.tile(np.array([90, 240], np.uint8), (2, 3))
    frame = Frame("nv12", np.concatenate([luma, chroma]).tobytes(), 0.0, (4, 6))
    assert np.abs(decode.decode_frame(frame).astype(int) - (255, 0, 0)).max() <= 3


def test_exif_orientation_is_honoured(picture):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees clockwise
    image = decode.decode_frame(Frame("jpeg", encoded(picture, "JPEG", exif=exif, quality=95), 0.0))
    assert image.shape == (60, 40, 3)
    assert np.abs(image.astype(int) - np.rot90(picture, -1)).max() <= 14


def huge_jpeg_header(width: int, height: int) -> bytes:
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width)
        + b"\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01\xff\xd9"
    )  # fmt: skip


def test_a_promise_of_too_many_pixels_is_refused_before_decoding(monkeypatch):
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded before the size was checked"))
    with pytest.raises(TooManyPixelsError, match="900000000 pixels"):
        decode.decode_frame(Frame("jpeg", huge_jpeg_header(30000, 30000), 0.0))
    with pytest.raises(TooManyPixelsError, match="5000x5000"):
        decode.decode_frame(Frame("jpeg", huge_jpeg_header(5000, 5000), 0.0))


def test_raw_size_is_checked_too():
    with pytest.raises(TooManyPixelsError):
        decode.decode_frame(Frame("rgb8", b"", 0.0, (60000, 60000)))


@pytest.mark.parametrize(
    ("name", "payload", "size"),
    [
        ("jpeg", b"", None),
        ("jpeg", b"not a picture at all", None),
        ("png", b"\x89PNG\r\n\x1a\n", None),
        ("rgb8", b"123", (1, 2)),
        ("rgb8", b"123", None),
        ("rgb8", b"", (0, 5)),
        ("nv12", b"1234567", (3, 3)),
    ],
    ids=["empty", "garbage", "png_without_header", "short_raw", "raw_without_size", "no_rows", "odd_nv12"],
)
def test_damaged_pictures(name, payload, size):
    with pytest.raises(ImageError):
        decode.decode_frame(Frame(name, payload, 0.0, size))


def test_truncated_jpeg_is_refused_not_filled_with_grey(picture):
    whole = encoded(np.tile(picture, (8, 8, 1)), "JPEG")
    with pytest.raises(ImageError, match="end marker"):
        decode.decode_frame(Frame("jpeg", whole[: len(whole) // 2], 0.0))


def test_truncated_png_is_refused(picture):
    whole = encoded(np.tile(picture, (8, 8, 1)), "PNG")
    with pytest.raises(ImageError):
        decode.decode_frame(Frame("png", whole[: len(whole) // 2], 0.0))


def test_another_format_than_declared(picture):
    with pytest.raises(FormatError, match="PNG"):
        decode.decode_frame(Frame("jpeg", encoded(picture, "PNG"), 0.0))


def test_unknown_format_names_the_known_ones():
    with pytest.raises(FormatError, match=r"jpeg, png.*got 'gif'"):
        decode.decode_frame(Frame("gif", b"", 0.0))
