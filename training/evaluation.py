"""The paper's landmark metrics: NME, failure rate and area under the CED curve (equations 11-12)."""

from __future__ import annotations

import numpy as np

from engines import landmark98


def nme(predicted: np.ndarray, truth: np.ndarray, points: slice = slice(None)) -> np.ndarray:
    """Normalised mean error of each face, as a fraction of the distance between outer eye corners.

    Shapes: (N, 68, 2), (N, 68, 2) -> (N,). `points` picks those averaged; the norm always uses the
    true outer eye corners. Source: MTHR-Face equation 11; 300-W (Sagonas et al. 2013).
    """
    right, left = landmark98.OUTER_EYE_CORNERS_68
    norm = np.linalg.norm(truth[:, right] - truth[:, left], axis=-1)
    error = np.linalg.norm(predicted - truth, axis=-1)[:, points].mean(axis=-1)
    return error / norm


def failure_rate(errors: np.ndarray, threshold: float = 0.1) -> float:
    """Share of faces whose NME is above the threshold. Shapes: (N,) -> scalar 0..1."""
    return float((errors > threshold).mean())


def auc(errors: np.ndarray, threshold: float = 0.1) -> float:
    """Area under the cumulative error distribution up to the threshold, 1 when all errors are 0.

    The exact integral of the step curve: mean of max(0, threshold - error) / threshold.
    """
    return float(np.clip(threshold - errors, 0, None).mean() / threshold)
