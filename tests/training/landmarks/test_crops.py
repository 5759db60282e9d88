"""What a crop teaches besides its points, and how often a photograph is drawn."""

import numpy as np
import pytest

from engines.stages.pose import HeadPose, rotation_from_euler
from proto.tables import BLENDSHAPES
from training.landmarks.augment import Augmentation
from training.landmarks.crops import Crops, Draws, draw_weights, score_targets, taught_points, turned_rad
from training.landmarks.mesh import MESH
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


def with_meshes(faces, shift):
    """The mesh a little beside the labels; one face has none."""
    mesh = faces.labels["lm98"] + np.float32(shift)
    mesh[2] = np.nan
    faces.labels[MESH] = mesh
    return faces


@pytest.mark.parametrize("flip", [0, 1])
def test_the_mesh_moves_with_its_crop_and_has_no_label_offset(faces, flip):
    setting = Augmentation(flip=flip, label_offset=0.05, rotation_limit_deg=0)
    labels = Crops(faces, setting)[0, 5, 64][1]
    both = Crops(with_meshes(faces, 0), setting)[0, 5, 64][1]
    assert both.shape == (196, 2)
    np.testing.assert_allclose(both[:98], labels, atol=1e-4)
    # Mirrored about what they mark, the labels lie to the right of it still, the mesh to its left.
    apart = both[:98] - both[98:]
    assert np.ptp(apart, axis=0).max() < 1e-3
    assert apart[0, 0] > 2 if flip else np.abs(apart[0]).max() < 0.2  # the eyes' line turns the crop a little


def test_people_who_only_check_teach_no_mesh(faces):
    with_meshes(faces, 3)
    faces.labels["source"] = np.array(["lfw", "congress", "lfw", "lfw"])
    points = taught_points(faces.labels)
    assert np.isfinite(points[:, :98]).all()
    assert np.isfinite(points[[0, 3], 98:]).all() and np.isnan(points[[1, 2], 98:]).all()


def test_human_labels_and_clips_are_drawn_more_often():
    labels = {
        "image": np.array(list("abcd")), "source": np.array(["lfw", "lfw", "video_a", "video_a"]),
        "lm98_trust": np.array([1, 2, 1, 2]),
    }  # fmt: skip
    recipe = Recipe("lite", (Phase(1),), human_weight=3, video_weight=2)
    assert list(draw_weights(labels, recipe)) == [1, 3, 2, 6]


def test_heads_turned_away_are_drawn_more_often_wherever_they_are():
    # Yaw, pitch and roll; one that only leans is not turned away. Seen from afar, in a corner of the picture.
    turns = np.array([[0, 0, 0], [30, 0, 0], [0, 0, 40], [0, -25, 0], [10, 5, 0]])
    placed = np.einsum("nij,kj->nki", rotation_from_euler(turns), HeadPose().mean_m)
    points = placed[..., :2] * (900, -900) + (4000, 200)
    away = np.rad2deg(turned_rad(points))
    assert away == pytest.approx([0, 30, 0, 25, 11], abs=5)
    labels = {"image": np.arange(5), "source": np.full(5, "lfw"), "lm98_trust": np.ones(5), "lm98": points}
    recipe = Recipe("lite", (Phase(1),), turned_weight=3)
    assert list(draw_weights(labels, recipe)) == [1, 3, 1, 3, 1]


def test_a_round_draws_each_row_by_its_weight_and_the_same_again():
    draws = iter(Draws(np.array([1, 0, 2]), (64,), 2, seed=3))
    first = [next(draws) for _ in range(3)]
    assert sorted(row for row, _, _ in first) == [0, 2, 2] and {size for *_, size in first} == {64}
    again = iter(Draws(np.array([1, 0, 2]), (64,), 2, seed=3))
    assert first == [next(again) for _ in range(3)]


def test_batches_take_the_sizes_in_turn():
    draws = iter(Draws(np.array([1, 1]), (256, 192), 3, seed=1))
    assert [next(draws)[2] for _ in range(12)] == ([256] * 3 + [192] * 3) * 2
