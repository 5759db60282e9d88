"""Figures of merit: Pearson r, ICC(3,1), and the error in the nine groups of weights."""

from __future__ import annotations

import numpy as np

from proto.tables import BLENDSHAPES

# Source: "Multi-face real-time facial expression retargeting", Table 5, its groups of coefficients.
GROUPS = {
    "eye close": ("eyeBlink",),
    "eye wide": ("eyeWide",),
    "brow raise": ("browInnerUp", "browOuterUp"),
    "brow anger": ("browDown",),
    "mouth open": ("jawOpen",),
    "jaw left/right": ("jawLeft", "jawRight"),
    "lip roll": ("mouthRoll",),
    "smile": ("mouthSmile",),
    "kiss": ("mouthPucker", "mouthFunnel"),
}
STRONG = 0.3  # a group's error counts where its true weight exceeds this
MOVES = 0.05  # a coefficient moves if its standard deviation exceeds this


def pearson(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of two series; 0 when either does not move. Shapes: (N,), (N,)."""
    a, b = a - a.mean(), b - b.mean()
    norm = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / norm) if norm > 1e-12 else 0.0


def icc31(truth: np.ndarray, found: np.ndarray) -> float:
    """Intraclass correlation ICC(3,1): two raters, consistency, single rating. Shapes: (N,), (N,).

    Source: Shrout & Fleiss 1979: (BMS - EMS) / (BMS + (k - 1) EMS) with k = 2.
    """
    ratings = np.stack([truth, found], axis=1).astype(np.float64)  # (N, 2)
    count = len(ratings)
    between = 2 * ((ratings.mean(axis=1) - ratings.mean()) ** 2).sum() / (count - 1)
    residual = ratings - ratings.mean(axis=1, keepdims=True) - ratings.mean(axis=0) + ratings.mean()
    error = (residual**2).sum() / (count - 1)
    return float((between - error) / (between + error)) if between + error > 1e-12 else 0.0


def group_columns(prefixes: tuple[str, ...]) -> list[int]:
    """Find the coefficients of a group."""
    return [index for index, name in enumerate(BLENDSHAPES) if name.startswith(prefixes)]


def group_errors(truth: np.ndarray, found: np.ndarray) -> dict[str, float]:
    """Mean absolute error per group where the true weight is strong. Shapes: (N, 52), (N, 52)."""
    errors = {}
    for name, prefixes in GROUPS.items():
        columns = group_columns(prefixes)
        strong = truth[:, columns] > STRONG
        errors[name] = float(np.abs(found - truth)[:, columns][strong].mean())
    return errors


def tremor(weights: np.ndarray, columns: np.ndarray) -> float:
    """Measure what goes to and fro from frame to frame: the noise that its second differences would have.

    Of frames that vary independently by sigma it is sigma; what moves evenly has none.
    Shapes: (F, 52), (52,) bool; 0 of fewer than three frames.
    """
    if len(weights) < 3 or not columns.any():
        return 0.0
    second = np.diff(weights[:, columns], n=2, axis=0)
    return float(np.sqrt((second**2).mean(axis=0) / 6).mean())


def correlations(truth: np.ndarray, found: np.ndarray, columns: np.ndarray) -> dict[str, float]:
    """Correlate each of some coefficients that moves. Shapes: (N, 52), (N, 52), (52,) bool."""
    return {
        name: pearson(truth[:, index], found[:, index])
        for index, name in enumerate(BLENDSHAPES)
        if columns[index] and truth[:, index].std() > MOVES
    }
