"""Detect: the improved MTCNN cascade, from images to face boxes with five points.

P-Net slides over a pyramid of shrunken images and proposes windows, R-Net throws most of them away,
O-Net decides and marks five points. Between stages boxes are moved by the network's offsets, thinned
by non-maximum suppression and grown to squares. Source: MTHR-Face, section 3; Zhang et al. 2016.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np

from engines import boxes as bx
from engines.backends import Session
from engines.errors import ShapeError
from engines.stages.frames import CpuFrames, Frames

PNET_SIZE, PNET_STRIDE = 12, 2
RNET_SIZE, ONET_SIZE = 24, 48
T = TypeVar("T")


@dataclass(frozen=True)
class DetectorOptions:
    """What to look for and how sure to be.

    Thresholds were chosen on training photographs, never on those that results are reported on.
    """

    min_face_px: float = 24.0  # smaller faces are not looked for
    # The same as a share of the image's shorter side; the larger counts. It keeps the work
    # nearly independent of the camera's resolution.
    min_face_share: float = 0.08
    pyramid_factor: float = 0.709  # 1/sqrt(2): the original's
    pnet_threshold: float = 0.4
    rnet_threshold: float = 0.4
    onet_threshold: float = 0.7
    level_nms: float = 0.5  # IoU, within one pyramid level
    stage_nms: float = 0.7  # IoU, between stages
    nested_nms: float = 0.6  # intersection over the smaller box, at the end
    max_candidates: int = 300  # per image and stage, the best ones


@dataclass(frozen=True)
class Detections:
    """The faces of one image.

    Shapes: boxes (N, 4) at pixel edges, scores (N,) 0..1, five points (N, 5, 2) at pixel centres in
    the picture's order: the subject's right eye, left eye, nose tip, right and left mouth corner.
    """

    boxes_xyxy_px: np.ndarray
    scores: np.ndarray
    five_points_px: np.ndarray

    def __len__(self) -> int:
        return len(self.scores)


@dataclass
class Candidates:
    """Boxes of all images of a batch between two stages; `image` tells whose each one is."""

    boxes: np.ndarray  # (N, 4) float32
    scores: np.ndarray  # (N,) float32
    image: np.ndarray  # (N,) int64

    def take(self, rows: np.ndarray) -> Candidates:
        return Candidates(self.boxes[rows], self.scores[rows], self.image[rows])

    def best(self, count: int) -> Candidates:
        """Keep the best `count` of each image."""
        order = np.lexsort((-self.scores, self.image))
        image = self.image[order]
        rank = np.arange(len(order)) - np.searchsorted(image, image)
        return self.take(order[rank < count])


def run_steps(steps: Generator[None, None, T]) -> T:
    """Do all steps of some work. Returns: what it gives at its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def require_image(image: np.ndarray) -> np.ndarray:
    """Return an image as (H, W, 3) uint8; a grey (H, W) one gets three equal channels.

    Raises: ShapeError if it is anything else.
    """
    if image.dtype == np.uint8 and image.size:
        if image.ndim == 2:
            return cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)
        if image.ndim == 3 and image.shape[2] == 3:
            return image
    raise ShapeError(f"expected an image (H, W, 3) uint8, got {image.shape} {image.dtype}")


def pyramid_sizes(size_hw: tuple[int, int], min_face_px: float, factor: float) -> list[tuple[int, int]]:
    """List the (height, width) of each pyramid level, largest first.

    At the largest level the smallest wanted face is 12 pixels. Empty if no window fits.
    """
    sizes = []
    scale = PNET_SIZE / min_face_px
    while min(size_hw) * scale >= PNET_SIZE:
        sizes.append((round(size_hw[0] * scale), round(size_hw[1] * scale)))
        scale *= factor
    return sizes


