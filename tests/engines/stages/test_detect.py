"""The cascade: its geometry with networks that are known functions, the shipped weights on pictures."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from engines import boxes as bx
from engines.backends import open_session
from engines.errors import ShapeError
from engines.models import model_path
from engines.stages import detect
from engines.stages.detect import Candidates, Detector, DetectorOptions

NETWORKS = ("pnet", "rnet", "onet")


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(*(open_session(model_path(name), threads=1) for name in NETWORKS))


class WhiteFinder:
    """Stands for a network: a window's score is its brightness, its box and points are its own."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.batches: list[tuple[int, ...]] = []

    def run(self, inputs, outputs):
        image = inputs["image"]
        self.batches.append(image.shape)
        if self.size == detect.PNET_SIZE:
            rows = range(0, image.shape[1] - 11, 2)
            columns = range(0, image.shape[2] - 11, 2)
            score = np.array([
                [[i[r : r + 12, c : c + 12].mean() / 255 for c in columns] for r in rows] for i in image
            ], np.float32)  # fmt: skip
            results = {"score": score, "offsets": np.zeros((len(image), 4, *score.shape[1:]), np.float32)}
        else:
            points = np.tile(np.float32([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]]),
                             (len(image), 1, 1))  # fmt: skip
            results = {
                "score": image.mean(axis=(1, 2, 3), dtype=np.float32) / 255,
                "offsets": np.zeros((len(image), 4), np.float32),
                "points": points,
            }
        return [results[name] for name in outputs]


def white_detector(**options) -> Detector:
    settings = DetectorOptions(
        min_face_px=24, min_face_share=0, pnet_threshold=0.9, rnet_threshold=0.9, onet_threshold=0.9
    )
    return Detector(*(WhiteFinder(s) for s in (12, 24, 48)), dataclasses.replace(settings, **options))


def white_square(size_hw: tuple[int, int], *corners: tuple[int, int], side: int = 48) -> np.ndarray:
    image = np.zeros((*size_hw, 3), np.uint8)
    for x, y in corners:
        image[y : y + side, x : x + side] = 255
    return image


def test_cascade_maps_windows_back_to_the_image():
    """The square fills one window of the first level, and less than 0.9 of any other."""
    found = white_detector().detect([white_square((160, 200), (96, 48), side=24)])[0]
    assert found.boxes_xyxy_px == pytest.approx(np.array([[96, 48, 120, 72]]), abs=0.5)
    x0, y0, x1, y1 = found.boxes_xyxy_px[0]
    expected = [x0 + 0.3 * (x1 - x0) - 0.5, y0 + 0.4 * (y1 - y0) - 0.5]  # at pixel centres
    assert found.five_points_px[0, 0] == pytest.approx(expected, abs=1e-3)


def test_later_stages_run_one_batch_over_all_images_and_pnet_groups_sizes():
    detector = white_detector()
    images = [white_square((120, 120), (40, 40)), white_square((120, 120), (10, 20)),
              white_square((90, 140), (20, 20))]  # fmt: skip
    found = detector.detect(images)
    assert all(len(f) for f in found)
    levels = len(detect.pyramid_sizes((120, 120), 24, 0.709)), len(detect.pyramid_sizes((90, 140), 24, 0.709))
    batches = detector._pnet.batches
    assert [b[0] for b in batches] == [2] * levels[0] + [1] * levels[1]
    assert len(detector._rnet.batches) == len(detector._onet.batches) == 1


def test_steps_give_what_is_found_in_one_go_and_run_each_network_in_its_own():
    detector = white_detector()
    image = white_square((120, 160), (20, 30))
    ran = []
    for name in ("_pnet", "_rnet", "_onet"):
        session = getattr(detector, name)
        session.run = lambda *given, name=name, run=session.run: ran.append(name) or run(*given)
    steps, in_steps = detector.detect_in_steps([image]), []
    try:
        while True:
            next(steps)
            in_steps.append(ran[:])
            del ran[:]
    except StopIteration as end:
        (found,) = end.value
    in_steps.append(ran[:])
    assert in_steps[0] == ["_pnet"] and set(in_steps[1]) == {"_pnet"}
    assert in_steps[2:] == [["_rnet"], ["_onet"]]
    (expected,) = detector.detect([image])
    assert len(found) and np.array_equal(found.boxes_xyxy_px, expected.boxes_xyxy_px)


