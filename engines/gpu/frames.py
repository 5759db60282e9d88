"""Frames on the GPU: decoded or uploaded once per pass, every crop of a kind cut by one kernel launch.

The twin of engines/stages/frames.py's CpuFrames. Crops stay on the device; a session reads them there, and
its small answer is all that comes back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engines.backends.device import Device, Kernel
from engines.backends.device_array import DeviceArray
from engines.errors import FacecastError
from engines.face import Frame
from engines.gpu import geometry, jpeg
from engines.gpu.memory import GrowingBuffer, GrowingHost, Uploader
from engines.stages.decode import check_encoded
from engines.stages.frames import Decoders

BLOCK = 256  # threads: a multiple of a warp that every GPU takes
LARGEST_GRID = 65535  # blocks in y (CUDA C++ Programming Guide, technical specifications)


# Each kind of crops has memory of its own, since one is still read while another is made.
CROP_KINDS = ("warp", "box", "once", "again")


def image_hw(images, index: int) -> tuple[int, int]:
    """Tell the height and width of one image of a sequence or of a batch."""
    return images.shape[1:3] if isinstance(images, DeviceArray) else images[index].shape[:2]


class DeviceImage:
    """One frame (H, W, 3) uint8 on the device; `np.asarray` brings it to the host."""

    dtype = np.dtype(np.uint8)
    ndim = 3

    def __init__(
        self, frames: GpuFrames, address: int, shape: tuple[int, int, int], pitch: int, source
    ) -> None:
        """`source` keeps the memory alive, or is the host's array that was uploaded."""
        self._frames, self._source = frames, source
        self._host = source if isinstance(source, np.ndarray) else None
        self.address, self.shape, self.pitch = address, shape, pitch
        self.size = math.prod(shape)
        self._pass = frames.passes

    def check_alive(self) -> None:
        """Refuse a frame of an earlier pass, whose memory holds another picture now."""
        if self._pass != self._frames.passes:
            raise FacecastError("expected a frame of this pass, got one of an earlier pass")

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        if self._host is None:
            self.check_alive()
            self._host = self._frames.download(self)
        return self._host if dtype is None else self._host.astype(dtype)


