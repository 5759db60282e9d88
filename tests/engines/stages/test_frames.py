"""Frames on the CPU: decoded one by one, faults kept apart, crops as the stages' own functions cut them."""

import cv2
import numpy as np
import pytest
import skimage.data

from engines import boxes as bx
from engines.errors import FacecastError, ImageError
from engines.face import Frame
from engines.stages import align
from engines.stages.frames import CpuFrames, Decoders


@pytest.fixture
def images():
    return [skimage.data.astronaut(), skimage.data.chelsea()]


def test_a_broken_frame_becomes_its_own_error(images):
    jpeg = cv2.imencode(".jpg", images[0])[1].tobytes()
    frames = [Frame("jpeg", jpeg, 0.0), Frame("jpeg", jpeg[:900], 0.0), Frame("jpeg", jpeg, 0.0)]
    first, broken, last = CpuFrames().decode(frames, 10**6)
    assert first.shape == last.shape == (512, 512, 3)
    assert isinstance(broken, ImageError)
    assert all(isinstance(error, FacecastError) for error in CpuFrames().decode(frames, 1000))


@pytest.mark.parametrize("cores", [1, 4])
def test_pictures_decoded_side_by_side_keep_their_order(images, cores):
    pictures = [np.full((40, 60, 3), shade, np.uint8) for shade in range(0, 250, 10)]
    frames = [Frame("png", cv2.imencode(".png", picture)[1].tobytes(), 0.0) for picture in pictures]
    frames[7] = Frame("png", b"damaged", 0.0)
    decoders = Decoders(cores)
    decoded = decoders.decode(frames, 10**6)
    decoders.close()
    assert isinstance(decoded[7], ImageError)
    for i in set(range(25)) - {7}:
        assert np.array_equal(decoded[i], pictures[i])


def test_crops_come_from_their_own_frames(images):
    matrices = [align.crop_matrix(np.array([200.0, 120.0]), side, 0.1) for side in (90.0, 200.0, 130.0)]
    crops = CpuFrames().warp(images, matrices, [1, 0, 1], 256)
    assert np.array_equal(crops[0], align.warp(images[1], matrices[0]))
    assert np.array_equal(crops[1], align.warp(images[0], matrices[1]))
    assert CpuFrames().warp(images, [], [], 256).shape == (0, 256, 256, 3)


def test_many_crops_are_cut_side_by_side_and_keep_their_order(images):
    rng = np.random.default_rng(0)
    matrices = [align.crop_matrix(rng.uniform(50, 250, 2), rng.uniform(40, 300), 0.1) for _ in range(11)]
    owners = [row % 2 for row in range(11)]
    crops = CpuFrames().warp(images, matrices, owners, 256)
    for crop, matrix, owner in zip(crops, matrices, owners, strict=True):
        assert np.array_equal(crop, align.warp(images[owner], matrix))


@pytest.mark.parametrize("cores", [1, 3])
def test_shared_work_is_all_done_and_its_fault_is_told(cores):
    decoders, done = Decoders(cores), []
    decoders.share(done.extend, 10)
    assert sorted(done) == list(range(10))

    def fail_on_the_last(rows):
        if 9 in rows:
            raise ValueError("row 9")
        done.extend(rows)

    with pytest.raises(ValueError, match="row 9"):
        decoders.share(fail_on_the_last, 10)
    decoders.close()


def test_opencv_starts_no_threads_of_its_own():
    cv2.setNumThreads(2)
    CpuFrames().close()
    assert cv2.getNumThreads() == 1


def test_shrunk_images_are_one_batch(images):
    batch = CpuFrames().shrink(images, (30, 40))
    assert batch.shape == (2, 30, 40, 3)
    assert np.array_equal(batch[1], cv2.resize(images[1], (40, 30), interpolation=cv2.INTER_AREA))
    assert CpuFrames().shrink(batch, (10, 12)).shape == (2, 10, 12, 3)


def test_boxes_come_from_their_own_frames_in_the_given_order(images):
    boxes = np.array([[10, 20, 80, 90], [0, 0, 30, 30], [100, 40, 160, 100]])
    crops = CpuFrames().cut_boxes(images, boxes, [1, 0, 1], 48)
    for crop, box, owner in zip(crops, boxes, [1, 0, 1], strict=True):
        assert np.array_equal(crop, bx.crop_boxes(images[owner], box[None], 48)[0])
    assert CpuFrames().cut_boxes([], np.zeros((0, 4), int), [], 48).shape == (0, 48, 48, 3)
