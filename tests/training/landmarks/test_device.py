"""Crops cut on the device are those that `augment` and `align` cut, and are drawn alike."""

from typing import ClassVar

import cv2
import numpy as np
import pytest
import torch
from skimage import data
from torch.utils._python_dispatch import TorchDispatchMode

from engines import landmark98
from engines.stages import align
from proto.tables import BLENDSHAPES
from training.faces import Faces
from training.landmarks.augment import Augmentation, random_crop
from training.landmarks.device import Canvases, DeviceCrops, Geometry, canvas_reach

PLAIN = Augmentation(gain=0, colour=0, blur=0, median=0, noise=0, grey=0, occlude=0, low_resolution=0)
CPU = torch.device("cpu")


def face_points(centre: tuple[float, float], eyes_px: float, roll_deg: float, seed: int) -> np.ndarray:
    """Scatter 98 points about a centre, the eyes apart and turned."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-1.2, 1.2, (landmark98.COUNT, 2))
    points[landmark98.RIGHT_EYE] = (-0.5, -0.4) + rng.uniform(-0.1, 0.1, (8, 2))
    points[landmark98.LEFT_EYE] = (0.5, -0.4) + rng.uniform(-0.1, 0.1, (8, 2))
    cos, sin = np.cos(np.deg2rad(roll_deg)), np.sin(np.deg2rad(roll_deg))
    return (points @ np.array([[cos, sin], [-sin, cos]]) * eyes_px + centre).astype(np.float32)


@pytest.fixture(scope="module")
def photographs() -> Faces:
    """A photograph with a face upright, turned, near the edge, and large."""
    picture = np.ascontiguousarray(data.astronaut())
    jpeg = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1].tobytes()
    places = [((225, 120), 45, 0), ((225, 120), 40, 25), ((60, 90), 35, -8), ((256, 256), 190, 5)]
    points = np.stack([face_points(*place, seed) for seed, place in enumerate(places)])
    labels = {"image": np.array([f"{i}.png" for i in range(4)]), "source": np.array(["lfw"] * 4),
              "lm98": points}  # fmt: skip
    return Faces([jpeg] * 4, labels)


@pytest.fixture(scope="module")
def canvases(photographs) -> Canvases:
    return Canvases(photographs, 512, Augmentation(), CPU, threads=2)


def test_places_are_not_computed_by_what_a_gpu_rounds(canvases):
    """Matrix products may run in TF32 on a GPU, which keeps ten bits: an eighth of a pixel of 256."""

    class Calls(TorchDispatchMode):
        names: ClassVar[set[str]] = set()

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            self.names.add(function.overloadpacket.__name__)
            return function(*args, **(kwargs or {}))

    with Calls() as calls:
        canvases.cut(np.arange(2), Geometry.draw(2, PLAIN, np.random.default_rng(0)), 64)
    assert "grid_sampler_2d" in calls.names
    assert not calls.names & {"mm", "bmm", "addmm", "baddbmm", "matmul", "dot", "mv"}


@pytest.mark.parametrize("row", range(4))
def test_an_undisturbed_crop_is_what_align_cuts(photographs, canvases, row):
    crops, points = canvases.cut(np.array([row]), Geometry.ideal(1), 256)
    matrix = align.crop_from_points(photographs.labels["lm98"][row].astype(float))
    expected = align.warp(photographs.decode(row), matrix).astype(float)
    found = crops[0].permute(1, 2, 0).numpy()
    assert np.abs(found - expected).mean() < 3, "a second bilinear sampling softens, by grey levels"
    # Where the picture is smooth the two are the same.
    smooth = cv2.GaussianBlur(expected, (0, 0), 3), cv2.GaussianBlur(found, (0, 0), 3)
    inside = slice(8, -8)
    assert np.abs(smooth[0] - smooth[1])[inside, inside].max() < 4
    truth = align.to_crop(photographs.labels["lm98"][row].astype(float), matrix)
    assert np.abs(points[0].numpy() - truth).max() < 0.01


@pytest.mark.parametrize(
    ("size", "angle_deg", "mirrored"), [(256, 20, False), (160, -30, True), (96, 7, True)]
)
def test_a_placed_crop_is_what_align_cuts_there(photographs, canvases, size, angle_deg, mirrored):
    place = Geometry(
        np.array([1.1]), np.array([[0.03, -0.05]]), np.deg2rad([angle_deg]), np.array([mirrored])
    )
    crops, points = canvases.cut(np.array([1]), place, size)
    truth = photographs.labels["lm98"][1].astype(float)
    eyes = truth[landmark98.RIGHT_EYE].mean(0), truth[landmark98.LEFT_EYE].mean(0)
    roll = align.roll_of_eyes(*eyes)
    centre, side = align.upright_square(truth, roll)
    # The canvas is upright: its axes are the face's.
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    side *= align.CROP_MARGIN
    centre = centre + turn @ (place.shift[0] * 1.1 * side)
    matrix = align.crop_matrix(centre, side * 1.1, roll + np.deg2rad(angle_deg), size)
    expected = align.warp(photographs.decode(1), matrix, size).astype(float)
    moved = align.to_crop(truth, matrix)
    if mirrored:
        expected = expected[:, ::-1]
        moved = moved[landmark98.FLIP] * (-1, 1) + (size - 1, 0)
    assert np.abs(points[0].numpy() - moved).max() < 0.01
    found = crops[0].permute(1, 2, 0).numpy()
    smooth = cv2.GaussianBlur(np.ascontiguousarray(expected), (0, 0), 3), cv2.GaussianBlur(found, (0, 0), 3)
    assert np.abs(smooth[0] - smooth[1])[8:-8, 8:-8].max() < 6


def test_a_canvas_holds_every_crop():
    setting = Augmentation()
    reach = canvas_reach(setting)
    half = setting.scale_high / 2  # of the ideal crop's side
    turn = np.deg2rad(np.linspace(-setting.rotation_limit_deg, setting.rotation_limit_deg, 61))
    corner = half * (np.abs(np.cos(turn)) + np.abs(np.sin(turn))).max()
    assert corner + 2.9 * setting.shift * setting.scale_high <= reach / 2


def place_of(points: np.ndarray, mirrored: bool, size: int, truth: np.ndarray) -> tuple[float, ...]:
    """Recover scale, angle and shift of a crop from where its points lie."""
    if mirrored:
        points = (points * (-1, 1) + (size - 1, 0))[landmark98.FLIP]
    ideal = align.to_crop(truth, align.crop_from_points(truth, size))
    a, b = ideal - ideal.mean(0), points - points.mean(0)
    # The similarity between two point sets, as complex numbers.
    factor = ((b[:, 0] + 1j * b[:, 1]) * (a[:, 0] - 1j * a[:, 1])).sum() / (a**2).sum()
    middle = (size - 1) / 2
    offset = points.mean(0)[0] - middle + 1j * (points.mean(0)[1] - middle)
    face = (ideal.mean(0)[0] - middle + 1j * (ideal.mean(0)[1] - middle)) * factor
    shift = (face - offset) / size
    return 1 / abs(factor), -np.angle(factor, deg=True), shift.real, shift.imag


def test_places_are_drawn_as_on_the_cpu(photographs):
    setting, count, size = PLAIN, 800, 16
    truth = photographs.labels["lm98"][1].astype(float)
    blank = np.zeros((8, 8, 3), np.uint8)
    rng = np.random.default_rng(0)
    expected = [random_crop(blank, truth, setting, rng, size)[1:] for _ in range(count)]
    place = Geometry.draw(count, setting, np.random.default_rng(1))
    _, points = Canvases(photographs, 32, setting, CPU).cut(np.ones(count, int), place, size)
    points = points.numpy()
    first = np.array([place_of(p, m, size, truth) for p, m in expected])
    second = np.array([place_of(p, m, size, truth) for p, m in zip(points, place.mirrored, strict=True)])
    shares = np.linspace(0.05, 0.95, 10)
    spread = first.std(0)
    gap = np.abs(np.quantile(first, shares, axis=0) - np.quantile(second, shares, axis=0)) / spread
    assert gap.max() < 0.3, gap.max(0)
    assert abs(np.mean([m for _, m in expected]) - place.mirrored.mean()) < 0.08


def test_a_mirrored_crop_has_mirrored_scores(photographs, canvases, score_labels):
    labels = {**photographs.labels, **score_labels}
    labels["lm98"] = photographs.labels["lm98"]
    faces = Faces(photographs.images, labels)
    rows = np.array([0, 0])
    plain = DeviceCrops(faces, canvases, Augmentation(flip=0)).draw(rows, 64, 1)
    mirrored = DeviceCrops(faces, canvases, Augmentation(flip=1)).draw(rows, 64, 1)
    left, right = BLENDSHAPES.index("eyeBlinkLeft"), BLENDSHAPES.index("eyeBlinkRight")
    first, second = plain[2][0], mirrored[2][0]
    assert first[left] == second[right] and first[right] == second[left] and first[left] != first[right]


def test_batches_are_like_those_of_the_processes_and_the_same_again(photographs, canvases):
    crops = DeviceCrops(photographs, canvases, Augmentation())
    draws = [(0, 5, 64), (2, 6, 64), (1, 7, 64)]
    batches, again = list(crops.batches(draws, 2)), list(crops.batches(draws, 2))
    assert [len(batch[0]) for batch in batches] == [2, 1]
    image, points, scores, counts = batches[0]
    assert image.shape == (2, 64, 64, 3) and image.dtype == torch.uint8
    assert points.shape == (2, 98, 2) and points.dtype == torch.float32
    assert scores.shape == counts.shape == (2, 52)
    for first, second in zip(batches[0], again[0], strict=True):
        assert torch.equal(first, second)