class Detector:
    """The cascade over three loaded networks.

    `pnet` maps image (N, H, W, 3) uint8 to score (N, h, w), offsets (N, 4, h, w); `rnet` and `onet` map
    crops to score (N,), offsets (N, 4), and `onet` to points (N, 5, 2) in fractions of the crop.
    """

    def __init__(
        self,
        pnet: Session,
        rnet: Session,
        onet: Session,
        options: DetectorOptions | None = None,
        frames: Frames | None = None,
    ) -> None:
        self._pnet, self._rnet, self._onet = pnet, rnet, onet
        self.options = options or DetectorOptions()
        self._frames = frames or CpuFrames()

    def detect(self, images: list[np.ndarray]) -> list[Detections]:
        """Find every face of every image; each image's faces come best first.

        Shapes: (H, W, 3) uint8 RGB each, sizes may differ. Raises: ShapeError on another kind.
        """
        return run_steps(self.detect_in_steps(images))

    def detect_in_steps(self, images: list[np.ndarray]) -> Generator[None, None, list[Detections]]:
        """Do as `detect`, in a few steps of about the same time with room for other work between them."""
        images = [require_image(image) for image in images]
        candidates = yield from self._propose(images)
        yield
        candidates = self.refine(images, candidates)
        yield
        scores, refined, points = self._run_onet(images, candidates)
        found = []
        for index in range(len(images)):
            rows = np.flatnonzero((candidates.image == index) & (scores > self.options.onet_threshold))
            rows = rows[bx.drop_nested(refined[rows], scores[rows], self.options.nested_nms)]
            found.append(Detections(refined[rows], scores[rows], points[rows]))
        return found

    def check(self, images: list[np.ndarray], boxes: list[np.ndarray]) -> list[Detections]:
        """Ask O-Net alone about given boxes, one batch over all images.

        Shapes: per image (n, 4) face boxes; the same number and order come back, whatever the scores.
        """
        images = [require_image(image) for image in images]
        given = [bx.require_boxes(b) for b in boxes]
        counts = [len(b) for b in given]
        if len(images) != len(given):
            raise ShapeError(f"expected boxes for {len(images)} images, got {len(given)}")
        stacked = np.concatenate([*given, np.zeros((0, 4), np.float32)])
        candidates = Candidates(
            bx.square_boxes(stacked),
            np.ones(len(stacked), np.float32),
            np.repeat(np.arange(len(images)), counts),
        )
        scores, refined, points = self._run_onet(images, candidates)
        ends = np.cumsum(counts)
        return [
            Detections(refined[e - c : e], scores[e - c : e], points[e - c : e])
            for e, c in zip(ends, counts, strict=True)
        ]

    def propose(self, images: list[np.ndarray]) -> Candidates:
        """Stage 1: P-Net over the pyramids. Returns square candidates."""
        return run_steps(self._propose(images))

    def _propose(self, images: list[np.ndarray]) -> Generator[None, None, Candidates]:
        of_size: dict[tuple[int, int], list[int]] = {}
        for index, image in enumerate(images):
            of_size.setdefault(image.shape[:2], []).append(index)
        parts = []
        for owners in of_size.values():
            for level, part in enumerate(self._run_pyramid(images, owners)):
                parts.append(part)
                if level == 0:  # it is as large as all the others together
                    yield
        if not parts:
            return Candidates(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, int))
        windows, scores, offsets, image = (np.concatenate(p) for p in zip(*parts, strict=True))
        level = np.repeat(np.arange(len(parts)), [len(p[1]) for p in parts])
        kept = bx.nms(windows, scores, image * len(parts) + level, self.options.level_nms)
        kept = kept[bx.nms(windows[kept], scores[kept], image[kept], self.options.stage_nms)]
        moved = bx.square_boxes(bx.regress_boxes(windows[kept], offsets[kept]))
        return Candidates(moved, scores[kept], image[kept]).best(self.options.max_candidates)

    def refine(self, images: list[np.ndarray], candidates: Candidates) -> Candidates:
        """Stage 2: R-Net on every candidate in one batch. Returns square candidates."""
        if not len(candidates.boxes):
            return candidates
        boxes, crops = self._crops(images, candidates, RNET_SIZE)
        scores, offsets = self._rnet.run({"image": crops}, ["score", "offsets"])
        passed = np.flatnonzero(scores > self.options.rnet_threshold)
        kept = passed[bx.nms(boxes[passed], scores[passed], candidates.image[passed], self.options.stage_nms)]
        moved = bx.square_boxes(bx.regress_boxes(boxes[kept], offsets[kept]))
        return Candidates(moved, scores[kept], candidates.image[kept])

    def _run_pyramid(self, images: list[np.ndarray], owners: list[int]) -> Iterator[tuple]:
        """Run P-Net over each level of the images of one size, all of them in one batch."""
        size_hw = images[owners[0]].shape[:2]
        smallest = max(self.options.min_face_px, self.options.min_face_share * min(size_hw), PNET_SIZE)
        source = [images[owner] for owner in owners]
        for size in pyramid_sizes(size_hw, smallest, self.options.pyramid_factor):
            batch = self._frames.shrink(source, size)
            if isinstance(source, list):
                source = batch  # the smaller levels start from the largest, not from the camera's size
            yield self._run_pnet(images, np.array(owners), batch)

    def _run_pnet(self, images: list[np.ndarray], owners: np.ndarray, batch: np.ndarray) -> tuple:
        score, offsets = self._pnet.run({"image": batch}, ["score", "offsets"])
        item, row, column = np.nonzero(score > self.options.pnet_threshold)
        owner = owners[item]
        sizes_wh = np.array([image.shape[1::-1] for image in images], dtype=np.float32)
        step = sizes_wh[owner] / np.array(batch.shape[2:0:-1], dtype=np.float32)
        corner = np.stack([column, row], axis=1).astype(np.float32) * PNET_STRIDE
        windows = np.concatenate([corner * step, (corner + PNET_SIZE) * step], axis=1)
        return windows, score[item, row, column], offsets[item, :, row, column], owner

    def _run_onet(
        self, images: list[np.ndarray], candidates: Candidates
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Score, move and mark every candidate: -> (N,), (N, 4), (N, 5, 2)."""
        if not len(candidates.boxes):
            return np.zeros(0, np.float32), np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32)
        boxes, crops = self._crops(images, candidates, ONET_SIZE)
        scores, offsets, fractions = self._onet.run({"image": crops}, ["score", "offsets", "points"])
        width_height = (boxes[:, 2:] - boxes[:, :2])[:, None]
        points = boxes[:, None, :2] + fractions * width_height + bx.EDGE_TO_CENTRE
        return scores, bx.regress_boxes(boxes, offsets), points

    def _crops(
        self, images: list[np.ndarray], candidates: Candidates, size: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cut all candidates: the whole-pixel boxes (N, 4) float32 and crops (N, size, size, 3)."""
        whole = bx.round_boxes(candidates.boxes)
        return whole.astype(np.float32), self._frames.cut_boxes(images, whole, candidates.image, size)
