"""The paper's landmark metrics: NME, failure rate and area under the CED curve (equations 11-12)."""

from __future__ import annotations

import numpy as np

from engines import landmark98

THRESHOLD = 0.1  # of a failure, and where the area under the curve ends (MTHR-Face, section 5.3)
OUTER_EYE_CORNERS = {
    68: landmark98.OUTER_EYE_CORNERS_68,
    landmark98.COUNT: (landmark98.RIGHT_EYE_OUTER, landmark98.LEFT_EYE_OUTER),
}


def nme(predicted: np.ndarray, truth: np.ndarray, points: slice = slice(None)) -> np.ndarray:
    """Normalised mean error of each face, as a fraction of the distance between outer eye corners.

    Shapes: (N, K, 2), (N, K, 2) -> (N,), K = 68 or 98. `points` picks those averaged; the norm always
    uses the true outer eye corners. Source: MTHR-Face equation 11; 300-W (Sagonas et al. 2013).
    """
    right, left = OUTER_EYE_CORNERS[truth.shape[1]]
    norm = np.linalg.norm(truth[:, right] - truth[:, left], axis=-1)
    error = np.linalg.norm(predicted - truth, axis=-1)[:, points].mean(axis=-1)
    return error / norm


def failure_rate(errors: np.ndarray, threshold: float = THRESHOLD) -> float:
    """Share of faces whose NME is above the threshold. Shapes: (N,) -> scalar 0..1."""
    return float((errors > threshold).mean())


def auc(errors: np.ndarray, threshold: float = THRESHOLD) -> float:
    """Area under the cumulative error distribution up to the threshold, 1 when all errors are 0.

    The exact integral of the step curve: mean of max(0, threshold - error) / threshold.
    """
    return float(np.clip(threshold - errors, 0, None).mean() / threshold)


def cumulative_distribution(errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The CED curve's steps (equation 12): errors in order, and the share of faces of at most each.

    Shapes: (N,) -> (N,), (N,).
    """
    return np.sort(errors), np.arange(1, len(errors) + 1) / max(1, len(errors))


def summarise(errors: np.ndarray) -> dict[str, float | int]:
    """The three figures of some faces, in per cent (AUC: 0..1); empty of values without a face."""
    if not len(errors):
        return {"faces": 0}
    return {
        "faces": len(errors),
        "nme_percent": round(float(errors.mean()) * 100, 3),
        "failure_rate_percent": round(failure_rate(errors) * 100, 3),
        "auc": round(auc(errors), 4),
    }
