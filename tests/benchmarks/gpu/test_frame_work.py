"""Frames before any network: on the CPU as they are, and with the real kernels behind a fake driver."""

import pytest
import skimage.data

from benchmarks.gpu import frame_work
from benchmarks.gpu.pictures import PORTRAIT, find_faces, read_picture
from engines.gpu import geometry
from engines.gpu.frames import GpuFrames
from engines.stages.frames import CpuFrames
from tests.engines.gpu.fake_device import FakeDevice
from tests.engines.gpu.on_cpu import compile_kernels


@pytest.fixture(scope="module")
def made():
    return frame_work.make_frames(skimage.data.astronaut(), 3)


def test_pictures_are_of_a_camera_and_differ(made):
    assert len({frame.payload for frame in made}) == 3
    (image, *_) = CpuFrames().decode(made, frame_work.MAX_PIXELS)
    assert image.shape == (*frame_work.SIZE_HW, 3)
    assert len(find_faces([image])) == 1


def test_the_documents_portrait_has_a_face_for_machines_without_photographs():
    (frame,) = frame_work.make_frames(read_picture(PORTRAIT), 1)
    (image,) = CpuFrames().decode([frame], frame_work.MAX_PIXELS)
    assert find_faces([image])


def test_the_cpu_agrees_with_itself(made):
    told = frame_work.measure_frames(CpuFrames(), made, 0.0)
    assert told["warp_max_grey_levels"] == told["box_max_grey_levels"] == told["jpeg_mean_grey_levels"] == 0
    assert told["frames"] == 3 and told["jpeg"] == "the CPU" and told["decode"]["median_ms"] > 0


def test_frames_on_a_device_are_compared_with_the_cpu(made, tmp_path, monkeypatch):
    device = FakeDevice(compile_kernels(tmp_path))
    monkeypatch.setattr(frame_work, "open_device", lambda: device)
    frames = GpuFrames(device)
    told = frame_work.measure_frames(frames, made, 0.0)
    frames.close()
    assert told["warp_max_grey_levels"] <= 1 and told["box_max_grey_levels"] <= 1
    assert told["jpeg"] == "the CPU"  # the fake has no JPEG decoder


def test_a_wrong_crop_is_seen(made, tmp_path, monkeypatch):
    device = FakeDevice(compile_kernels(tmp_path))
    pack = geometry.pack_crops

    def pack_shifted(*arguments):
        table = pack(*arguments)
        table["inverse"][:, 2] += 3  # pixels to the side
        return table

    monkeypatch.setattr(frame_work, "open_device", lambda: device)
    monkeypatch.setattr(geometry, "pack_crops", pack_shifted)
    frames = GpuFrames(device)
    told = frame_work.measure_frames(frames, made, 0.0)
    frames.close()
    assert told["warp_max_grey_levels"] > 20 and told["box_max_grey_levels"] <= 1
