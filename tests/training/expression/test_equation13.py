"""Equation 13 by hand, and that both heads of the documentation follow it."""

import numpy as np
import pytest

from character.part import Material, Part
from engines.face import Face
from proto.tables import BLENDSHAPES
from tests.training.expression.test_render import toy_head
from training.expression import equation13
from training.expression.equation13 import named, pose_character, pose_ict, pose_morph
from training.expression.ict import load_head

JAW, LOOK = BLENDSHAPES.index("jawOpen"), BLENDSHAPES.index("eyeLookInLeft")


def random_weights(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 1, 52) * (rng.random(52) < 0.3)


def test_by_hand():
    rest, jaw = np.array([(1.0, 2, 3)]), np.array([(1.0, 0, 3)])
    smile = np.array([(2.0, 2, 4)])
    shapes = {"jawOpen": jaw, "mouthSmileLeft": smile}
    posed = pose_morph(rest, shapes, {"jawOpen": 0.5, "mouthSmileLeft": 0.25})
    np.testing.assert_allclose(posed, [(1.25, 1.0, 3.25)])
    np.testing.assert_array_equal(pose_morph(rest, {"jawOpen": jaw}, {"jawOpen": 0, "tongueOut": 1}), rest)
    np.testing.assert_array_equal(pose_morph(rest, {"jawOpen": jaw}, {"jawOpen": 1}), jaw)


def test_weights_are_named_in_order():
    weights = np.arange(52) / 52
    assert named(weights)["jawOpen"] == JAW / 52 and len(named(weights)) == 52


def test_the_ict_head_follows_it():
    head = toy_head()
    head.expression[JAW] = 1.5
    weights = random_weights(1)
    np.testing.assert_allclose(pose_ict(head, weights), head.pose(weights), atol=1e-6)


def test_the_real_head_follows_it(shared_data):
    head, weights = load_head(shared_data / "ict"), random_weights(2)
    weights[LOOK] = 0.7
    np.testing.assert_allclose(pose_ict(head, weights), head.pose(weights), atol=1e-4)


def test_our_own_head_follows_it():
    rng = np.random.default_rng(3)
    shapes = {name: rng.normal(0, 1, (4, 3)) for name in ("jawOpen", "browInnerUp", "eyeLookInLeft")}
    part = Part(
        "skin", Material("skin", 0.5), rng.normal(0, 1, (4, 3)), np.array([(0, 1, 2)]), np.ones((4, 3)),
        shapes=shapes,
    )  # fmt: skip
    weights = random_weights(4)
    (posed,) = pose_character([part], weights)
    np.testing.assert_allclose(posed.vertices, part.posed(named(weights)))
    assert posed.triangles is part.triangles and not posed.shapes


def test_the_largest_face_of_a_photograph_is_read(astronaut):
    face = equation13.read_face(astronaut)
    assert isinstance(face, Face) and face.blendshapes_01[BLENDSHAPES.index("mouthSmileLeft")] > 0.4
    with pytest.raises(ValueError, match="photograph of a face"):
        equation13.read_face(np.zeros((64, 64, 3), np.uint8))
