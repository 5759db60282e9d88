import numpy as np

from character.field import CORNER, Field, brush, glide, left_share, lips, smooth, taper
from character.sculpt import cast, head_distance
from character.skin import Skin


def on_face(*xy: tuple[float, float]) -> Field:
    flat = np.array([(x, y, 0.0) for x, y in xy])
    return Field.of_points(cast(flat, np.tile([0, 0, 1.0], (len(flat), 1))))


def test_smooth_runs_from_0_to_1():
    assert np.allclose(smooth(np.array([-1.0, 0, 0.5, 1, 2]), 0, 1), [0, 0, 0.5, 1, 1])


def test_brush_is_1_in_its_centre_and_0_past_its_end():
    assert np.allclose(brush(on_face((3, 0), (3, 3)), (3, 0), (1, 1)), [1, 0])


def test_left_share_adds_up_with_its_mirror_image():
    field = on_face((-0.8, 0), (0.1, 1), (0.7, 2))
    assert np.allclose(left_share(field) + left_share(field.mirrored()), 1)


def test_lips_weigh_1_on_lips_and_0_far_away(skin: Skin):
    field = Field.of_skin(skin)
    weight = lips(field)
    assert (weight[(skin.lip <= 1) & (skin.depth == 0)] > 0.9).all()
    assert not weight[skin.vertices[:, 1] > 1.5].any()


def test_taper_ends_at_the_corner():
    assert np.allclose(taper(on_face((0, -2.4), (CORNER[0], -2.4), (4, -2.4))), [1, 0, 0])


def test_glide_follows_the_skin():
    field = on_face((3, 7), (-2, 8))
    move = glide(field, np.array([1.0, 0.5]), (0, 1))
    assert np.abs(head_distance(field.points + move)).max() < 0.02
    assert move[0, 1] > 1.5 * move[1, 1] > 0
