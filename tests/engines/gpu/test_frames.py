"""The frame on a GPU, with the real kernels compiled for the CPU and a fake in place of the driver."""

import sys
import weakref

import cv2
import numpy as np
import pytest
import skimage.data

from engines.errors import FacecastError, FormatError, ImageError, ShapeError
from engines.face import Frame
from engines.gpu import frames as gpu_frames
from engines.gpu import jpeg
from engines.gpu.frames import GpuFrames
from engines.pipeline import Pipeline
from engines.stages import align
from engines.stages.detect import Detector
from engines.stages.frames import CpuFrames
from engines.stages.landmarks import LandmarkReader
from tests.engines.gpu.fake_device import FakeDevice, FakeDeviceSession, to_host
from tests.engines.gpu.on_cpu import compile_kernels


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return compile_kernels(tmp_path_factory.mktemp("kernels"))


@pytest.fixture
def device(library):
    return FakeDevice(library)


@pytest.fixture
def gpu(device):
    frames = GpuFrames(device)
    yield frames
    frames.close()


def jpeg_of(image: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


@pytest.fixture(scope="module")
def images():
    return [skimage.data.astronaut(), skimage.data.chelsea(), skimage.data.coffee()]


def raw(image: np.ndarray) -> Frame:
    return Frame("rgb8", image.tobytes(), 0.0, image.shape[:2])


def test_a_pass_of_frames_is_one_copy(gpu, device, images):
    decoded = gpu.decode([raw(image) for image in images], 10**7)
    assert device.counts["to device"] == 1
    for image, on_device in zip(images, decoded, strict=True):
        assert on_device.shape == image.shape and np.array_equal(np.asarray(on_device), image)


def test_crops_are_those_of_the_cpu(gpu, images):
    decoded = gpu.decode([raw(image) for image in images], 10**7)
    matrices = [
        align.crop_matrix(np.array([210.0, 130.0]), side, 0.2) for side in (120.0, 200.0, 560.0, 90.0)
    ]
    owners = [2, 0, 1, 0]
    found = to_host(gpu.warp(decoded, matrices, owners, 256)).astype(int)
    assert np.abs(found - CpuFrames().warp(images, matrices, owners, 256)).max() <= 1
    boxes = np.array([[-5, 10, 60, 75], [100, 90, 130, 120], [0, 0, 300, 300]])
    found = to_host(gpu.cut_boxes(decoded, boxes, [1, 0, 2], 48)).astype(int)
    assert np.abs(found - CpuFrames().cut_boxes(images, boxes, [1, 0, 2], 48)).max() <= 1


def test_pyramids_are_those_of_the_cpu(gpu, device, images):
    decoded = gpu.decode([raw(images[0]), raw(np.flipud(images[0]))], 10**7)
    device.counts.clear()
    first = gpu.shrink(decoded, (150, 160))
    again = gpu.shrink(first, (106, 113))
    assert device.counts == {"to device": 2, "launch": 2}  # the tables; no picture travels
    cpu = CpuFrames()
    expected = cpu.shrink([images[0], np.flipud(images[0])], (150, 160))
    assert np.abs(to_host(first).astype(int) - expected).max() <= 1
    assert np.abs(to_host(again).astype(int) - cpu.shrink(expected, (106, 113))).max() <= 2
    assert gpu.shrink([], (20, 30)).shape == (0, 20, 30, 3)


def test_work_does_not_grow_with_the_faces(gpu, device, images):
    decoded = gpu.decode([raw(image) for image in images], 10**7)
    matrix = align.crop_matrix(np.array([210.0, 130.0]), 150.0, 0.0)
    counts = []
    for count in (1, 60):
        device.counts.clear()
        to_host(gpu.warp(decoded, [matrix] * count, [count % 3] * count, 256))
        counts.append(dict(device.counts))
    assert counts[0] == {"to device": 1, "launch": 1, "synchronize": 1}
    # The tables of 60 faces need larger buffers once; afterwards the work is the same.
    device.counts.clear()
    to_host(gpu.warp(decoded, [matrix] * 60, [0] * 60, 256))
    assert device.counts == counts[0] and counts[1]["launch"] == 1


def test_more_crops_than_a_grid_takes_are_cut_in_turns(gpu, device, images, monkeypatch):
    monkeypatch.setattr(gpu_frames, "LARGEST_GRID", 4)
    decoded = gpu.decode([raw(image) for image in images], 10**7)
    boxes = np.array([[10 * i, 5 * i, 10 * i + 40, 5 * i + 40] for i in range(9)])
    device.counts.clear()
    found = to_host(gpu.cut_boxes(decoded, boxes, [i % 3 for i in range(9)], 24)).astype(int)
    assert device.counts["launch"] == 3
    expected = CpuFrames().cut_boxes(images, boxes, [i % 3 for i in range(9)], 24)
    assert np.abs(found - expected).max() <= 1


def test_passes_that_nobody_waits_for_do_not_disturb_each_other(gpu, images):
    """Every upload waits for the last one to have read its memory: otherwise pixels would be mixed."""
    matrix = [align.crop_matrix(np.array([210.0, 130.0]), 150.0, 0.0)]
    for image in images:
        (decoded,) = gpu.decode([raw(image)], 10**7)
        gpu.warp([decoded], matrix, [0], 256)
        crop = gpu.warp([decoded], matrix, [0], 256)
    expected = CpuFrames().warp(images, matrix, [2], 256)
    assert np.abs(to_host(crop).astype(int) - expected).max() <= 1


def test_faults_stay_with_their_frames(gpu, images):
    whole = jpeg_of(images[0])
    frames = [Frame("jpeg", whole[:500], 0.0), Frame("jpeg", whole, 0.0), Frame("gif", b"", 0.0)]
    broken, fine, unknown = gpu.decode(frames, 10**7)
    assert isinstance(broken, ImageError) and isinstance(unknown, FormatError)
    assert fine.shape == images[0].shape


def test_a_frame_of_an_earlier_pass_is_refused(gpu, images):
    (old,) = gpu.decode([raw(images[0])], 10**7)
    gpu.decode([raw(images[1])], 10**7)
    with pytest.raises(FacecastError, match="earlier pass"):
        gpu.warp([old], [np.eye(2, 3)], [0], 256)


def test_an_index_without_a_frame_is_refused_before_the_launch(gpu, device, images):
    decoded = gpu.decode([raw(images[0])], 10**7)
    with pytest.raises(ShapeError, match="1 frames"):
        gpu.warp(decoded, [np.eye(2, 3)], [1], 256)
    with pytest.raises(ShapeError, match="1 frames"):
        gpu.cut_boxes(decoded, np.array([[0, 0, 9, 9]]), [-1], 48)
    assert "launch" not in device.counts


def test_no_faces_are_no_work(gpu, device):
    assert gpu.decode([], 10**7) == []
    assert gpu.warp([], [], [], 256).shape == (0, 256, 256, 3)
    assert gpu.cut_boxes([], np.zeros((0, 4), int), [], 48).shape == (0, 48, 48, 3)
    assert not device.counts


def test_plain_arrays_are_uploaded_on_the_way(gpu, images):
    matrix = [align.crop_matrix(np.array([210.0, 130.0]), 150.0, 0.0)]
    crop = to_host(gpu.warp([images[0][:, ::-1]], matrix, [0], 256))
    expected = CpuFrames().warp([np.ascontiguousarray(images[0][:, ::-1])], matrix, [0], 256)
    assert np.abs(crop.astype(int) - expected).max() <= 1


class FakeJpeg:
    """Stands for nvImageCodec: decodes on the CPU into memory with padded rows, and fails where told."""

    def __init__(self, fails=()) -> None:
        self.fails, self.batches = fails, []

    def decode(self, payloads, stream):
        self.batches.append(len(payloads))
        return [None if i in self.fails else FakePicture(payload) for i, payload in enumerate(payloads)]


class FakePicture:
    def __init__(self, payload) -> None:
        bgr = cv2.imdecode(np.frombuffer(payload, np.uint8), cv2.IMREAD_COLOR)
        height, width, _ = bgr.shape
        self._padded = np.full((height, 3 * width + 37), 99, np.uint8)
        self._padded[:, : 3 * width] = bgr[..., ::-1].reshape(height, -1)
        self.shape, self.strides = bgr.shape, (3 * width + 37, 3, 1)
        self.__cuda_array_interface__ = {"data": (self._padded.ctypes.data, False)}


def test_jpegs_are_decoded_on_the_device_in_one_batch_and_read_where_they_lie(gpu, device, images):
    gpu._jpeg = FakeJpeg(fails=(1,))
    payloads = [jpeg_of(image) for image in images]
    frames = [Frame("jpeg", payload, 0.0) for payload in payloads]
    decoded = gpu.decode([*frames, raw(images[0]), Frame("jpeg", payloads[0][:700], 0.0)], 10**7)
    assert gpu._jpeg.batches == [3] and isinstance(decoded.pop(), ImageError)
    expected = CpuFrames().decode([*frames, raw(images[0])], 10**7)
    for on_device, image in zip(decoded, expected, strict=True):
        assert np.array_equal(np.asarray(on_device), image)  # also the one that only the CPU could decode
    matrices = [align.crop_matrix(np.array([210.0, 130.0]), 150.0, 0.0)] * 4
    found = to_host(gpu.warp(decoded, matrices, range(4), 256)).astype(int)
    assert np.abs(found - CpuFrames().warp(expected, matrices, range(4), 256)).max() <= 1


def test_a_picture_on_the_device_outlives_its_copy_on_the_host(gpu, images):
    gpu._jpeg = FakeJpeg()
    (picture,) = gpu.decode([Frame("jpeg", jpeg_of(images[0]), 0.0)], 10**7)
    memory = weakref.ref(picture._source)
    np.asarray(picture)
    assert memory() is not None  # kernels still read it


def test_the_whole_pipeline_finds_the_same_faces(gpu, device, images):
    """Crops of the real kernels against those of the CPU, over three frames of a moving face."""
    pipeline = Pipeline.load("lite", "onnxruntime", threads=1)
    pnet, rnet, onet, _, landmarks = pipeline.networks.sessions
    appearance = pipeline.networks.landmarks.appearance
    frames = [Frame("jpeg", jpeg_of(np.roll(images[0], 3 * i, axis=1)), i / 30) for i in range(3)]
    try:
        expected = follow(pipeline, frames)
        pipeline.networks.detector = Detector(
            FakeDeviceSession(pnet), FakeDeviceSession(rnet), FakeDeviceSession(onet), frames=gpu
        )
        pipeline.networks.landmarks = LandmarkReader(FakeDeviceSession(landmarks), appearance, gpu)
        pipeline.networks.frames = gpu
        found = follow(pipeline, frames)
    finally:
        pipeline.close()
    assert [len(faces) for faces in expected] == [1, 1, 1]
    for mine, theirs in zip(found, expected, strict=True):
        assert len(mine) == 1
        assert np.abs(mine[0].landmarks_px - theirs[0].landmarks_px).max() < 0.5
        assert np.abs(mine[0].blendshapes_01 - theirs[0].blendshapes_01).max() < 0.05


def follow(pipeline: Pipeline, frames: list[Frame]) -> list[list]:
    stream = pipeline.open_stream()
    return [pipeline.process([(stream, frame)])[0].faces for frame in frames]


def test_without_nvimagecodec_the_reason_is_told(gpu, monkeypatch):
    assert gpu.why_no_jpeg
    monkeypatch.setitem(sys.modules, "nvidia.nvimgcodec", None)
    decoder, reason = jpeg.try_open(0, gpu.stream)
    assert decoder is None and reason.startswith("nvImageCodec is not installed")