def test_nothing_found_gives_empty_arrays_and_asks_no_further_network():
    detector = white_detector()
    found = detector.detect([np.zeros((100, 80, 3), np.uint8)])[0]
    assert found.boxes_xyxy_px.shape == (0, 4) and found.scores.shape == (0,)
    assert found.five_points_px.shape == (0, 5, 2) and not len(found)
    assert detector._rnet.batches == detector._onet.batches == []


def test_pyramid_starts_at_the_smallest_face_and_ends_at_twelve_pixels():
    sizes = detect.pyramid_sizes((480, 640), 40, 0.709)
    assert sizes[0] == (144, 192)
    assert all(min(size) >= 12 for size in sizes) and min(sizes[-1]) * 0.709 < 12
    assert detect.pyramid_sizes((11, 500), 12, 0.709) == []


def test_share_bounds_the_work_on_large_images():
    detector = white_detector(min_face_share=0.1)
    detector.detect([np.zeros((2160, 3840, 3), np.uint8)])
    assert detector._pnet.batches[0] == (1, 120, 213, 3)


def test_candidates_best_keeps_the_best_of_each_image():
    scores = np.array([0.1, 0.9, 0.5, 0.7, 0.3], np.float32)
    candidates = Candidates(np.zeros((5, 4), np.float32), scores, np.array([0, 0, 1, 0, 1]))
    best = candidates.best(2)
    assert sorted(zip(best.image.tolist(), best.scores.round(1).tolist(), strict=True)) == [
        (0, pytest.approx(0.7)), (0, pytest.approx(0.9)), (1, pytest.approx(0.3)), (1, pytest.approx(0.5)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "image", [np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)]
)
def test_detect_refuses_what_is_no_image(image):
    with pytest.raises(ShapeError, match=r"expected an image \(H, W, 3\) uint8"):
        white_detector().detect([image])


def test_check_keeps_number_and_order_and_never_suppresses():
    detector = white_detector()
    image = white_square((100, 100), (30, 30))
    boxes = np.array([[30, 30, 78, 78], [0, 0, 20, 20], [30, 30, 78, 78]], np.float32)
    empty, three = detector.check([image, image], [boxes[:0], boxes])
    assert len(empty) == 0 and three.scores.tolist() == pytest.approx([1, 0, 1])
    assert np.array_equal(three.boxes_xyxy_px, boxes)
    assert len(detector._onet.batches) == 1
    with pytest.raises(ShapeError, match="expected boxes for 1 images, got 2"):
        detector.check([image], [boxes, boxes])


def test_check_of_nothing_is_nothing():
    assert white_detector().check([], []) == []


# From here on: the shipped weights.


def centre_of(box: np.ndarray) -> np.ndarray:
    return (box[:2] + box[2:]) / 2


def test_astronaut_is_found_once_with_points_in_place(detector, astronaut):
    found = detector.detect([astronaut])[0]
    assert len(found) == 1
    box = found.boxes_xyxy_px[0]
    assert bx.iou(box[None], np.array([[172, 60, 272, 178]]))[0, 0] > 0.6
    right_eye, left_eye, nose, right_mouth, left_mouth = found.five_points_px[0]
    assert 190 < right_eye[0] < 215 and 235 < left_eye[0] < 258 and 95 < right_eye[1] < 125
    assert right_eye[0] < nose[0] < left_eye[0] + 5 and right_eye[1] < nose[1] < right_mouth[1]
    assert right_mouth[0] < left_mouth[0] and 132 < left_mouth[1] < 155


