"""`augment.disturb` for a batch on the device: a crop's look changes, its geometry does not.

What is drawn is drawn on the CPU, by the same distributions, so that nothing waits for the device.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training.landmarks.augment import Augmentation

Send = Callable[..., Tensor]  # a small array to the device
GREY = (0.299, 0.587, 0.114)  # of R, G, B (ITU-R BT.601, as OpenCV has it)


def chosen(count: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """Pick the rows that a disturbance meets."""
    return np.flatnonzero(rng.random(count) < share)


def lower_resolution(crop: Tensor, side: int) -> Tensor:
    """Shrink by area and enlarge again. Shapes: (1, 3, S, S) -> same."""
    size = crop.shape[-2:]
    small = F.interpolate(crop, (side, side), mode="area").round_()
    return F.interpolate(small, size, mode="bilinear", align_corners=False).round_()


def gaussian_blur(crops: Tensor, sigma: np.ndarray, send: Send) -> Tensor:
    """Blur each crop by its own sigma, in pixels. Shapes: (N, 3, S, S), (N,) -> (N, 3, S, S)."""
    count, channels = crops.shape[:2]
    radius = min(int(np.ceil(3 * sigma.max())), crops.shape[-1] - 1)
    offsets = np.arange(-radius, radius + 1)
    kernels = np.exp(-(offsets**2) / (2 * sigma[:, None] ** 2))
    kernels[np.abs(offsets) > np.round(3 * sigma[:, None])] = 0  # OpenCV's extent of a kernel
    kernels /= kernels.sum(axis=1, keepdims=True)
    weight = send(np.repeat(kernels, channels, axis=0))  # (N * 3, 2 R + 1)
    x = crops.reshape(1, count * channels, *crops.shape[-2:])
    x = F.conv2d(F.pad(x, (radius, radius, 0, 0), "reflect"), weight[:, None, None, :], groups=x.shape[1])
    x = F.conv2d(F.pad(x, (0, 0, radius, radius), "reflect"), weight[:, None, :, None], groups=x.shape[1])
    return x.view_as(crops).round_()


def median_of_five(a: Tensor, b: Tensor, c: Tensor, d: Tensor, e: Tensor) -> Tensor:
    """Take the median element by element, without sorting.

    Of two pairs, the larger of the minima and the smaller of the maxima stay; the median of five is
    that of these and the fifth.
    """
    low = torch.maximum(torch.minimum(a, b), torch.minimum(c, d))
    high = torch.minimum(torch.maximum(a, b), torch.maximum(c, d))
    return torch.maximum(torch.minimum(low, high), torch.minimum(torch.maximum(low, high), e))


def median_blur(crops: Tensor) -> Tensor:
    """Median over five columns, then five rows: near to OpenCV's 5x5. Shapes: (N, 3, S, S) -> same."""
    for axis in (-1, -2):
        pad = (2, 2, 0, 0) if axis == -1 else (0, 0, 2, 2)
        padded, size = F.pad(crops, pad, "replicate"), crops.shape[axis]
        crops = median_of_five(*(padded.narrow(axis, start, size) for start in range(5)))
    return crops


def change_levels(crops: Tensor, gains: Tensor, gamma: Tensor) -> Tensor:
    """Apply gain and contrast as a look-up table would. Shapes: (N, 3, S, S), (N, 3), (N,) -> same."""
    levels = torch.arange(256, dtype=torch.float32, device=crops.device) / 255
    table = (levels ** gamma[:, None, None]) * gains[:, :, None] * 255  # (N, 3, 256)
    table = table.clamp_(0, 255).floor_()
    return table.gather(2, crops.flatten(2).long()).view_as(crops)


def occluders(count: int, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw rectangles and their colours. Shapes: -> (N, 4) x0 y0 x1 y1, (N, 3)."""
    extent = (rng.uniform(0.1, 0.4, (count, 2)) * size).astype(int)
    corner = (rng.random((count, 2)) * (size - extent)).astype(int)
    return np.hstack([corner, corner + extent]), rng.integers(0, 256, (count, 3))


def cover(crops: Tensor, boxes: Tensor, colours: Tensor) -> Tensor:
    """Fill a rectangle of each crop. Shapes: (N, 3, S, S), (N, 4), (N, 3) -> (N, 3, S, S)."""
    steps = torch.arange(crops.shape[-1], device=crops.device)
    within_x = (steps >= boxes[:, :1]) & (steps < boxes[:, 2:3])  # (N, S)
    within_y = (steps >= boxes[:, 1:2]) & (steps < boxes[:, 3:])
    inside = within_y[:, None, :, None] & within_x[:, None, None, :]
    return torch.where(inside, colours[:, :, None, None].to(crops.dtype), crops)


def disturb_batch(crops: Tensor, setting: Augmentation, rng: np.random.Generator, send: Send) -> Tensor:
    """Change a batch's look, each crop by its own draw; `crops` is overwritten.

    Shapes: (N, 3, S, S) float 0..255 whole values -> same.
    """
    count, size = len(crops), crops.shape[-1]
    for row in chosen(count, setting.low_resolution, rng):
        crops[row : row + 1] = lower_resolution(crops[row : row + 1], int(size / rng.uniform(2, 5)))
    if len(rows := chosen(count, setting.blur, rng)):
        index, sigma = send(rows, torch.int64), rng.uniform(0.5, 2.5, len(rows)) * size / 256
        crops[index] = gaussian_blur(crops[index], sigma, send)
    if len(rows := chosen(count, setting.median, rng)):
        index = send(rows, torch.int64)
        crops[index] = median_blur(crops[index])
    if len(rows := chosen(count, setting.grey, rng)):
        index = send(rows, torch.int64)
        weight = torch.tensor(GREY, device=crops.device).view(1, 3, 1, 1)
        crops[index] = (crops[index] * weight).sum(1, keepdim=True).round_().expand(-1, 3, -1, -1)
    gains = 1 + rng.uniform(-setting.gain, setting.gain, (count, 1))
    gains = gains * (1 + rng.uniform(-setting.colour, setting.colour, (count, 3)))
    gamma = np.exp(rng.uniform(-setting.gain, setting.gain, count))
    crops = change_levels(crops, send(gains), send(gamma))
    if len(rows := chosen(count, setting.noise, rng)):
        index, sigma = send(rows, torch.int64), send(rng.uniform(2, 14, len(rows)))
        generator = torch.Generator(crops.device).manual_seed(int(rng.integers(2**31)))
        noise = torch.randn((len(rows), *crops.shape[1:]), generator=generator, device=crops.device)
        crops[index] = (crops[index] + noise * sigma[:, None, None, None]).round_().clamp_(0, 255)
    if len(rows := chosen(count, setting.occlude, rng)):
        index = send(rows, torch.int64)
        boxes, colours = occluders(len(rows), size, rng)
        crops[index] = cover(crops[index], send(boxes, torch.int64), send(colours))
    return crops
