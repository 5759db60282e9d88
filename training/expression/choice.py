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
from training.expression.measure import GROUPS, MOVES, group_columns, pearson
from training.networks.expression import ServingExpression

# Where no landmark lies: what the drawn heads teach about these is how other points move along.
HIDDEN = ("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "tongueOut")
# A coefficient is declared as estimated from this correlation on held-out people or heads upward.
ESTIMATED_FROM = 0.5
SHARES = np.linspace(0, 1, 11)
# The road of the units has to be better by this much, for it has neither sides nor fine strengths, and the
# image branch has to raise the correlation by this much: smaller gains are chance.
ROAD_GAIN, SHARE_GAIN = 0.01, 0.002
# How much the nine groups' answers are lifted (training/networks/expression.py). On drawn heads of the
# training recordings this takes their error from 0.112 to 0.105 and costs 0.0015 over all weights.
LIFT = 0.15
# Where a coefficient moves less than this among some people, they tell nothing of its share.
LITTLE = 0.025


@dataclass
class Check:
    """Held-out people: photographs or clips of `source` (M,), their truth, and what the image branch saw."""

    examples: Examples
    appearance: np.ndarray  # (M, 248)
    source: np.ndarray  # (M,)


def choose_shares(targets: np.ndarray, points: np.ndarray, looks: np.ndarray | None, source: np.ndarray):
    """Choose how much of each weight the image branch gives: the share of the best correlation.

    Clips, one by one, tell how well a movement is followed, and all people together whether they are told
    apart: a share may lower neither, and both count alike. Both sides of a face get one share. What MediaPipe
    does not teach, what moves nowhere, and everything where there is no image branch (None), gets none.

    Shapes: (M, 52) thrice, (M,) -> (52,).
    """
    shares = np.zeros(len(BLENDSHAPES), np.float32)
    if looks is None:
        return shares
    parts, every = (targets, points, looks), range(len(BLENDSHAPES))
    clips = [source == name for name in np.unique(source) if name.startswith("video_")]
    kinds = clips, [np.ones(len(source), bool)]
    curves = np.array([[share_curve(i, *parts, kind) for i in every] for kind in kinds])  # (2, 52, shares)
    curves = (curves + curves[:, mirror_blendshapes()]) / 2
    gain = curves - curves[..., :1]
    total = np.where((gain > -SHARE_GAIN).all(axis=0), gain.mean(axis=0), -1)
    better = TAUGHT & (total.max(axis=1) > SHARE_GAIN)
    shares[better] = SHARES[total[better].argmax(axis=1)]
    return shares


def share_curve(index: int, targets, points, seen, among: list[np.ndarray]) -> np.ndarray:
    """Correlate one coefficient for every share, among each of some rows; where little moves counts less.

    Shapes: (M, 52) thrice, (M,) bool each -> (shares,).
    """
    total, count = np.zeros(len(SHARES)), 0.0
    for rows in among:
        truth = targets[rows, index]
        trust = min(1.0, truth.std() / MOVES)
        if trust * MOVES > LITTLE:
            mixed = [mix(points[rows, index], seen[rows, index], share) for share in SHARES]
            total += [trust * pearson(truth, part) for part in mixed]
            count += trust
    return total / max(count, 1e-9)


def mix(points: np.ndarray, seen: np.ndarray, share) -> np.ndarray:
    """Mix both branches. Shapes: (M, 52), (M, 52), (52,) -> (M, 52), or of one coefficient."""
    return points * (1 - share) + seen * share


def choose(serving: ServingExpression, heads: Examples, people: Check) -> dict[str, dict]:
    """Set what ships of each coefficient in the serving module, and state how good it is.

    Judged on photographs where MediaPipe teaches and the coefficient moves, else on drawn heads.
    Returns: for each coefficient its entry of the manifest.
    """
    for prefixes in GROUPS.values():
        serving.lift[group_columns(prefixes)] = LIFT
    roads = {}
    for name, check in (("heads", heads), ("photographs", people.examples)):
        with torch.no_grad():
            direct, units = serving.from_points(torch.from_numpy(check.features))
        roads[name] = (check.targets, direct.numpy(), blendshapes_of(units.numpy()))
    entries = {name: choose_road(index, roads) for index, name in enumerate(BLENDSHAPES)}
    road = np.array([float(entry["road"] == "direct") for entry in entries.values()], np.float32)
    targets, direct, mapped = roads["photographs"]
    points, seen = np.where(road > 0, direct, mapped), look_at(serving, people)
    share = choose_shares(targets, points, seen, people.source)
    fused = points if seen is None else mix(points, seen, share)
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


def look_at(serving: ServingExpression, people: Check) -> np.ndarray | None:
    """Estimate by the image branch; None where none has looked. Shapes: -> (M, 52)."""
    if (people.appearance[:, 0] <= UNSEEN / 2).any():
        return None
    with torch.no_grad():
        parts = (torch.from_numpy(part) for part in (people.examples.features, people.appearance))
        return serving.from_looks(*parts).numpy()


def choose_road(index: int, roads: dict[str, tuple[np.ndarray, ...]]) -> dict:
    """Compare both roads of one coefficient from points. Returns: its entry of the manifest so far."""
    moves = roads["photographs"][0][:, index].std() > MOVES
    judge = "photographs" if TAUGHT[index] and moves else "heads"
    truth, direct, mapped = (part[:, index] for part in roads[judge])
    by_points, by_units = pearson(truth, direct), pearson(truth, mapped)
    road = "action units" if by_units > by_points + ROAD_GAIN else "direct"
    return {
        "estimated": False,
        "quality": round(by_points if road == "direct" else by_units, 3),
        "judged_on": judge,
        "road": road,
        "direct": round(by_points, 3),
        "action_units": round(by_units, 3),
    }
