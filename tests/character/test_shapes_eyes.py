import numpy as np
import pytest

from character import lids
from character.field import Field
from character.sculpt import EYE_RADIUS
from character.shapes_eyes import BROW_LEFT, LID_SHAPES, brow_inner_up, brow_sneer, lid_shape, opening_share
from character.skin import Skin


def left_margins(skin: Skin) -> tuple[np.ndarray, np.ndarray]:
    """Give the vertices of the left lids' margins, upper and lower, without the corners."""
    margin = np.flatnonzero((skin.rim == 0.5) & (skin.vertices[:, 0] > 0))
    azimuth, elevation, _ = lids.to_ball(skin.vertices[margin])
    upper, lower = lids.margins(azimuth)
    inner = upper - lower > 1.0
    is_upper = elevation > (upper + lower) / 2
    return margin[inner & is_upper], margin[inner & ~is_upper]


def test_opening_share_ends_at_the_corners():
    ends = lids.MIDDLE_DEG + lids.HALF_WIDTH_DEG * np.array([-1.2, -1, 0, 1, 1.2])
    assert np.allclose(opening_share(ends), [0, 0, 1, 0, 0])


def test_blink_brings_the_margins_together(skin: Skin):
    upper, lower = left_margins(skin)
    posed = skin.vertices + lid_shape("eyeBlinkLeft", skin.vertices)
    heights = []
    for margin in (upper, lower):
        azimuth, elevation, _ = lids.to_ball(posed[margin])
        heights.append(elevation - lids.meeting_line(azimuth))
    assert heights[0].max() <= 0 <= heights[1].min()
    assert max(np.abs(h).max() for h in heights) < 3


@pytest.mark.parametrize("weight", [0.0, 0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize(
    "partner", [None, "eyeSquintLeft", "eyeLookDownLeft", "eyeWideLeft", "eyeLookUpLeft"]
)
def test_lids_stay_outside_the_ball_on_the_way(skin: Skin, weight: float, partner: str | None):
    upper, lower = left_margins(skin)
    posed = skin.vertices + weight * lid_shape("eyeBlinkLeft", skin.vertices)
    if partner:
        posed = posed + lid_shape(partner, skin.vertices)
    for margin in (upper, lower):
        assert lids.to_ball(posed[margin])[2].min() > EYE_RADIUS * 1.01


@pytest.mark.parametrize("name", LID_SHAPES)
def test_lid_shapes_stay_near_their_eye(skin: Skin, name: str):
    move = np.linalg.norm(lid_shape(name, skin.vertices), axis=1)
    assert move.max() > 0.02
    assert not move[skin.vertices[:, 0] <= 0.5].any()
    assert not move[skin.vertices[:, 1] < -1.8].any()


def test_wide_opens_and_squint_narrows(skin: Skin):
    upper, lower = left_margins(skin)
    for name, way in (("eyeWideLeft", 1), ("eyeSquintLeft", -1)):
        move = lid_shape(name, skin.vertices)[:, 1]
        assert way * (move[upper].max() if way > 0 else move[upper].min()) > 0.1
        assert way * (move[lower].min() if way > 0 else move[lower].max()) < 0


def test_brows_move_the_named_way():
    inner, outer = Field.of_points(np.array([[1.6, 7.0, 8.5]])), Field.of_points(np.array([[4.9, 7.4, 7.3]]))
    assert brow_inner_up(inner)[0, 1] > 0.6 > 0.3 > brow_inner_up(outer)[0, 1]
    assert BROW_LEFT["browOuterUpLeft"](outer)[0, 1] > 0.7
    assert BROW_LEFT["browDownLeft"](inner)[0, 1] < -0.5
    assert brow_sneer(inner)[0, 1] < -0.2


def test_brows_leave_the_lid_margins_alone(skin: Skin):
    upper, lower = left_margins(skin)
    field = Field.of_skin(skin)
    for shape in (*BROW_LEFT.values(), brow_inner_up):
        assert np.abs(shape(field)[np.concatenate([upper, lower])]).max() < 1e-3
