"""The crop kernels: the real file compiled for a CPU against OpenCV, and for GPUs by the real NVRTC."""

import cv2
import numpy as np
import pytest
import skimage.data

from engines import boxes as bx
from engines.backends import device_kernels
from engines.gpu import geometry
from engines.stages import align
from tests.engines.gpu.on_cpu import compile_kernels, cut


@pytest.fixture(scope="module")
def kernels(tmp_path_factory):
    return compile_kernels(tmp_path_factory.mktemp("kernels"))


@pytest.fixture(scope="module")
def images():
    """Real photographs of several sizes, odd ones and one with padded rows among them."""
    portrait, cat = skimage.data.astronaut(), skimage.data.chelsea()
    large = cv2.resize(portrait, (1441, 1287), interpolation=cv2.INTER_CUBIC)
    padded = np.zeros((300, 464, 3), np.uint8)
    padded[:, :451] = cat
    return [portrait, cat, large, padded[:, :451]]


def compare_warps(kernels, images, matrices, owners) -> int:
    table = geometry.pack_crops(matrices, owners, [image.shape[:2] for image in images])
    crops = cut(kernels, "warp_crops", images, table, align.CROP_SIZE)
    expected = [align.warp(images[owner], matrix) for matrix, owner in zip(matrices, owners, strict=True)]
    assert all(image.std() > 0 for image in expected)
    return int(np.abs(crops.astype(int) - expected).max())


def test_faces_of_many_frames_are_cut_as_on_the_cpu(kernels, images):
    rng = np.random.default_rng(0)
    owners = rng.integers(0, len(images), 24)
    matrices = []
    for owner in owners:
        height, width = images[owner].shape[:2]
        centre = rng.uniform((0, 0), (width, height))
        matrices.append(align.crop_matrix(centre, rng.uniform(60, 500), rng.uniform(-np.pi, np.pi)))
    assert compare_warps(kernels, images, matrices, owners) <= 1


@pytest.mark.parametrize("side", [520.0, 1100.0, 2300.0])
def test_large_faces_are_halved_first_as_on_the_cpu(kernels, images, side):
    centre = np.array([700.3, 610.8])
    matrix = align.crop_matrix(centre, side, 0.3)
    assert align.count_halvings(matrix, images[2].shape[:2]) >= 1
    assert compare_warps(kernels, images, [matrix], [2]) <= 1


def test_outside_the_frame_is_black(kernels, images):
    far = align.crop_matrix(np.array([5e9, -5e9]), 100.0, 0.0)
    table = geometry.pack_crops([far], [0], [images[0].shape[:2]])
    assert not cut(kernels, "warp_crops", images, table, 256).any()


def test_whole_pixels_are_copied_exactly(kernels, images):
    shift = np.array([[1.0, 0, -100], [0, 1.0, -30]])
    table = geometry.pack_crops([shift], [1], [image.shape[:2] for image in images])
    crop = cut(kernels, "warp_crops", images, table, 256)[0]
    assert np.array_equal(crop, images[1][30:286, 100:356])


@pytest.mark.parametrize("size", [24, 48])
def test_boxes_are_cut_as_on_the_cpu(kernels, images, size):
    """Enlarged, shrunk by whole and by broken factors, and partly outside."""
    rng = np.random.default_rng(size)
    worst = 0
    for owner, image in enumerate(images):
        corner = rng.uniform((-60, -60), image.shape[1::-1], (40, 2))
        side = rng.uniform(4, 400, (40, 1))
        side[:4] = [[size], [2 * size], [3 * size], [1]]
        boxes = bx.round_boxes(np.hstack([corner, corner + side]))
        table = geometry.pack_boxes(boxes, [owner] * len(boxes), len(images))
        crops = cut(kernels, "box_crops", images, table, size)
        expected = bx.crop_boxes(image, boxes, size)
        worst = max(worst, int(np.abs(crops.astype(int) - expected).max()))
    assert worst <= 1


@pytest.mark.parametrize("size_hw", [(150, 200), (107, 142), (75, 53), (512, 512)])
def test_whole_frames_are_shrunk_as_on_the_cpu(kernels, images, size_hw):
    image = images[0]
    table = geometry.pack_boxes(np.array([[0, 0, 512, 512]]), [0], len(images))
    (found,) = cut(kernels, "box_crops", images, table, size_hw)
    expected = cv2.resize(image, size_hw[::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(found.astype(int) - expected).max() <= 1


def test_a_box_far_larger_than_the_frame_costs_no_more_than_the_frame(kernels, images):
    boxes = np.array([[-(2**40), -(2**40), 2**40, 2**40]])
    crops = cut(kernels, "box_crops", images, geometry.pack_boxes(boxes, [0], len(images)), 24)
    assert crops.max() <= 1


def test_the_tables_have_the_layout_of_the_structs(kernels):
    told = [kernels.layout(i) for i in range(7)]
    frame, crop, box = geometry.FRAME, geometry.CROP, geometry.BOX
    assert told == [
        frame.itemsize, crop.itemsize, box.itemsize, frame.fields["pitch"][1],
        crop.fields["frame"][1], crop.fields["halvings"][1], box.fields["frame"][1],
    ]  # fmt: skip


@pytest.mark.parametrize("compute_capability", [(7, 5), (8, 9), (9, 0)])
def test_nvrtc_compiles_the_kernels(compute_capability):
    """The real compiler of a GPU machine; it needs no GPU."""
    reason = device_kernels.why_not()
    if reason:
        pytest.skip(f"the kernels are not compiled for a GPU: {reason}")
    code = device_kernels.compile_kernels(geometry.SOURCE.read_text(), compute_capability)
    assert code.startswith(b"\x7fELF") and b"warp_crops" in code and b"box_crops" in code
