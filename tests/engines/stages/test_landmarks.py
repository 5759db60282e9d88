"""Heat-map decoding against hand-made maps and the exported graph; the reader's batching."""

import cv2
import numpy as np
import pytest

from engines.backends import open_session
from engines.backends import openvino_backend as openvino
from engines.build.verify import SAMPLE
from engines.models import model_path
from engines.stages import align
from engines.stages.landmarks import (
    CROWD,
    KEPT_SPAN_PX,
    SMALL_CROP,
    SMALL_SPAN_PX,
    LandmarkReader,
    decode_heatmaps,
)


def gaussian_logits(points_cells, size=64, sigma=1.2):
    grid = np.arange(size)
    x, y = np.asarray(points_cells)[..., 0], np.asarray(points_cells)[..., 1]
    square = (grid[None, None, None] - x[..., None, None]) ** 2 + (
        grid[None, None, :, None] - y[..., None, None]
    ) ** 2
    return -square / (2 * sigma**2)


def test_decode_finds_the_peak_between_cells():
    truth = np.array([[[10.0, 20.0], [31.5, 31.25], [50.3, 7.8]]])
    decoded = decode_heatmaps(gaussian_logits(truth))
    assert np.allclose(decoded, truth * 4 + 1.5, atol=1e-3)


def test_decode_of_a_single_cell_is_its_centre():
    logits = np.full((1, 1, 4, 4), -1e4)
    logits[0, 0, 2, 1] = 0
    assert np.allclose(decode_heatmaps(logits), [[[5.5, 9.5]]])


@pytest.fixture(scope="module")
def session():
    return open_session(model_path("landmarks_lite"))


def test_exported_graph_gives_points_of_the_crop_and_shares(session):
    crops = np.random.default_rng(0).integers(0, 255, (2, 256, 256, 3), dtype=np.uint8)
    points, confidence = session.run({"image": crops}, ["points", "confidence"])
    assert points.shape == (2, 98, 2) and ((points > 0) & (points < 255)).all()
    assert confidence.shape == (2, 98) and ((confidence >= 0) & (confidence <= 1)).all()


def test_reader_gives_the_same_in_one_batch_as_one_by_one(session):
    reader = LandmarkReader(session, max_batch=2)
    crops = np.random.default_rng(1).integers(0, 255, (3, 256, 256, 3), dtype=np.uint8)
    points, confidence, _ = reader.read(crops)
    single = [reader.read(crop[None]) for crop in crops]
    assert np.allclose(points, np.concatenate([s.points for s in single]), atol=1e-2)
    assert np.allclose(confidence, np.concatenate([s.confidence for s in single]), atol=1e-3)


def test_reader_of_nothing_has_the_right_shapes(session):
    nothing = np.empty((0, 256, 256, 3), np.uint8)
    points, confidence, appearance = LandmarkReader(session).read(nothing)
    assert points.shape == (0, 98, 2) and confidence.shape == (0, 98) and appearance is None
    assert LandmarkReader(session, appearance=True).read(nothing).appearance.shape == (0, 248)


def test_reader_cuts_each_face_out_of_its_own_frame(session):
    rng = np.random.default_rng(2)
    images = [rng.integers(0, 255, size, dtype=np.uint8) for size in ((200, 300, 3), (320, 240, 3))]
    matrices = [align.crop_matrix(np.array([120.0, 90]), side, 0.2) for side in (90.0, 150.0, 60.0)]
    reader = LandmarkReader(session)
    found = reader.read_frames(images, np.array(matrices), [1, 0, 1], np.zeros(3, bool))
    crops = np.array([align.warp(images[i], matrix) for matrix, i in zip(matrices, (1, 0, 1), strict=True)])
    assert np.array_equal(found.points, reader.read(crops).points)


class FakeSession:
    """Answers as a network with an appearance output would."""

    def __init__(self) -> None:
        self.batches = []

    def run(self, inputs, outputs):
        self.batches.append(len(inputs["image"]))
        shapes = {"points": (98, 2), "confidence": (98,), "appearance": (248,)}
        return [np.full((len(inputs["image"]), *shapes[name]), 0.5, np.float32) for name in outputs]


def test_reader_asks_for_appearance_where_the_network_has_it():
    crops = np.zeros((20, 256, 256, 3), np.uint8)
    assert LandmarkReader(FakeSession(), appearance=True).read(crops).appearance.shape == (20, 248)
    assert LandmarkReader(FakeSession()).read(crops).appearance is None


@pytest.mark.parametrize(("max_batch", "batches"), [(8, [8, 8, 4]), (None, [20])])
def test_reader_gives_the_session_no_more_than_it_may(max_batch, batches):
    session = FakeSession()
    reader = LandmarkReader(session, max_batch=max_batch)
    reader.read(np.zeros((20, 256, 256, 3), np.uint8))
    assert session.batches == batches
    assert reader.read(np.zeros((0, 256, 256, 3), np.uint8)).points.shape == (0, 98, 2)


def crops_that_span(*sides_px: float) -> np.ndarray:
    return np.array([align.crop_matrix(np.array([120.0, 90]), side, 0.2) for side in sides_px])


def test_a_small_crop_is_for_faces_of_a_crowd_without_more_detail_and_kept_a_little_longer():
    reader = LandmarkReader(None, small_size=SMALL_CROP)
    crops = crops_that_span(SMALL_SPAN_PX - 1, SMALL_SPAN_PX + 1, KEPT_SPAN_PX + 1)
    many, few = [CROWD] * 3, [CROWD, CROWD - 1, 1]
    assert reader.choose_small(crops, many, [False] * 3).tolist() == [True, False, False]
    assert reader.choose_small(crops, many, [True] * 3).tolist() == [True, True, False]
    assert reader.choose_small(crops, few, [True] * 3).tolist() == [True, False, False]
    assert not LandmarkReader(None).choose_small(crops, many, [True] * 3).any()


def test_crops_of_both_sizes_give_pixels_of_the_large_one_in_the_order_asked_for():
    model = model_path("landmarks_lite")
    session = openvino.open_session(model, 1, item_sizes=[SMALL_CROP])
    reader = LandmarkReader(session, True, small_size=SMALL_CROP)
    picture = cv2.cvtColor(cv2.imread(str(SAMPLE)), cv2.COLOR_BGR2RGB)
    # The one face of the picture, thrice.
    matrices = np.array([align.crop_matrix(np.array([226.0, 117]), side, 0.0) for side in (150, 170, 140)])
    small = np.array([True, False, True])
    mixed = reader.read_frames([picture], matrices, [0] * 3, small)
    large = reader.read_frames([picture], matrices, [0] * 3, np.zeros(3, bool))
    assert np.allclose(mixed.points[1], large.points[1], atol=0.01)
    assert np.allclose(mixed.appearance[1], large.appearance[1], atol=0.01)
    for face in (0, 2):
        off = np.linalg.norm(mixed.points[face] - large.points[face], axis=-1)
        assert 0 < off.mean() < 3  # pixels of 256
