"""JPEG decode with the real nvImageCodec, which also works without a GPU: same calls, faults, orientation."""

import io

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image

from engines.gpu import jpeg
from engines.stages.decode import decode_encoded


class NoStream:
    """Stands for a stream: without a GPU nothing is queued."""

    handle = 0

    def synchronize(self) -> None:
        pass


@pytest.fixture(scope="module")
def decoder():
    codec = pytest.importorskip("nvidia.nvimgcodec", reason="nvImageCodec is not installed")
    backends = [codec.Backend(codec.CPU_ONLY)]
    decoder = codec.Decoder(
        device_id=codec.NVIMGCODEC_DEVICE_CPU_ONLY, backends=backends, options=jpeg.OPTIONS
    )
    return jpeg.JpegDecoder(codec, decoder)


def encode(image: np.ndarray, **options) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "jpeg", quality=90, **options)
    return file.getvalue()


def test_pictures_are_those_of_opencv(decoder):
    grey = skimage.data.chelsea()[..., 1]
    payloads = [encode(skimage.data.chelsea()), encode(skimage.data.astronaut(), subsampling=0), encode(grey)]
    for image, payload in zip(decoder.decode(payloads, NoStream()), payloads, strict=True):
        expected = decode_encoded(payload, "jpeg", 10**6)
        assert jpeg.is_rgb8(image) and tuple(image.shape) == expected.shape
        assert np.abs(np.asarray(image.cpu()).astype(int) - expected).max() <= 2


def test_a_turned_picture_is_set_upright(decoder):
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turned by a quarter
    payload = encode(skimage.data.chelsea(), exif=exif.tobytes())
    (image,) = decoder.decode([payload], NoStream())
    expected = decode_encoded(payload, "jpeg", 10**6)
    assert expected.shape == (451, 300, 3) and tuple(image.shape) == expected.shape


@pytest.mark.parametrize("broken", [b"", b"nonsense", encode(skimage.data.chelsea())[:700]])
def test_a_broken_picture_leaves_its_neighbours_alone(decoder, broken):
    whole = encode(skimage.data.chelsea())
    first, none, last = decoder.decode([whole, broken, whole], NoStream())
    assert none is None and np.array_equal(np.asarray(first.cpu()), np.asarray(last.cpu()))
    assert decoder.decode([broken], NoStream()) == [None]
    assert decoder.decode([], NoStream()) == []


def test_a_failing_library_leaves_the_batch_to_the_cpu(decoder, monkeypatch, caplog):
    class Broken:
        def decode(self, *arguments, **options):
            raise RuntimeError("no memory")

    monkeypatch.setattr(decoder, "_decoder", Broken())
    assert decoder.decode([encode(skimage.data.chelsea())] * 2, NoStream()) == [None, None]
    assert "no memory" in caplog.text


def test_the_probe_tells_right_pictures_from_wrong_ones(decoder):
    assert jpeg._is_right(decoder, NoStream())

    class Swapped:
        """Gives blue for red, as a decoder with the wrong colour order would."""

        def decode(self, payloads, stream):
            bgr = cv2.imdecode(np.frombuffer(payloads[0], np.uint8), cv2.IMREAD_COLOR)
            return [type("Picture", (), {"cpu": lambda self: bgr})()]

    assert not jpeg._is_right(Swapped(), NoStream())


def test_without_a_gpu_the_reason_is_told():
    decoder, reason = jpeg.try_open(0, NoStream())
    if decoder is not None:
        pytest.skip("there is a GPU with nvImageCodec here")
    assert reason
