"""A branch is used exactly if it agrees better than the points alone; the other profile keeps its answer."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from engines import models
from engines.stages.expression import FEATURES
from training.expression import branch
from training.expression.dataset import Examples


@pytest.fixture
def manifest(tmp_path, monkeypatch):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"models": {"expression": {"image_branch_of": ["lite"]}}}))
    monkeypatch.setattr(models, "MANIFEST", path)
    models.manifest.cache_clear()
    yield path
    models.manifest.cache_clear()


def used(path):
    return json.loads(path.read_text())["models"]["expression"]["image_branch_of"]


def test_a_better_branch_is_used_and_a_worse_one_no_longer(manifest):
    assert branch.decide("full", 0.885, 0.884)
    assert used(manifest) == ["full", "lite"]
    assert not branch.decide("full", 0.883, 0.884)
    assert used(manifest) == ["lite"]


def test_no_gain_is_no_reason(manifest):
    assert not branch.decide("lite", 0.884, 0.884)
    assert used(manifest) == []


def test_agreement_compares_the_branch_with_the_points_alone():
    rng = np.random.default_rng(2)
    targets = rng.uniform(0, 1, (100, 52)).astype(np.float32)
    examples = Examples(np.zeros((100, FEATURES), np.float32), targets, np.ones_like(targets))
    appearance = np.full((100, 52), 0.5, np.float32)
    faces = SimpleNamespace(check_examples=lambda: examples, check=slice(None), appearance=appearance)
    noisy = targets + rng.normal(0, 0.3, targets.shape).astype(np.float32)

    def run(inputs, outputs):
        seen = inputs["appearance"][0, 0] == 0.5
        return [targets if seen else noisy, np.zeros((100, 18))]

    with_branch, by_points = branch.agreement(SimpleNamespace(run=run), faces)
    assert with_branch == pytest.approx(1.0) and 0.5 < by_points < 0.9
