import numpy as np

from character import topology
from character.sculpt import cast
from character.skin import eye_contour, lid_ring


def test_unproject_inverts_rays_in_the_face():
    param = np.array([[0, 18], [20, 25.5], [35, 14.0], [50, 28]])
    points = cast(*topology.rays(param))
    assert np.abs(topology.unproject(points) - param).max() < 0.05


def test_borders_fit_the_rings():
    assert len(topology.eye_border()) % 4 == 0, "both lids get the same number of points"
    assert len(topology.mouth_border()) % 2 == 1, "the corner of the mouth is the middle point"


def test_half_mesh_is_a_clean_surface():
    eye = np.stack([topology.unproject(lid_ring(eye_contour(), d)) for d in (4.0, 0.5)])
    border = np.array([(topology.COLUMNS[c], r) for r, c in topology.mouth_border()], float)
    mouth = np.array([0.0, 15.5]) + 0.5 * (border - [0.0, 15.5])
    half = topology.build_half(eye, mouth[None])
    assert np.array_equal(np.unique(half.quads), np.arange(len(half.param))), "every vertex is used"
    directed = np.concatenate([half.quads[:, [i, (i + 1) % 4]] for i in range(4)])
    assert len(np.unique(directed, axis=0)) == len(directed), "neighbours run the same way round"
    assert np.allclose(half.param[half.eye[-1]], eye[-1]), "the given rings stay where they are"
