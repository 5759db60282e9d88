"""What ships of each coefficient: the direct road or the action units', and how much of the image branch.

Everything is chosen on people that neither the regressors nor the image branch learned from (the Congress
portraits and five clips); the six clips on which results are reported choose nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from engines.stages.expression import UNSEEN, mirror_blendshapes
from proto.tables import BLENDSHAPES
from training.expression.dataset import TAUGHT, Examples
from training.expression.facs import blendshapes_of
from training.expression.measure import MOVES, pearson
from training.networks.expression import ServingExpression

# Where no landmark lies: what the drawn heads teach about these is how other points move along.
HIDDEN = ("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "tongueOut")
# A coefficient is declared as estimated from this correlation on held-out people or heads upward.
ESTIMATED_FROM = 0.5
SHARES = np.linspace(0, 1, 11)
# The image branch has to raise the correlation by this much: smaller gains are chance.
GAIN = 0.002
# Where a coefficient moves less than this among some people, they tell nothing of its share.
LITTLE = 0.025


@dataclass
class Check:
    """Held-out people: photographs or clips of `source` (M,), their truth, and what the image branch saw."""

    examples: Examples
    appearance: np.ndarray  # (M, 52)
    source: np.ndarray  # (M,)


def choose_shares(targets: np.ndarray, points: np.ndarray, appearance: np.ndarray, source: np.ndarray):
    """Choose how much of each weight the image branch gives: the share of the best correlation.

    A correlation is taken within each source, portraits or clip, and their mean counts, those in which
    little moves less: clips tell how well a movement is followed, portraits whether people are told apart.
    Both sides of a face get one share. What MediaPipe does not teach, what moves nowhere, and everything
    where there is no image branch, gets none.

    Shapes: (M, 52) thrice, (M,) -> (52,).
    """
    shares = np.zeros(len(BLENDSHAPES), np.float32)
    if (appearance <= UNSEEN / 2).all():
        return shares
    seen, names = appearance.clip(0, 1), np.unique(source)
    curves = np.zeros((len(BLENDSHAPES), len(SHARES)))
    for index in np.flatnonzero(TAUGHT):
        truth, by_points, by_image = (part[:, index] for part in (targets, points, seen))
        for rows in (source == name for name in names):
            trust = min(1.0, truth[rows].std() / MOVES)
            if trust * MOVES > LITTLE:
                curves[index] += [
                    trust * pearson(truth[rows], mix(by_points, by_image, share)[rows]) for share in SHARES
                ]
    curves = (curves + curves[mirror_blendshapes()]) / 2 / len(names)
    better = curves.max(axis=1) > curves[:, 0] + GAIN
    shares[better] = SHARES[curves[better].argmax(axis=1)]
    return shares


def mix(points: np.ndarray, seen: np.ndarray, share) -> np.ndarray:
    """Mix both branches. Shapes: (M, 52), (M, 52), (52,) -> (M, 52), or of one coefficient."""
    return points * (1 - share) + seen * share


def choose(serving: ServingExpression, heads: Examples, people: Check) -> dict[str, dict]:
    """Set what ships of each coefficient in the serving module, and state how good it is.

    Judged on photographs where MediaPipe teaches and the coefficient moves, else on drawn heads.
    Returns: for each coefficient its entry of the manifest.
    """
    roads = {}
    for name, check in (("heads", heads), ("photographs", people.examples)):
        with torch.no_grad():
            direct, units = serving.from_points(torch.from_numpy(check.features))
        roads[name] = (check.targets, direct.numpy(), blendshapes_of(units.numpy()))
    entries = {name: choose_road(index, roads) for index, name in enumerate(BLENDSHAPES)}
    road = np.array([float(entry["road"] == "direct") for entry in entries.values()], np.float32)
    targets, direct, mapped = roads["photographs"]
    points, seen = np.where(road > 0, direct, mapped), people.appearance.clip(0, 1)
    share = choose_shares(targets, points, people.appearance, people.source)
    fused = mix(points, seen, share)
    for index, (name, entry) in enumerate(entries.items()):
        if share[index] > 0 and entry["judged_on"] == "photographs":
            entry["image"] = round(pearson(targets[:, index], seen[:, index]), 3)
            entry["quality"] = round(pearson(targets[:, index], fused[:, index]), 3)
        entry["image_share"] = round(float(share[index]), 2)
        entry["estimated"] = name not in HIDDEN and entry["quality"] >= ESTIMATED_FROM
        if name == "tongueOut":
            entry["quality"] = None
    serving.road.copy_(torch.from_numpy(road))
    serving.share.copy_(torch.from_numpy(share))
    serving.estimated.copy_(torch.tensor([float(entry["estimated"]) for entry in entries.values()]))
    return entries


def choose_road(index: int, roads: dict[str, tuple[np.ndarray, ...]]) -> dict:
    """Compare both roads of one coefficient from points. Returns: its entry of the manifest so far."""
    moves = roads["photographs"][0][:, index].std() > MOVES
    judge = "photographs" if TAUGHT[index] and moves else "heads"
    truth, direct, mapped = (part[:, index] for part in roads[judge])
    by_points, by_units = pearson(truth, direct), pearson(truth, mapped)
    return {
        "estimated": False,
        "quality": round(max(by_points, by_units), 3),
        "judged_on": judge,
        "road": "direct" if by_points >= by_units else "action units",
        "direct": round(by_points, 3),
        "action_units": round(by_units, 3),
    }
