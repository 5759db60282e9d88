"""Photographs kept on the training device, and crops cut and disturbed there, a batch at a time.

Each photograph is decoded once and turned upright into a square canvas that holds every crop that
`augment.random_crop` could draw of it. In canvas pixels all faces have the same place and size, so that
a batch of crops is one `grid_sample`. Draws have the distributions of `augment.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from engines import landmark98
from engines.stages import align
from engines.stages.expression import mirror_blendshapes
from training.faces import Faces
from training.landmarks.augment import Augmentation, flip_order
from training.landmarks.crops import score_targets, taught_points
from training.landmarks.look import disturb_batch

SHIFT_REACH = 3.0  # standard deviations of the shift that a canvas holds; beyond, a crop's edge is black


def canvas_reach(setting: Augmentation) -> float:
    """Return a canvas's side over that of the upright crop with its customary margin."""
    turn = math.radians(min(setting.rotation_limit_deg, 45.0))
    return setting.scale_high * (math.cos(turn) + math.sin(turn) + 2 * SHIFT_REACH * setting.shift)


def canvas_matrix(points_px: np.ndarray, size: int, reach: float) -> np.ndarray:
    """Place a photograph's canvas: upright by the eye line, centred. Shapes: (98, 2) -> (2, 3)."""
    roll = align.roll_of_eyes(
        points_px[landmark98.RIGHT_EYE].mean(axis=0), points_px[landmark98.LEFT_EYE].mean(axis=0)
    )
    centre, side = align.upright_square(points_px, roll)
    return align.crop_matrix(centre, side * align.CROP_MARGIN * reach, roll, size)


@dataclass(frozen=True)
class Geometry:
    """Where each crop of a batch lies on its canvas, as `augment.random_crop` draws it.

    scale: side over that of the ideal crop. shift: of the centre, in crop sides. angle in radians.
    """

    scale: np.ndarray  # (N,)
    shift: np.ndarray  # (N, 2)
    angle_rad: np.ndarray  # (N,)
    mirrored: np.ndarray  # (N,) bool

    @staticmethod
    def draw(count: int, setting: Augmentation, rng: np.random.Generator) -> Geometry:
        """Draw the places of a batch."""
        limit = setting.rotation_limit_deg
        near = np.clip(rng.normal(0, setting.rotation_sigma_deg, count), -limit, limit)
        angle = np.where(rng.random(count) < 0.5, near, rng.uniform(-limit, limit, count))
        return Geometry(
            rng.uniform(setting.scale_low, setting.scale_high, count),
            rng.normal(0, setting.shift, (count, 2)),
            np.deg2rad(angle),
            rng.random(count) < setting.flip,
        )

    @staticmethod
    def ideal(count: int) -> Geometry:
        """The crops of `align.crop_from_points`: upright, centred, nothing mirrored."""
        zeros = np.zeros(count)
        return Geometry(np.ones(count), np.zeros((count, 2)), zeros, zeros.astype(bool))


