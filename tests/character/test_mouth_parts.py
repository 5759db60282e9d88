import numpy as np

from character.mouth_parts import make_tongue, teeth_row
from character.part import vertex_normals
from character.skin import MOUTH_Y, Skin


def lip_z(skin: Skin) -> float:
    return float(skin.vertices[(skin.lip == 0) & (skin.depth == 0) & (skin.vertices[:, 0] == 0), 2].max())


def test_teeth_stand_behind_the_lips(skin: Skin):
    z = lip_z(skin)
    for upper in (True, False):
        teeth = teeth_row(z, upper)
        assert 0.4 < z - teeth.vertices[:, 2].max() < 1.2


def test_teeth_rows_do_not_touch_and_face_forward():
    upper, lower = teeth_row(8.0, True), teeth_row(8.0, False)
    assert upper.vertices[:, 1].min() >= MOUTH_Y > lower.vertices[:, 1].max() - 0.05
    for row in (upper, lower):
        front = row.vertices[:, 2] > row.vertices[:, 2].max() - 0.15
        assert vertex_normals(row.vertices, row.triangles)[front, 2].mean() > 0.5


def test_tongue_comes_out_past_the_lips():
    tongue = make_tongue(8.0)
    assert tongue.vertices[:, 2].max() < 8.0 - 0.7
    assert tongue.posed({"tongueOut": 1.0})[:, 2].max() > 8.0 + 1.2


def test_tongue_is_symmetric():
    tongue = make_tongue(8.0).vertices
    for point in tongue[::7]:
        assert np.linalg.norm(tongue - point * [-1, 1, 1], axis=1).min() < 1e-9
