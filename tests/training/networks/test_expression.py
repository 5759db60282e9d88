"""The expression networks: shapes, symmetry, ranges, roads, shares, and the ONNX graph equal to torch."""

import numpy as np
import torch

from engines.backends import open_session
from engines.stages.expression import (
    APPEARANCE,
    FEATURES,
    UNSEEN,
    mirror_appearance,
    mirror_blendshapes,
    mirror_features,
)
from proto.tables import ACTION_UNITS, BLENDSHAPES
from training.expression.facs import MAPPING, table
from training.expression.train import export
from training.networks.expression import ServingExpression, SupportVectors, WeightRegressor


def serving(road: float = 1.0, source: str = "hidden") -> ServingExpression:
    torch.manual_seed(1)
    regressor = WeightRegressor(16, 8)
    torch.nn.init.normal_(regressor.last.weight)
    size = {"hidden": 8, "weights": 52, "points": FEATURES}[source]
    units = SupportVectors(
        torch.randn(5, 4), torch.randn(5, 18), torch.rand(18) * 3, 0.3,
        torch.randn(size, 4), torch.zeros(size), source,
    )  # fmt: skip
    mapping = torch.from_numpy(table(BLENDSHAPES, ACTION_UNITS, MAPPING))
    look = WeightRegressor(16, 8, FEATURES + APPEARANCE)
    torch.nn.init.normal_(look.last.weight)
    return ServingExpression(regressor, units, look, mapping, torch.full((52,), road)).eval()


def faces(count: int = 7) -> torch.Tensor:
    return torch.randn(count, FEATURES, generator=torch.Generator().manual_seed(2))


def unseen(count: int = 7) -> torch.Tensor:
    return torch.full((count, APPEARANCE), UNSEEN)


def looks(count: int = 7) -> torch.Tensor:
    """Scores 0..1 and shifts of a few pixels."""
    random = torch.Generator().manual_seed(3)
    shifts = torch.randn(count, APPEARANCE - 52, generator=random) * 3
    return torch.cat([torch.rand(count, 52, generator=random), shifts], 1)


def test_shapes_and_ranges():
    weights, units = serving()(faces(), looks())
    assert weights.shape == (7, 52) and units.shape == (7, 18)
    assert weights.min() >= 0 and weights.max() <= 1 and units.min() >= 0 and units.max() <= 5


def test_zero_and_one_are_reached():
    network = WeightRegressor(8, 8)
    torch.nn.init.constant_(network.last.bias, -9.0)
    assert (network(faces())[0] < 0).all()
    torch.nn.init.constant_(network.last.bias, 9.0)
    assert (network(faces())[0] > 1).all()


def test_mirrored_features_swap_the_sides():
    for source in ("hidden", "weights", "points"):
        network, features = serving(source=source), faces()
        order, sign = mirror_features()
        weights, units = network(features, unseen())
        other, other_units = network(features[:, order] * torch.from_numpy(sign), unseen())
        torch.testing.assert_close(other, weights[:, mirror_blendshapes()], atol=1e-6, rtol=1e-5)
        torch.testing.assert_close(other_units, units, atol=1e-5, rtol=1e-5)


def test_the_road_of_units_gives_the_mapping():
    network = serving(road=0.0)
    weights, units = network(faces(), unseen())
    smile = BLENDSHAPES.index("mouthSmileLeft")
    torch.testing.assert_close(weights[:, smile], units[:, ACTION_UNITS.index("AU12")] / 5)
    assert (weights[:, BLENDSHAPES.index("jawLeft")] == 0).all()


def test_what_lies_between_rest_and_full_is_lifted():
    network = serving()
    before, _ = network(faces(), unseen())
    network.lift[4] = 0.15
    after, _ = network(faces(), unseen())
    expected = before[:, 4] * (1 + 0.15 * (1 - before[:, 4]))
    torch.testing.assert_close(after[:, 4], expected)
    assert expected.max() <= 1 and (after[:, 4] >= before[:, 4]).all()
    assert torch.equal(after[:, 5:], before[:, 5:])


def test_what_is_not_estimated_is_held_at_zero():
    network = serving()
    before, _ = network(faces(), unseen())
    network.estimated[5] = 0
    after, _ = network(faces(), unseen())
    assert (after[:, 5] == 0).all() and before[:, 5].max() > 0
    assert torch.equal(after[:, 6:], before[:, 6:])


def test_the_image_branch_gives_its_share():
    network = serving()
    network.share[3] = 0.25
    points, _ = network(faces(), unseen())
    both, _ = network(faces(), looks())
    seen = network.from_looks(faces(), looks())
    assert (seen[:, 3] - points[:, 3]).abs().max() > 0.01
    torch.testing.assert_close(both[:, 3], points[:, 3] * 0.75 + seen[:, 3] * 0.25)
    assert torch.equal(both[:, 4:], points[:, 4:])


def test_the_scores_tell_whether_anything_looked_and_not_the_shifts():
    network = serving()
    network.share[:] = 1
    far = torch.cat([torch.full((7, 52), -0.03), torch.full((7, APPEARANCE - 52), -5.0)], 1)
    torch.testing.assert_close(network(faces(), far)[0], network.from_looks(faces(), far))


def test_a_mirrored_look_swaps_the_sides():
    network = serving()
    network.share[:] = 1
    order, sign = mirror_features()
    other_order, other_sign = mirror_appearance()
    weights, _ = network(faces(), looks())
    features = faces()[:, order] * torch.from_numpy(sign)
    appearance = looks()[:, other_order] * torch.from_numpy(other_sign)
    mirrored, _ = network(features, appearance)
    torch.testing.assert_close(mirrored, weights[:, mirror_blendshapes()], atol=1e-6, rtol=1e-5)
    assert weights.std() > 0.01


def test_faces_of_one_batch_may_lack_the_image_branch():
    network, seen = serving(), looks()
    network.share[:] = 0.5
    mixed = torch.cat([seen[:4], unseen(3)])
    weights, _ = network(faces(), mixed)
    torch.testing.assert_close(weights[:4], network(faces(), seen)[0][:4])
    torch.testing.assert_close(weights[4:], network.from_points(faces())[0][4:])


def test_kernels_by_hand():
    vectors, dual = torch.tensor([[1.0, 0.0]]), torch.full((1, 18), 2.0)
    parts = (vectors, dual, torch.full((18,), 0.5))
    x = torch.tensor([[2.0, 1.0]])  # squared distance 2, product 2
    gauss = SupportVectors(*parts, 0.5, torch.eye(2), torch.zeros(2))
    torch.testing.assert_close(gauss(x)[0, 0], torch.tensor(2 * np.exp(-1) + 0.5, dtype=torch.float32))
    linear = SupportVectors(*parts, None, torch.eye(2), torch.zeros(2))
    torch.testing.assert_close(linear(x)[0, 0], torch.tensor(4.5))


def test_the_graph_equals_torch(tmp_path):
    network, features = serving(), faces(3)
    network.share[:] = 0.3
    appearance = torch.cat([looks(2), unseen(1)])
    export(network, tmp_path / "expression.onnx")
    session = open_session(tmp_path / "expression.onnx", threads=1)
    inputs = {"features": features.numpy(), "appearance": appearance.numpy()}
    weights, units = session.run(inputs, ["blendshapes", "action_units"])
    wanted = network(features, appearance)
    np.testing.assert_allclose(weights, wanted[0].detach().numpy(), atol=1e-5)
    np.testing.assert_allclose(units, wanted[1].detach().numpy(), atol=1e-4)
