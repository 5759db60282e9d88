"""The evaluation on a small head: what it counts, and that perfect answers score perfectly."""

from types import SimpleNamespace

import numpy as np

from engines.stages.expression import APPEARANCE, FEATURES
from engines.stages.pose import HeadPose
from training.expression import evaluate
from training.expression.dataset import Examples, HeadFaces
from training.expression.facs import action_units_of
from training.expression.measure import GROUPS


class Oracle:
    """A session that answers with prepared weights."""

    def __init__(self, weights: np.ndarray) -> None:
        self.weights = weights

    def run(self, inputs, outputs):
        assert outputs == ["blendshapes", "action_units"]
        weights = self.weights[: len(inputs["features"])]
        return [weights, action_units_of(weights)]


def small_head(basis) -> HeadFaces:
    head = object.__new__(HeadFaces)
    head.basis, head.shift_m, head.pose = basis, np.zeros((98, 3)), HeadPose()
    head.test_takes = [np.random.default_rng(1).uniform(0, 1, (500, 52)).astype(np.float32)]
    return head


def test_perfect_answers_have_no_error(small_basis):
    head = small_head(small_basis)
    truth = []
    head.examples_of = lambda samples: truth.append(samples.weights_01) or SimpleNamespace(
        features=np.zeros((len(samples.weights_01), FEATURES), np.float32)
    )
    oracle = SimpleNamespace(run=lambda inputs, outputs: Oracle(truth[0]).run(inputs, outputs))
    result = evaluate.measure_heads(oracle, head, 300)
    assert result["mae_all"] == 0 and set(result["groups"]) == set(GROUPS)
    assert result["groups_mean"] == 0 and result["icc_mean"] == 1


def test_leak_counts_the_largest(small_basis):
    weights = np.zeros((10000, 52), np.float32)
    weights[3, 7] = 0.5
    result = evaluate.measure_leak(Oracle(weights), small_head(small_basis), 4)
    assert set(result) == {"mean_face", "people", "people_with_noise"}
    assert result["people"]["largest"] == 0.5 and 0 < result["people"]["above_015"] < 0.01


def test_photographs_are_correlated_by_coefficient():
    rng = np.random.default_rng(2)
    targets = rng.uniform(0, 1, (100, 52)).astype(np.float32)
    examples = Examples(np.zeros((100, FEATURES), np.float32), targets, np.ones_like(targets))
    faces = SimpleNamespace(
        check_examples=lambda: examples, predicted=[], check=np.ones(100, bool),
        appearance=np.zeros((100, APPEARANCE)),
    )  # fmt: skip
    result = evaluate.measure_photographs(Oracle(targets), faces)
    assert result["mean"] == 1 and result["points"] == "labels" and "cheekPuff" not in result["correlation"]
