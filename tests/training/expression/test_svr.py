"""Support vectors: the torch module equals scikit-learn, and the choice is made across identities."""

import numpy as np
import pytest
import torch

from training.expression import svr
from training.expression.measure import icc31
from training.expression.svr import Candidate, Projection, Spread


def toy(count: int = 120) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    features = rng.normal(0, 1, (count, 12)).astype(np.float32)
    units = np.tile((features[:, :1] + 2).clip(0, 5), (1, 18)) * np.linspace(0.2, 1, 18)
    return features, units


@pytest.mark.parametrize("kernel", ["rbf", "linear"])
def test_module_equals_scikit_learn(kernel):
    features, units = toy()
    candidate = Candidate("points", 6, kernel, 0.5, 2.0)
    spread = Spread(np.linspace(1, 1.4, 18), np.linspace(-0.5, 0.1, 18))
    module = svr.as_module(candidate, features, units, spread)
    projection = Projection(features, 6)
    models = svr.fit_units(candidate, projection(features), units)
    wanted = np.stack([model.predict(projection(features)) for model in models], axis=1)
    wanted = wanted * spread.gain + spread.offset
    np.testing.assert_allclose(module(torch.from_numpy(features)).numpy(), wanted, atol=2e-3)
    assert module.source == "points"


def test_projection_centres_and_evens_out():
    rng = np.random.default_rng(2)
    features = rng.normal(3, 1, (500, 5)) * (10, 5, 1, 1, 0.001)
    x = Projection(features, 3)(features)
    assert x.shape == (500, 3)
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-9)
    assert x.std(axis=0).min() > 0.4 and x.std(axis=0).max() < 1.05


def test_choice_prefers_the_features_that_tell(monkeypatch):
    features, units = toy()
    noise = np.random.default_rng(3).normal(0, 1, features.shape).astype(np.float32)
    candidates = (Candidate("points", 6, "linear", 1, 1.0), Candidate("hidden", 6, "linear", 1, 1.0))
    monkeypatch.setattr(svr, "CANDIDATES", candidates)
    kinds, people = {"points": noise, "hidden": features}, np.repeat(np.arange(20), 6)
    best, spread, scores = svr.choose(kinds, units, people)
    assert best.features == "hidden" and len(scores) == 2 and spread.gain.shape == (18,)
    assert scores[1]["icc"] > 0.5 > scores[0]["icc"]


def test_spread_is_that_of_the_truth_and_raises_the_agreement():
    rng = np.random.default_rng(4)
    units = (rng.normal(0, 1, (2000, 18)) + 2.5).clip(0, 5)
    found = 2.5 + 0.75 * (units - 2.5 + rng.normal(0, 0.4, units.shape))
    spread = Spread.match(units, found)
    even = spread(found)
    assert np.abs(even.std(axis=0) - units.std(axis=0)).max() < 0.02 and even.min() >= 0
    assert np.abs(even.mean(axis=0) - units.mean(axis=0)).max() < 0.02
    assert icc31(units[:, 0], even[:, 0]) > icc31(units[:, 0], found[:, 0])
    assert (Spread.match(units, found / 100).gain == Spread.MOST).all()
    assert (Spread.match(units, found * 3).gain == 1).all()