class Canvases:
    """Upright photographs on the device: images (N, 3, C, C) uint8, points (N, 98 or 196, 2) in them."""

    def __init__(
        self, faces: Faces, size: int, setting: Augmentation, device: torch.device, threads: int = 1
    ) -> None:
        self.size, self.device, self.reach = size, device, canvas_reach(setting)
        self.label_offset = setting.label_offset
        self.images = torch.empty((len(faces), 3, size, size), dtype=torch.uint8, device=device)
        taught = taught_points(faces.labels)
        points = np.empty(taught.shape, np.float32)

        def fill(row: int) -> None:
            truth = taught[row].astype(np.float64)
            matrix = canvas_matrix(truth[: landmark98.COUNT], size, self.reach)
            canvas = align.warp(faces.decode(row), matrix, size)
            self.images[row] = torch.from_numpy(canvas).permute(2, 0, 1)
            # What the labels mark, without their offset: `cut` adds it after mirroring, as random_crop does.
            square = size / self.reach / align.CROP_MARGIN / np.hypot(*matrix[:, 0])
            truth[: landmark98.COUNT, 0] -= setting.label_offset * square
            points[row] = align.to_crop(truth, matrix)

        # Decoding and warping leave the interpreter's lock, so threads do.
        with ThreadPoolExecutor(max(1, threads)) as pool:
            done = pool.map(fill, range(len(faces)))
            for _ in tqdm(done, total=len(faces), desc="decoding", unit="photo", mininterval=10):
                pass
        self.points = torch.from_numpy(points).to(device)
        self.flip = torch.tensor(flip_order(points.shape[1]), device=device)
        self._half: dict[int, Tensor] = {}

    def send(self, values: np.ndarray, dtype: torch.dtype | None = torch.float32) -> Tensor:
        """Bring a small array to the device without waiting for it."""
        tensor = torch.from_numpy(np.ascontiguousarray(values))
        tensor = tensor if dtype is None else tensor.to(dtype)
        if self.device.type == "cuda":
            return tensor.pin_memory().to(self.device, non_blocking=True)
        return tensor.to(self.device)

    def cut(self, rows: np.ndarray, place: Geometry, size: int) -> tuple[Tensor, Tensor]:
        """Cut crops, as `align.warp` would of the photographs.

        Shapes: (N,) -> (N, 3, size, size) float 0..255 whole values, (N, 98 or 196, 2) crop pixels.
        """
        index = self.send(rows, torch.int64)
        ideal = self.size / self.reach  # canvas pixels a side of the ideal crop
        scale = self.send(size / (ideal * place.scale))[:, None, None]  # crop pixels per canvas pixel
        cos, sin = self.send(np.cos(place.angle_rad)), self.send(np.sin(place.angle_rad))
        centre = (self.size - 1) / 2 + self.send(place.shift * place.scale[:, None] * ideal)[:, None]
        mirrored = self.send(place.mirrored, torch.bool)[:, None, None]
        middle = (size - 1) / 2

        def turned(points: Tensor, sine: Tensor) -> Tensor:
            # Not as a matrix product: a GPU rounds those to TF32, an eighth of a pixel here.
            (x, y), c, s = points.unbind(-1), cos[:, None], sine[:, None]
            return torch.stack([x * c - y * s, x * s + y * c], -1)

        steps = torch.arange(size, dtype=torch.float32, device=self.device) - middle
        rows_y, columns_x = torch.meshgrid(steps, steps, indexing="ij")
        grid = torch.stack([columns_x, rows_y], -1).view(1, -1, 2)  # (1, S * S, 2), from the middle
        mirror = torch.tensor([-1.0, 1.0], device=self.device)
        grid = torch.where(mirrored, grid * mirror, grid)
        source = turned(grid / scale, sin) + centre
        images = self.images[index].float()
        extent = self.size
        while size / (ideal * extent / self.size) < 0.5:
            # As in align.warp: halve by area before bilinear sampling skips pixels.
            images, extent = F.avg_pool2d(images, 2), extent // 2
        # grid_sample's -1..1 spans the canvas's outer edges, half a pixel beyond the first centre.
        source = ((source + 0.5) * 2 / self.size - 1).view(-1, size, size, 2)
        crops = F.grid_sample(images, source, mode="bilinear", padding_mode="zeros", align_corners=False)

        points = turned(self.points[index] - centre, -sin) * scale
        points = torch.where(mirrored, points[:, self.flip] * mirror, points) + middle
        points[:, : landmark98.COUNT, 0] += self.label_offset * ideal / align.CROP_MARGIN * scale[..., 0]
        return crops.round_(), points


class DeviceCrops:
    """Endless batches like those of the CPU's processes: images, points, scores, counts, on the device."""

    def __init__(self, faces: Faces, canvases: Canvases, setting: Augmentation) -> None:
        self.canvases, self.setting = canvases, setting
        targets, counts = score_targets(faces.labels)
        self.targets = torch.from_numpy(targets).to(canvases.device)
        self.counts = torch.from_numpy(counts).to(canvases.device)
        self.twin = torch.tensor(np.asarray(mirror_blendshapes()), device=canvases.device)

    def draw(self, rows: np.ndarray, size: int, seed: int) -> tuple[Tensor, ...]:
        """Draw a batch: images (N, S, S, 3) uint8, points (N, 98 or 196, 2), scores and counts (N, 52)."""
        rng = np.random.default_rng(seed)
        place = Geometry.draw(len(rows), self.setting, rng)
        crops, points = self.canvases.cut(rows, place, size)
        crops = disturb_batch(crops, self.setting, rng, self.canvases.send)
        index = self.canvases.send(rows, torch.int64)
        mirrored = self.canvases.send(place.mirrored, torch.bool)[:, None]
        scores, counts = self.targets[index], self.counts[index]
        return (
            crops.to(torch.uint8).permute(0, 2, 3, 1),
            points,
            torch.where(mirrored, scores[:, self.twin], scores),
            torch.where(mirrored, counts[:, self.twin], counts),
        )

    def batches(self, draws: Iterable[tuple[int, int, int]], batch: int) -> Iterator[tuple[Tensor, ...]]:
        """Make batches of draws (row, seed, crop size); a batch's first seed decides all of it."""
        draws = iter(draws)
        while keys := list(islice(draws, batch)):
            rows = np.array([row for row, _, _ in keys])
            yield self.draw(rows, keys[0][2], keys[0][1])
