import numpy as np

from character import lids
from character.sculpt import EYE_CENTRE, EYE_RADIUS
from character.skin import BAG, MOUTH_HALF_WIDTH, Skin


def test_every_vertex_has_its_exact_mirror_image(skin: Skin):
    assert np.array_equal(skin.vertices[skin.twin], skin.vertices * [-1, 1, 1])
    assert np.array_equal(skin.twin[skin.twin], np.arange(len(skin.vertices)))


def test_surface_is_consistent_and_has_only_three_holes(skin: Skin):
    t = skin.triangles
    directed = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
    assert len(np.unique(directed, axis=0)) == len(directed)
    lonely = directed[np.unique(np.sort(directed, 1), axis=0, return_inverse=True, return_counts=True)[2][
        np.unique(np.sort(directed, 1), axis=0, return_inverse=True)[1]] == 1]  # fmt: skip
    loops = _loops(lonely)
    assert len(loops) == 3, "two eyes and the foot of the neck"
    assert any(np.ptp(skin.vertices[loop, 1]) < 1e-6 for loop in loops)


def _loops(edges: np.ndarray) -> list[list[int]]:
    follow = dict(edges.tolist())
    loops = []
    while follow:
        start, loop = next(iter(follow)), []
        while start in follow:
            loop.append(start)
            start = follow.pop(start)
        loops.append(loop)
    return loops


def test_lips_meet_at_rest(skin: Skin):
    free_edge = (skin.lip == 0) & (skin.depth == 0) & (skin.vertices[:, 0] >= 0)
    upper = skin.vertices[free_edge & (skin.side > 0)]
    lower = skin.vertices[free_edge & (skin.side < 0)]
    gap = np.linalg.norm(upper[:, None] - lower[None], axis=2).min(1)
    assert len(upper) > 8 and gap.max() < 1e-9
    assert upper[:, 0].max() < MOUTH_HALF_WIDTH


def test_lid_margins_ride_above_the_ball_and_rims_end_inside_it(skin: Skin):
    margin, rim = skin.rim == 0.5, skin.rim == 1.0
    left = skin.vertices[:, 0] > 0
    distance = np.linalg.norm(skin.vertices - EYE_CENTRE, axis=1)
    assert (distance[margin & left] > EYE_RADIUS + 0.2).all()
    assert distance[rim & left].min() < EYE_RADIUS
    azimuth, elevation, _ = lids.to_ball(skin.vertices[margin & left])
    upper, lower = lids.margins(azimuth)
    assert np.minimum(np.abs(elevation - upper), np.abs(elevation - lower)).max() < 1e-6


def test_mouth_goes_in_as_far_as_its_pocket(skin: Skin):
    inside = skin.vertices[skin.depth > 0]
    assert np.ptp(inside[:, 2]) > BAG[-1][0] - 0.5
