"""What ships: the better road, the best share of the image branch, and an honest entry for each."""

import numpy as np
import torch

from engines.stages.expression import APPEARANCE, FEATURES, UNSEEN
from proto.tables import ACTION_UNITS, BLENDSHAPES
from training.expression.choice import Check, choose, choose_shares
from training.expression.dataset import TAUGHT, Examples

SMILE, JAW, TWIN = (BLENDSHAPES.index(name) for name in ("mouthSmileLeft", "jawOpen", "mouthSmileRight"))
SOURCE = np.repeat(["people", "video_clip"], 100)


class Answers(torch.nn.Module):
    """Direct weights and units that were prepared beforehand."""

    def __init__(self, weights: np.ndarray, units: np.ndarray) -> None:
        super().__init__()
        self.answers = torch.from_numpy(weights), torch.from_numpy(units)
        self.road, self.share, self.estimated, self.lift = (torch.ones(52) for _ in range(4))
        self.lift[:] = 0

    def from_points(self, features):
        return self.answers

    def from_looks(self, features, appearance):
        return appearance[:, :52]


def truth_and_noise() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.uniform(0, 1, (200, 52)).astype(np.float32), rng.normal(0, 0.3, (200, 52)).astype(np.float32)


def unseen() -> np.ndarray:
    return np.full((200, APPEARANCE), UNSEEN, np.float32)


def test_the_better_road_ships_and_is_declared():
    truth, _ = truth_and_noise()
    direct, units = truth.copy(), np.zeros((200, 18), np.float32)
    direct[:, SMILE] = np.random.default_rng(2).uniform(0, 1, 200)  # useless
    units[:, ACTION_UNITS.index("AU12")] = truth[:, SMILE] * 5
    serving = Answers(direct, units)
    check = Examples(np.zeros((200, FEATURES), np.float32), truth, np.ones_like(truth))
    entries = choose(serving, check, Check(check, unseen(), SOURCE))
    assert serving.road[SMILE] == 0 and serving.road[JAW] == 1
    assert entries["mouthSmileLeft"]["road"] == "action units" and entries["mouthSmileLeft"]["quality"] > 0.99
    assert entries["jawOpen"]["estimated"] and entries["jawOpen"]["judged_on"] == "photographs"
    assert entries["noseSneerLeft"]["judged_on"] == "heads"
    assert not entries["cheekPuff"]["estimated"] and entries["tongueOut"]["quality"] is None
    assert (serving.share == 0).all() and serving.estimated[JAW] == 1
    assert serving.lift[JAW] == serving.lift[SMILE] > 0 and serving.lift[BLENDSHAPES.index("cheekPuff")] == 0


def test_the_quality_declared_is_that_of_both_branches():
    truth, noise = truth_and_noise()
    serving = Answers((truth + noise).clip(0, 1), np.zeros((200, 18), np.float32))
    check = Examples(np.zeros((200, FEATURES), np.float32), truth, np.ones_like(truth))
    seen = (truth + noise[::-1]).clip(0, 1)
    entry = choose(serving, check, Check(check, seen, SOURCE))["jawOpen"]
    assert 0.2 < entry["image_share"] < 0.8
    assert entry["quality"] > max(entry["direct"], entry["image"]) + 0.02


def test_the_share_goes_to_the_branch_that_is_right():
    truth, noise = truth_and_noise()
    good, bad = truth.copy(), truth + 3 * noise
    assert choose_shares(truth, good, bad, SOURCE)[JAW] == 0
    assert choose_shares(truth, bad, good, SOURCE)[JAW] == 1
    assert (choose_shares(truth, bad, None, SOURCE) == 0).all()


def test_sides_share_alike_and_the_untaught_get_nothing():
    truth, noise = truth_and_noise()
    points = truth.copy()
    points[:, SMILE] += 3 * noise[:, 0]
    shares = choose_shares(truth, points, truth + noise, SOURCE)
    assert shares[SMILE] == shares[TWIN]
    assert (shares[~TAUGHT] == 0).all()


def test_what_moves_nowhere_is_left_to_the_points():
    truth, noise = truth_and_noise()
    truth[:, JAW] = 0
    shares = choose_shares(truth, truth + noise, truth.copy(), SOURCE)
    assert shares[JAW] == 0 and shares[SMILE] == 1


def test_a_gain_by_chance_is_no_gain():
    truth, noise = truth_and_noise()
    points = truth + 0.1 * noise
    assert (choose_shares(truth, points, points + 1e-3 * noise[::-1], SOURCE) == 0).all()


def test_a_share_that_helps_a_clip_may_not_cost_the_others():
    truth, noise = truth_and_noise()
    points, seen = truth + 0.3 * noise, truth + 0.3 * noise
    seen[100:] = truth[100:]  # right on the clip
    seen[:100] = 1 - truth[:100]  # the opposite of right on portraits
    assert choose_shares(truth, points, seen, SOURCE)[JAW] == 0
