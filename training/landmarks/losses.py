"""The landmark networks' loss: heat maps, points, the appearance head; and the step that is compiled."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from engines import landmark98
from engines.stages import align
from engines.stages.landmarks import HEATMAP_STRIDE, IMAGE_MEAN, IMAGE_STD
from training.landmarks.mesh import MESH_COUNTS
from training.landmarks.recipe import Recipe
from training.networks.face import FaceNetwork
from training.networks.hrnet import soft_argmax

# Compiling may take minutes; of a job of ten they would be better spent on training without.
COMPILE_SECONDS = 240


def landmark_loss(logits: Tensor, points_crop_px: Tensor, sigma: float, point_weight: float) -> Tensor:
    """Cross-entropy against a Gaussian at the true point, plus L1 of the decoded point, in cells.

    Shapes: (N, K, H, W), (N, K, 2) -> scalar. Points outside the map give no cross-entropy.
    """
    height, width = logits.shape[-2:]
    true = (points_crop_px - (HEATMAP_STRIDE - 1) / 2) / HEATMAP_STRIDE  # (N, K, 2) cells
    columns = torch.arange(width, dtype=true.dtype, device=true.device)
    rows = torch.arange(height, dtype=true.dtype, device=true.device)
    along_x = torch.exp(-((columns - true[..., :1]) ** 2) / (2 * sigma**2))  # (N, K, W)
    along_y = torch.exp(-((rows - true[..., 1:]) ** 2) / (2 * sigma**2))  # (N, K, H)
    along_x = along_x / along_x.sum(-1, keepdim=True).clamp_min(1e-6)
    along_y = along_y / along_y.sum(-1, keepdim=True).clamp_min(1e-6)
    limit = torch.tensor([width - 1, height - 1], device=true.device)
    inside = ((true >= 0) & (true <= limit)).all(-1).to(true.dtype)  # (N, K)
    # Sum over cells of target * log-softmax, with the separable target never formed in full.
    expected = torch.einsum("nkhw,nkh,nkw->nk", logits, along_y, along_x)
    cross_entropy = torch.logsumexp(logits.flatten(2), dim=-1) - expected
    decoded, _ = soft_argmax(logits)
    distance = (decoded - true).abs().sum(-1)
    return (cross_entropy * inside).sum() / inside.sum().clamp_min(1) + point_weight * distance.mean()


def score_loss(output: Tensor, target: Tensor, counts: Tensor) -> Tensor:
    """Mean squared error of scores held in 0..1; beyond, a small slope leads back. Shapes: (N, 52) each."""
    held = output.clamp(0, 1) + 0.01 * (output - output.clamp(0, 1))
    return ((held - target).square() * counts).sum() / counts.sum().clamp_min(1)


def mesh_loss(logits: Tensor, shifts_px: Tensor, mesh_crop_px: Tensor) -> Tensor:
    """L1 from each decoded point and its shift to the mesh's point, in cells; each as MESH_COUNTS says.

    The decoded points are taken as they are: the shifts learn what is left. Faces without a mesh (NaN) count
    nothing. Shifts are in pixels of a 256-pixel crop, the mesh in those of this one.
    Shapes: (N, 98, H, W), (N, 98, 2), (N, 98, 2) -> scalar.
    """
    cells_a_pixel = logits.shape[-1] / align.CROP_SIZE
    with torch.no_grad():
        cells, _ = soft_argmax(logits)
        wanted = (mesh_crop_px - (HEATMAP_STRIDE - 1) / 2) / HEATMAP_STRIDE - cells
        known = wanted.isfinite().all(-1) * torch.tensor(MESH_COUNTS, device=wanted.device)  # (N, 98)
        wanted = wanted.nan_to_num()
    distance = (shifts_px * cells_a_pixel - wanted).abs().sum(-1)
    return (distance * known).sum() / known.sum().clamp_min(1)


def normalise(images: Tensor) -> Tensor:
    """(N, S, S, 3) uint8 RGB -> (N, 3, S, S) float, channels last in memory."""
    x = images.permute(0, 3, 1, 2).float()
    mean = torch.tensor(IMAGE_MEAN, device=x.device).view(1, 3, 1, 1)
    std = torch.tensor(IMAGE_STD, device=x.device).view(1, 3, 1, 1)
    return ((x - mean) / std).contiguous(memory_format=torch.channels_last)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let what takes longer end in a TimeoutError; only the main thread can be interrupted so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError(f"it took more than {seconds:g} s")

    handler = signal.signal(signal.SIGALRM, stop)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, *timer)


class Objective:
    """What a step minimises, compiled where that works."""

    def __init__(self, network: FaceNetwork, recipe: Recipe) -> None:
        self.network, self.recipe = network, recipe
        self._call = self._compute

    def _compute(self, images: Tensor, points: Tensor, scores: Tensor, counts: Tensor):
        with torch.autocast(images.device.type, torch.bfloat16):
            logits, found, shifts = self.network(normalise(images))
        logits, labels = logits.float().contiguous(), points[:, : landmark98.COUNT]
        loss = landmark_loss(logits, labels, self.recipe.sigma, self.recipe.point_weight)
        look = score_loss(found.float(), scores, counts)
        loss = loss + self.recipe.appearance_weight * look
        if points.shape[1] > landmark98.COUNT:
            mesh = mesh_loss(logits, shifts.float(), points[:, landmark98.COUNT :])
            loss = loss + self.recipe.mesh_weight * mesh
        return loss, look

    def __call__(self, batch: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        """Return the loss and the part of it that the scores make, before their weight."""
        return self._call(*batch)

    def compile(self, batches: Sequence[tuple[Tensor, ...]]) -> bool:
        """Compile forward and backward, tried on a batch of each size.

        Where that fails or takes more than COMPILE_SECONDS, say why and go on without.
        """
        compiled = torch.compile(self._compute, dynamic=False)
        kept = {name: value.clone() for name, value in self.network.named_buffers()}
        try:
            with time_limit(COMPILE_SECONDS):
                for batch in batches:
                    compiled(*batch)[0].backward()
                if batches[0][0].is_cuda:
                    torch.cuda.synchronize()  # a kernel's fault shows when it has run
        except Exception as error:  # Triton, its C compiler and cuDNN have kinds of their own
            words = (str(error).splitlines() or [""])[0]
            print(f"not compiled: {type(error).__name__}: {words}", flush=True)
            return False
        finally:
            # The trial leaves no trace: neither gradients nor running statistics.
            self.network.zero_grad(set_to_none=True)
            for name, value in self.network.named_buffers():
                value.copy_(kept[name])
        self._call = compiled
        return True
