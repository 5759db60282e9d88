"""Training sets: MediaPipe's scores by name, who is held out, and features as in serving."""

import numpy as np

from engines.stages.expression import APPEARANCE, FEATURES, UNSEEN, expression_features, mean_face_m
from engines.stages.pose import HeadPose
from proto.tables import BLENDSHAPES
from training.expression import dataset
from training.expression.dataset import (
    CHECK_SOURCES,
    TAUGHT,
    Examples,
    HeadFaces,
    PhotographFaces,
    features_of,
    photograph_targets,
)
from training.expression.sampling import Sampling
from training.faces import HELD_OUT_CLIPS


def test_scores_are_taken_by_name():
    labels = {
        "image": np.array(["a.jpg", "b.jpg"]),
        "mp_blendshape_names": np.array(["_neutral", "jawOpen", "browInnerUp"]),
        "mp_blendshapes": np.array([(0.9, 0.2, 0.3), (0.8, 0.4, 0.5)]),
    }
    targets, taught = photograph_targets(labels)
    np.testing.assert_allclose(targets[:, BLENDSHAPES.index("jawOpen")], (0.2, 0.4), rtol=1e-6)
    np.testing.assert_allclose(targets[:, BLENDSHAPES.index("browInnerUp")], (0.3, 0.5), rtol=1e-6)
    assert np.isclose(targets.sum(), 1.4)
    assert (taught[:, BLENDSHAPES.index("cheekPuff")] == 0).all()
    assert not TAUGHT[BLENDSHAPES.index("tongueOut")]


def test_scores_are_stretched_to_the_whole_range():
    labels = {
        "image": np.arange(3),
        "mp_blendshape_names": np.array(["eyeBlinkLeft", "eyeSquintRight"]),
        "mp_blendshapes": np.array([(0.0, 0.1), (0.37, 0.575), (0.9, 1.0)]),
    }
    targets, _ = photograph_targets(labels)
    np.testing.assert_allclose(targets[:, BLENDSHAPES.index("eyeBlinkLeft")], (0, 0.5, 1), rtol=1e-6)
    np.testing.assert_allclose(targets[:, BLENDSHAPES.index("eyeSquintRight")], (0, 0.5, 1), rtol=1e-6)


def test_examples_join_and_select():
    one = Examples(np.zeros((2, 3)), np.zeros((2, 52)), np.ones((2, 52)))
    two = Examples(np.ones((3, 3)), np.ones((3, 52)), np.zeros((3, 52)))
    both = Examples.join([one, two])
    assert len(both) == 5 and both.select(np.array([4])).features[0, 0] == 1


def test_features_equal_those_of_serving():
    points = mean_face_m()[None, :, :2] * (1, -1) * 2000 + (320, 240)
    pose = HeadPose()
    rotation, _ = pose.estimate(points, (480, 640))
    found = features_of(points, (480, 640), pose)
    np.testing.assert_array_equal(found, expression_features(points, rotation))


def test_the_head_is_drawn_with_all_weights_known(shared_data):
    faces = HeadFaces(shared_data, Sampling())
    examples = faces.draw(50, np.random.default_rng(1), test=True)
    assert examples.features.shape == (50, FEATURES) and np.isfinite(examples.features).all()
    assert (examples.taught == 1).all()


def test_many_heads_are_drawn_piece_by_piece(small_basis, monkeypatch):
    head = object.__new__(HeadFaces)
    head.basis, head.shift_m, head.pose, head.setting = small_basis, np.zeros((98, 3)), HeadPose(), Sampling()
    head.training_takes = [np.random.default_rng(1).uniform(0, 1, (50, 52)).astype(np.float32)]
    monkeypatch.setattr(dataset, "DRAWN_AT_ONCE", 8)
    examples = head.draw(20, np.random.default_rng(1))
    assert examples.features.shape == (20, FEATURES) and np.isfinite(examples.features).all()
    assert len(np.unique(examples.features[:, 0])) == 20
    assert examples.select(np.arange(3)).taught.sum() == 3 * 52


def test_held_out_people_never_train(shared_data):
    faces = PhotographFaces(shared_data, [], Sampling())
    with np.load(shared_data / "faces" / "train.npz") as archive:
        source = archive["source"]
    assert not np.isin(source[faces.train], (*HELD_OUT_CLIPS, *CHECK_SOURCES)).any()
    assert not np.isin(source[faces.check], HELD_OUT_CLIPS).any()
    assert faces.check.sum() > 500 and faces.train.sum() > 9000


def test_looks_are_of_training_photographs_that_a_branch_has_seen(shared_data, tmp_path):
    plain = PhotographFaces(shared_data, [], Sampling())
    assert plain.look_examples().features.shape == (0, FEATURES + APPEARANCE)
    appearance = np.full((len(plain.size), APPEARANCE), UNSEEN, np.float32)
    trains, checks = np.flatnonzero(plain.train & ~plain.video)[:3], np.flatnonzero(plain.check)[:3]
    appearance[[*trains, *checks]] = 0.25
    np.savez(tmp_path / "read.npz", points_px=plain.points, appearance=appearance)
    looks = PhotographFaces(shared_data, [tmp_path / "read.npz"], Sampling()).look_examples()
    assert looks.features.shape == (3, FEATURES + APPEARANCE) and np.isfinite(looks.features).all()
    assert (looks.features[:, FEATURES:] == 0.25).all()
    np.testing.assert_array_equal(looks.targets, plain.targets[trains])
