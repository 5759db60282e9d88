"""How the answer to one movement grows with it: smoothly, or does a character jump?

One coefficient is raised from rest to its fullest on unseen people, both sides together where it has two,
and nothing else moves.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from engines.backends import Session
from engines.stages.expression import gather_appearance, mirror_name
from engines.stages.pose import rotation_from_euler
from proto.tables import BLENDSHAPES
from training.expression.dataset import HeadFaces, features_of
from training.expression.sampling import IMAGE_HW, Sampling, draw_identities, pose_samples

STEP = 0.05
STEPS = round(1 / STEP) + 1
WINDOW = 2  # steps: a slope is taken over a tenth of the way
YAW_DEG, PITCH_DEG = 25.0, 12.0
ALONE = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")  # both sides would undo each other
SHOWN = (0.1, 0.3, 0.5, 0.7, 1.0)


def partner(name: str) -> str:
    """Name what moves with a coefficient: eyeBlinkLeft -> eyeBlinkRight, eyeLookInLeft -> eyeLookOutRight."""
    other = mirror_name(name)
    if "LookIn" in name:
        return other.replace("LookIn", "LookOut")
    return other.replace("LookOut", "LookIn")


def movement(index: int) -> np.ndarray:
    """Raise a coefficient from 0 to 1 with what goes with it. Shapes: -> (STEPS, 52).

    That is the other side's, the other eye's look the same way, and the jaw for lips that close.
    """
    name, way = BLENDSHAPES[index], np.linspace(0, 1, STEPS)
    weights = np.zeros((STEPS, len(BLENDSHAPES)), np.float32)
    weights[:, index] = way
    if name not in ALONE:
        weights[:, BLENDSHAPES.index(partner(name))] = way
    if name == "mouthClose":
        weights[:, BLENDSHAPES.index("jawOpen")] = way
    return weights


def answer_curves(session: Session, head: HeadFaces, setting: Sampling, people: int, seed: int) -> np.ndarray:
    """Answer to every movement, without noise on the points. Shapes: -> (52, people, STEPS)."""
    rng = np.random.default_rng(seed)
    quiet = dataclasses.replace(setting, noise_low=0, noise_high=0)
    identity = draw_identities(people, setting, rng)
    angles = rng.uniform(-1, 1, (people, 3)) * (YAW_DEG, PITCH_DEG, 0)
    curves = np.empty((len(BLENDSHAPES), people, STEPS), np.float32)
    for index in range(len(BLENDSHAPES)):
        features = []
        for weights in movement(index):
            samples = pose_samples(
                head.basis, head.shift_m, np.tile(weights, (people, 1)), quiet,
                np.random.default_rng(seed), identity, rotation_from_euler(angles),
            )  # fmt: skip
            features.append(features_of(samples.points_px, IMAGE_HW, head.pose))
        inputs = {"features": np.concatenate(features)}
        inputs["appearance"] = gather_appearance([None] * len(inputs["features"]))
        (found,) = session.run(inputs, ["blendshapes"])
        curves[index] = found[:, index].reshape(STEPS, people).T
    return curves


def describe_curve(curve: np.ndarray) -> dict:
    """Describe one coefficient's answers. Shapes: (people, STEPS).

    Returns: the mean answer at some strengths; the steepest tenth of the mean answer, and of the person at
    the 95th percentile; how far the mean answer ever falls back.
    """
    mean, way = curve.mean(axis=0), WINDOW * STEP
    each = ((curve[:, WINDOW:] - curve[:, :-WINDOW]) / way).max(axis=1)
    return {
        "at": [round(float(mean[round(value / STEP)]), 3) for value in SHOWN],
        "slope": round(float((mean[WINDOW:] - mean[:-WINDOW]).max() / way), 2),
        "slope_95": round(float(np.percentile(each, 95)), 2),
        "fall": round(float((np.maximum.accumulate(mean) - mean).max()), 3),
    }


def measure_response(
    session: Session, head: HeadFaces, setting: Sampling, people: int = 40, seed: int = 2026
) -> dict:
    """Measure every coefficient that the head has and that is estimated."""
    curves = answer_curves(session, head, setting, people, seed)
    each = {name: describe_curve(curves[i]) for i, name in enumerate(BLENDSHAPES) if curves[i].any()}
    steepest = max(each, key=lambda name: each[name]["slope"])
    return {
        "people": people,
        "steepest": each[steepest]["slope"],
        "steepest_name": steepest,
        "largest_fall": max(entry["fall"] for entry in each.values()),
        "strengths": list(SHOWN),
        "coefficients": each,
    }