class GpuFrames:
    """The pictures of one pass on one GPU, for one thread at a time."""

    reduces = False  # the GPU decodes a whole picture faster than the CPU a part
    lasting = False  # the next pass's pictures take their place

    def __init__(self, device: Device) -> None:
        """Take an open device and compile the kernels. Raises: BackendError if that fails."""
        self._device = device
        self.stream = device.open_stream()
        warp, box = device.load_kernels(geometry.SOURCE.read_text(), ["warp_crops", "box_crops"])
        self._warp_kernel, self._box_kernel = warp, box
        self._jpeg, self.why_no_jpeg = jpeg.try_open(device.index, self.stream)
        self._pictures, self._loose, self._tables = (Uploader(device, self.stream) for _ in range(3))
        self._home = GrowingHost(device)
        self._crops = {kind: GrowingBuffer(device, self.stream) for kind in CROP_KINDS}
        self._decoders = Decoders()
        self.passes = 0

    def decode(
        self, frames: Sequence[Frame], max_pixels: int, reductions: Sequence[int] = ()
    ) -> list[DeviceImage | FacecastError]:
        """Begin a pass: decode JPEGs on the device, the rest on the CPU, and upload that in one copy."""
        self._device.activate()
        self.passes += 1
        outcomes: list = [None] * len(frames)
        if self._jpeg is not None:
            self._decode_jpegs(frames, max_pixels, outcomes)
        left = [i for i, outcome in enumerate(outcomes) if outcome is None]
        pictures = self._decoders.decode([frames[i] for i in left], max_pixels)
        for i, picture in zip(left, pictures, strict=True):
            outcomes[i] = picture
        return self._upload(outcomes, self._pictures)

    def _decode_jpegs(self, frames: Sequence[Frame], max_pixels: int, outcomes: list) -> None:
        """Fill in the JPEGs that the device decodes; the CPU has the last word on those that it does not."""
        sound = []
        for i, frame in enumerate(frames):
            if frame.format == "jpeg":
                try:
                    check_encoded(frame.payload, "jpeg", max_pixels)
                except FacecastError as error:
                    outcomes[i] = error
                else:
                    sound.append(i)
        if not sound:
            return
        pictures = self._jpeg.decode([frames[i].payload for i in sound], self.stream)
        for i, picture in zip(sound, pictures, strict=True):
            if picture is not None:
                address = picture.__cuda_array_interface__["data"][0]
                outcomes[i] = DeviceImage(self, address, tuple(picture.shape), picture.strides[0], picture)

    def _upload(self, images: Sequence, uploader: Uploader) -> list:
        """Put the arrays among the images onto the device, all in one copy; leave the others."""
        where = [i for i, image in enumerate(images) if isinstance(image, np.ndarray)]
        placed = list(images)
        for i, address in zip(where, uploader.upload([images[i] for i in where]), strict=True):
            height, width, channels = images[i].shape
            placed[i] = DeviceImage(self, address, (height, width, channels), 3 * width, images[i])
        return placed

    def warp(self, images, matrices, owners, size: int) -> DeviceArray:
        """Cut upright crops as `align.warp` does. Shapes: -> (N, size, size, 3) uint8 on the device.

        The crops are valid until the next call.
        """
        crops = geometry.pack_crops(matrices, owners, [image.shape[:2] for image in images])
        return self._cut("warp", self._warp_kernel, images, crops, (size, size))

    def cut_boxes(self, images, boxes: np.ndarray, owners, size: int) -> DeviceArray:
        """Cut whole-pixel boxes as `boxes.crop_boxes` does. Shapes: -> (N, size, size, 3) uint8.

        The crops are valid until the next call.
        """
        table = geometry.pack_boxes(boxes, owners, len(images))
        return self._cut("box", self._box_kernel, images, table, (size, size))

    def shrink(self, images, size_hw: tuple[int, int]) -> DeviceArray:
        """Shrink whole images by area, or a batch that this gave. Shapes: -> (N, height, width, 3) uint8.

        What comes of images is valid until the next images are shrunk, what comes of a batch until the next
        batch is.
        """
        kind = "again" if isinstance(images, DeviceArray) else "once"
        boxes = np.array([(0, 0, *image_hw(images, i)[::-1]) for i in range(len(images))]).reshape(-1, 4)
        table = geometry.pack_boxes(boxes, range(len(images)), len(images))
        return self._cut(kind, self._box_kernel, images, table, size_hw)

    def _cut(
        self, kind: str, kernel: Kernel, images, table: np.ndarray, size_hw: tuple[int, int]
    ) -> DeviceArray:
        shape = (len(table), *size_hw, 3)
        if not len(table):
            return DeviceArray(0, shape, DeviceImage.dtype, self.stream)
        self._device.activate()
        described, places = self._tables.upload([self._describe(images), table])
        crops = self._crops[kind].require(math.prod(shape))
        for start in range(0, len(table), LARGEST_GRID):
            count = min(LARGEST_GRID, len(table) - start)
            target = crops.address + start * math.prod(shape[1:])
            addresses = [np.uint64(a) for a in (described, places + start * table.itemsize, target)]
            grid = (-(-math.prod(size_hw) // BLOCK), count)
            numbers = [np.int32(number) for number in (count, *size_hw)]
            kernel.launch(self.stream, grid, (BLOCK,), [*addresses, *numbers])
        return DeviceArray(crops.address, shape, DeviceImage.dtype, self.stream)

    def _describe(self, images) -> np.ndarray:
        """Tell the kernels where images lie, after uploading those that are not on the device yet."""
        if isinstance(images, DeviceArray):
            count, height, width, _ = images.shape
            addresses = images.address + np.arange(count) * (height * width * 3)
            return geometry.pack_frames(addresses, [(height, width)] * count, [3 * width] * count)
        images = self._upload(images, self._loose)
        for image in images:
            image.check_alive()
        return geometry.pack_frames(
            [image.address for image in images],
            [image.shape[:2] for image in images],
            [image.pitch for image in images],
        )

    def download(self, image: DeviceImage) -> np.ndarray:
        """Bring one frame to the host and wait for it: only the search for new faces needs that."""
        self._device.activate()
        height, width, _ = image.shape
        buffer = self._home.require(height * image.pitch)
        self.stream.copy_to_host(buffer, image, height * image.pitch)
        self.stream.synchronize()
        rows = buffer.view(np.uint8, (height, image.pitch))
        return rows[:, : 3 * width].reshape(height, width, 3).copy()

    def close(self) -> None:
        """Give all memory back, and the device."""
        self._decoders.close()
        self._device.activate()
        self._jpeg = None
        for memory in (self._pictures, self._loose, self._tables, self._home, *self._crops.values()):
            memory.free()
        self.stream.free()
        self._device.close()
