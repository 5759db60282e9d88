"""Rendering: the picture shows the head where the points are, the subject's left on the right."""

import numpy as np

from training.expression.ict import Head
from training.expression.render import render_head


def toy_head() -> Head:
    """Two triangles: a near one on the subject's left, and a far one behind it."""
    neutral = np.array(
        [(1, 0, 2), (3, 0, 2), (1, 2, 2), (-3, -1, 0), (4, -1, 0), (0, 4, 0)], np.float32
    )
    return Head(
        neutral, np.zeros((1, 6, 3), np.float32), np.zeros((52, 6, 3), np.float32),
        np.array([(0, 1, 2), (3, 4, 5)]), np.array([0, 1]), ["M_Teeth", "M_Face"], np.arange(6),
    )  # fmt: skip


def test_near_covers_far_and_left_is_right():
    head = toy_head()
    picture, pixels = render_head(head, head.neutral, np.eye(3), 100, 0.1, (0.0, 0.0, 0.0))
    np.testing.assert_allclose(pixels[0], (60, 50))
    near, far, empty = picture[45, 65], picture[52, 40], picture[5, 5]
    assert near.min() > 200 * 0.8  # teeth are whiter than skin
    assert far[0] > far[2] + 20  # skin is reddish
    assert (empty == 90).all()


def test_a_face_from_behind_is_not_drawn():
    head = toy_head()
    picture, _ = render_head(head, head.neutral, np.diag([-1.0, 1, -1]), 100, 0.1, (0.0, 0.0, 0.0))
    assert (picture == 90).all()
