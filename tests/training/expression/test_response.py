"""The response: what is moved, and how curves are described."""

from types import SimpleNamespace

import numpy as np

from engines.stages.expression import FEATURES
from engines.stages.pose import HeadPose
from proto.tables import BLENDSHAPES
from training.expression.dataset import HeadFaces
from training.expression.response import STEPS, describe_curve, measure_response, movement, partner
from training.expression.sampling import Sampling


def moved(name: str) -> set[str]:
    weights = movement(BLENDSHAPES.index(name))
    assert (weights[0] == 0).all() and weights[-1].max() == 1 and len(weights) == STEPS
    return {BLENDSHAPES[index] for index in np.flatnonzero(weights[-1])}


def test_what_moves_together():
    assert moved("eyeBlinkLeft") == {"eyeBlinkLeft", "eyeBlinkRight"}
    assert moved("jawLeft") == {"jawLeft"}
    assert moved("eyeLookInLeft") == {"eyeLookInLeft", "eyeLookOutRight"}
    assert moved("mouthClose") == {"mouthClose", "jawOpen"}
    assert partner("eyeLookOutRight") == "eyeLookInLeft" and partner("jawOpen") == "jawOpen"


def test_a_leap_and_a_fall_are_seen():
    way = np.linspace(0, 1, STEPS)
    even = describe_curve(np.tile(way, (3, 1)))
    assert even == {"at": [0.1, 0.3, 0.5, 0.7, 1.0], "slope": 1.0, "slope_95": 1.0, "fall": 0.0}
    leap = describe_curve(np.tile(np.where(way > 0.31, 0.8, 0.0), (3, 1)))
    assert leap["slope"] == 8.0 and leap["at"][1] == 0
    one_leaps = np.tile(way, (40, 1))
    one_leaps[:4] = way > 0.51
    described = describe_curve(one_leaps)
    assert described["slope"] < 2.5 and described["slope_95"] == 10.0
    assert describe_curve(np.tile(way * (1.2 - way), (3, 1)))["fall"] > 0.1


def test_every_coefficient_is_answered_but_those_held_at_rest(small_basis):
    head = object.__new__(HeadFaces)
    head.basis, head.shift_m, head.pose = small_basis, np.zeros((98, 3)), HeadPose()
    tongue = BLENDSHAPES.index("tongueOut")

    def answer(inputs, outputs):
        assert outputs == ["blendshapes"] and inputs["features"].shape == (STEPS * 2, FEATURES)
        weights = np.repeat(np.linspace(0, 1, STEPS), 2)[:, None] * np.full(52, 0.5)
        weights[:, tongue] = 0
        return [weights]

    result = measure_response(SimpleNamespace(run=answer), head, Sampling(), people=2)
    assert len(result["coefficients"]) == 51 and "tongueOut" not in result["coefficients"]
    assert result["steepest"] == 0.5 and result["largest_fall"] == 0 and result["people"] == 2