def test_a_batch_gives_what_one_by_one_gives(detector, astronaut, coffee):
    mirrored = np.ascontiguousarray(astronaut[:, ::-1])
    images = [astronaut, coffee, mirrored, astronaut[:300, 100:400]]
    together = detector.detect(images)
    for image, batch in zip(images, together, strict=True):
        alone = detector.detect([image])[0]
        assert np.allclose(alone.boxes_xyxy_px, batch.boxes_xyxy_px, atol=0.1)
        assert np.allclose(alone.scores, batch.scores, atol=1e-3)
        assert np.allclose(alone.five_points_px, batch.five_points_px, atol=0.1)


def test_nobody_is_in_a_cup_of_coffee(detector, coffee):
    assert len(detector.detect([coffee])[0]) == 0


@pytest.mark.parametrize("scale", [0.4, 0.7, 1.5, 3.0])
def test_astronaut_is_found_at_many_sizes(detector, astronaut, scale):
    image = cv2.resize(astronaut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = detector.detect([image])[0]
    assert len(found) == 1
    assert np.abs(centre_of(found.boxes_xyxy_px[0]) / scale - (222, 127)).max() < 15


def turned(image: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Turn a picture around its middle; returns the matrix that turned it too."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), matrix


@pytest.mark.parametrize("degrees", [-35, -20, 20, 35])
def test_a_turned_face_is_found_with_its_eyes_turned(detector, astronaut, degrees):
    upright = detector.detect([astronaut])[0].five_points_px[0]
    image, matrix = turned(astronaut, degrees)
    found = detector.detect([image])[0]
    assert len(found) == 1
    eyes = upright[:2] @ matrix[:, :2].T + matrix[:, 2]
    distance = np.hypot(*(eyes[1] - eyes[0]))
    assert np.abs(found.five_points_px[0, :2] - eyes).max() < 0.35 * distance


@pytest.mark.parametrize("side", [26, 30, 36])
def test_a_tiny_face_is_found(detector, astronaut, side):
    """The face is 100 pixels wide and 118 high in the original; the smallest searched is 24."""
    scale = side / 100
    image = cv2.resize(astronaut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = detector.detect([image])[0]
    assert len(found) == 1
    assert np.abs(centre_of(found.boxes_xyxy_px[0]) / scale - (222, 127)).max() < 20


@pytest.mark.parametrize("limit", [4.0, 10.0])
def test_a_face_edited_for_drama_is_found(detector, astronaut, limit):
    """Black and white with raised local contrast: the look that once hid a face from R-Net."""
    grey = cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY)
    assert len(detector.detect([cv2.createCLAHE(limit, (4, 4)).apply(grey)])[0]) == 1


def test_eight_faces_in_one_picture(detector, astronaut):
    face = cv2.resize(astronaut[20:240, 110:330], (160, 160), interpolation=cv2.INTER_AREA)
    image = np.tile(face, (2, 4, 1))
    found = detector.detect([image])[0]
    centres = (found.boxes_xyxy_px[:, :2] + found.boxes_xyxy_px[:, 2:]) / 2
    assert len(found) == 8 and len({tuple(c) for c in (centres // 160).astype(int).tolist()}) == 8


def test_a_grey_picture_and_a_face_at_the_border(detector, astronaut):
    grey = cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY)
    assert len(detector.detect([grey])[0]) == 1
    assert len(detector.detect([np.ascontiguousarray(astronaut[72:, 176:])])[0]) == 1


@pytest.mark.parametrize("size_hw", [(1, 1), (5, 400), (11, 11), (12, 12), (13, 300)])
def test_tiny_images_have_no_face(detector, size_hw):
    assert len(detector.detect([np.full((*size_hw, 3), 120, np.uint8)])[0]) == 0


def test_empty_batch(detector):
    assert detector.detect([]) == []


def test_check_tells_a_face_from_none_and_agrees_with_detect(detector, astronaut):
    found = detector.detect([astronaut])[0]
    boxes = np.concatenate([found.boxes_xyxy_px, [[350, 350, 450, 470]]])
    checked = detector.check([astronaut], [boxes])[0]
    assert checked.scores[0] > 0.9 and checked.scores[1] < 0.3
    side = boxes[0, 2] - boxes[0, 0]
    assert np.abs(checked.five_points_px[0] - found.five_points_px[0]).max() < 0.08 * side
