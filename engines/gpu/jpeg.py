"""JPEG decode on the GPU with NVIDIA's nvImageCodec (nvJPEG and, where the card has one, its JPEG engine).

An optional library (`nvidia-nvimgcodec-cu13` with `nvidia-nvjpeg`): without it frames are decoded on the CPU.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Sequence
from types import ModuleType

import cv2
import numpy as np

from engines.backends.device import Stream

log = logging.getLogger(__name__)

# libjpeg, which decodes on the CPU, interpolates colour; nvJPEG repeats it unless told.
OPTIONS = ":fancy_upsampling=1"
# Two right decoders differ by rounding; a wrong one (swapped channels, a shift) by far more.
PROBE_TOLERANCE = 4.0  # grey levels, mean


class JpegDecoder:
    """Decodes a batch of JPEGs to RGB pictures in the device's memory."""

    def __init__(self, library: ModuleType, decoder) -> None:
        """Take the module nvimgcodec and an open `Decoder` of it; see `try_open`."""
        self._library, self._decoder = library, decoder
        self._params = library.DecodeParams(apply_exif_orientation=True, color_spec=library.ColorSpec.SRGB)

    def decode(self, payloads: Sequence[bytes | memoryview], stream: Stream) -> list:
        """Queue the decoding of all JPEGs.

        Returns: for each an nvImageCodec image (H, W, 3) uint8, or None if it could not be decoded.
        """
        sources = [self._open(payload) for payload in payloads]
        given = [i for i, source in enumerate(sources) if source is not None]
        images: list = [None] * len(payloads)
        if not given:
            return images
        try:
            decoded = self._decoder.decode(
                [sources[i] for i in given], params=self._params, cuda_stream=stream.handle
            )
        except RuntimeError as error:
            # One strange picture must not end the pass of everybody; the CPU decodes this batch.
            log.warning("JPEGs are decoded on the CPU this time, nvImageCodec failed: %s", error)
            return images
        for i, image in zip(given, decoded, strict=True):
            images[i] = image if is_rgb8(image) else None
        return images

    def _open(self, payload: bytes | memoryview):
        """Read a JPEG's header. Returns: its code stream, or None if the library refuses the bytes."""
        try:
            return self._library.CodeStream(np.frombuffer(payload, np.uint8))
        except RuntimeError:
            return None


def is_rgb8(image) -> bool:
    """Tell whether an nvImageCodec image is (H, W, 3) uint8 with pixels that lie together."""
    if image is None or len(image.shape) != 3 or image.shape[2] != 3 or np.dtype(image.dtype) != np.uint8:
        return False
    return tuple(image.strides[1:]) == (3, 1)


def try_open(device_index: int, stream: Stream) -> tuple[JpegDecoder | None, str | None]:
    """Open the decoder and prove it on a picture. Returns: it, or None and why it cannot be used."""
    try:
        # Here, since it writes about codecs that it misses to the error channel as it is imported.
        library = importlib.import_module("nvidia.nvimgcodec")
    except (ImportError, OSError, RuntimeError) as error:
        return None, f"nvImageCodec is not installed, or does not load ({error})"
    try:
        decoder = JpegDecoder(library, library.Decoder(device_id=device_index, options=OPTIONS))
        return (
            (decoder, None) if _is_right(decoder, stream) else (None, "nvImageCodec decoded a wrong picture")
        )
    except Exception as error:  # pybind raises RuntimeError, ValueError and more, by the missing part
        return None, f"nvImageCodec cannot run here ({error})"


def _is_right(decoder: JpegDecoder, stream: Stream) -> bool:
    """Compare a picture with colours, a gradient and an odd size to what the CPU makes of it."""
    y, x = np.mgrid[:75, :101]
    picture = np.stack([x * 2, y * 3, 200 - x], axis=2).astype(np.uint8)
    payload = cv2.imencode(".jpg", picture)[1].tobytes()
    expected = cv2.cvtColor(
        cv2.imdecode(np.frombuffer(payload, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB
    )
    (image,) = decoder.decode([payload], stream)
    if image is None:
        return False
    stream.synchronize()
    found = np.asarray(image.cpu())
    return found.shape == expected.shape and bool(
        np.abs(found.astype(int) - expected).mean() < PROBE_TOLERANCE
    )
