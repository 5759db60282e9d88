"""Train the action units: support vector regression, its features, kernel and C chosen across identities.

Source: MTHR-Face, section 4.3 (SVR from landmark features to 18 intensities). All units share one
kernel and one pool of training faces, so that serving computes one kernel row per face.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.model_selection import GroupKFold
from sklearn.svm import SVR
from tqdm import tqdm

from proto.tables import ACTION_UNITS
from training.expression.measure import icc31
from training.networks.expression import SupportVectors

EPSILON = 0.2  # of 5: errors below this cost nothing, which keeps the vectors few


@dataclass(frozen=True)
class Candidate:
    """One way to do it: features ("points", "hidden" or "weights"), their dimensions, kernel and C."""

    features: str
    dimensions: int
    kernel: str
    gamma: float  # times 1 / dimensions, on features of unit variance
    c: float


CANDIDATES = (
    Candidate("points", 40, "rbf", 0.3, 10.0),
    Candidate("hidden", 40, "rbf", 0.3, 10.0),
    Candidate("weights", 52, "linear", 1.0, 0.1),
    Candidate("weights", 52, "rbf", 0.3, 10.0),
    Candidate("weights", 52, "rbf", 0.1, 10.0),
    Candidate("weights", 52, "rbf", 0.03, 10.0),
)


@dataclass
class Spread:
    """What makes found intensities spread as the true ones: gain and offset (18,) of each unit.

    A regression answers nearer to the middle than the truth lies, the more the less it sees: weak units would
    hardly ever be strong. The gain costs squared error and is kept below `MOST`.
    """

    gain: np.ndarray
    offset: np.ndarray

    MOST = 1.5

    @classmethod
    def match(cls, units: np.ndarray, found: np.ndarray) -> Spread:
        """Compare the truth with what was found on people left out. Shapes: (N, 18), (N, 18)."""
        gain = (units.std(axis=0) / found.std(axis=0).clip(1e-6)).clip(1, cls.MOST)
        return cls(gain, units.mean(axis=0) - gain * found.mean(axis=0))

    def __call__(self, found: np.ndarray) -> np.ndarray:
        return (found * self.gain + self.offset).clip(0, 5)


class Projection:
    """Centre, rotate and scale features to unit variance along their principal axes."""

    def __init__(self, features: np.ndarray, dimensions: int) -> None:
        pca = PCA(min(dimensions, *features.shape), random_state=1).fit(features)
        self.centre = pca.mean_
        # A floor under the variance: the last axes are noise and stay small.
        spread = np.sqrt(pca.explained_variance_ + 0.01 * pca.explained_variance_[0])
        self.matrix = pca.components_.T / spread

    def __call__(self, features: np.ndarray) -> np.ndarray:
        return (features - self.centre) @ self.matrix


def fit_units(candidate: Candidate, x: np.ndarray, units: np.ndarray) -> list[SVR]:
    """Fit one regressor per unit. Shapes: (N, E), (N, 18)."""
    gamma = candidate.gamma / x.shape[1]
    return [
        SVR(kernel=candidate.kernel, gamma=gamma, C=candidate.c, epsilon=EPSILON, cache_size=300).fit(
            x, units[:, index]
        )
        for index in range(units.shape[1])
    ]


def choose(
    features: dict[str, np.ndarray], units: np.ndarray, groups: np.ndarray, folds: int = 3
) -> tuple[Candidate, Spread, list[dict]]:
    """Cross-validate over identities: the candidate of the best mean ICC, its spread, and every score."""
    scores, spreads = [], []
    for candidate in tqdm(CANDIDATES, desc="cross-validation", unit="candidate"):
        found = np.empty_like(units)
        for train, test in GroupKFold(folds).split(units, groups=groups):
            projection = Projection(features[candidate.features][train], candidate.dimensions)
            models = fit_units(candidate, projection(features[candidate.features][train]), units[train])
            x = projection(features[candidate.features][test])
            found[test] = np.stack([model.predict(x) for model in models], axis=1).clip(0, 5)
        spreads.append(Spread.match(units, found))
        even = spreads[-1](found)
        icc = float(np.mean([icc31(units[:, i], even[:, i]) for i in range(units.shape[1])]))
        scores.append({**vars(candidate), "icc": round(icc, 4)})
    best = max(range(len(scores)), key=lambda i: scores[i]["icc"])
    return CANDIDATES[best], spreads[best], scores


def as_float(array) -> torch.Tensor:
    """Make a float32 tensor."""
    return torch.from_numpy(np.asarray(array, np.float32))


def as_module(
    candidate: Candidate, features: np.ndarray, units: np.ndarray, spread: Spread
) -> SupportVectors:
    """Fit on everything and turn the regressors, with their spread, into one torch module."""
    projection = Projection(features, candidate.dimensions)
    x = projection(features)
    models = fit_units(candidate, x, units)
    used = np.unique(np.concatenate([model.support_ for model in models]))
    dual = np.zeros((len(x), len(ACTION_UNITS)))
    for index, model in enumerate(models):
        dual[model.support_, index] = model.dual_coef_[0]
    intercept = np.array([model.intercept_[0] for model in models])
    bias = intercept * spread.gain + spread.offset
    return SupportVectors(
        as_float(x[used]), as_float(dual[used] * spread.gain), as_float(bias),
        None if candidate.kernel == "linear" else candidate.gamma / x.shape[1],
        as_float(projection.matrix), as_float(projection.centre), candidate.features,
    )  # fmt: skip
