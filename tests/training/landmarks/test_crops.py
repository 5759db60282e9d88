"""What a crop teaches besides its points, and how often a photograph is drawn."""

import numpy as np
import pytest

from proto.tables import BLENDSHAPES
from training.landmarks.augment import Augmentation
from training.landmarks.crops import Crops, Draws, draw_weights, score_targets
from training.landmarks.recipe import Phase, Recipe


def test_scores_count_by_name_and_only_where_they_teach(score_labels):
    targets, counts = score_targets(score_labels)
    names = [str(name) for name in score_labels["mp_blendshape_names"]]
    jaw = BLENDSHAPES.index("jawOpen")
    assert targets[0, jaw] == pytest.approx(score_labels["mp_blendshapes"][0, names.index("jawOpen")])
    assert (counts[:2, jaw] > 0).all() and (counts[:2, BLENDSHAPES.index("cheekPuff")] == 0).all()
    assert (counts[2:] == 0).all()  # no mesh was found; a person who only checks
    assert np.isfinite(targets).all()


def test_a_pack_without_scores_teaches_none():
    targets, counts = score_targets({"image": np.array(["a", "b"])})
    assert targets.shape == counts.shape == (2, 52) and not counts.any()


def test_a_mirrored_crop_has_mirrored_scores(faces, score_labels):
    faces.labels.update(score_labels)
    plain = Crops(faces, Augmentation(flip=0))
    mirrored = Crops(faces, Augmentation(flip=1))
    left, right = BLENDSHAPES.index("eyeBlinkLeft"), BLENDSHAPES.index("eyeBlinkRight")
    first, second = plain[0, 1, 64][2], mirrored[0, 1, 64][2]
    assert first[left] == second[right] and first[right] == second[left] and first[left] != first[right]


def test_human_labels_and_clips_are_drawn_more_often():
    labels = {
        "image": np.array(list("abcd")), "source": np.array(["lfw", "lfw", "video_a", "video_a"]),
        "lm98_trust": np.array([1, 2, 1, 2]),
    }  # fmt: skip
    recipe = Recipe("lite", (Phase(1),), human_weight=3, video_weight=2)
    assert list(draw_weights(labels, recipe)) == [1, 3, 2, 6]


def test_a_round_draws_each_row_by_its_weight_and_the_same_again():
    draws = iter(Draws(np.array([1, 0, 2]), 64, seed=3))
    first = [next(draws) for _ in range(3)]
    assert sorted(row for row, _, _ in first) == [0, 2, 2] and {size for *_, size in first} == {64}
    again = iter(Draws(np.array([1, 0, 2]), 64, seed=3))
    assert first == [next(again) for _ in range(3)]
