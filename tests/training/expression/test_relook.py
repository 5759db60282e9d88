"""What ships is read back as it computes, the former kind, too; another graph is refused."""

import numpy as np
import onnx
import pytest
import torch

from engines.stages.expression import APPEARANCE, FEATURES
from tests.training.networks.test_expression import serving
from training.errors import DamagedDataError
from training.expression.relook import appearance_width, read_shipped
from training.expression.train import export
from training.networks.expression import MeanRegressor, WeightRegressor

CHOSEN = {"features": "weights", "kernel": "rbf", "gamma": 1.2}


def shipped(path, gamma: float | None):
    network = serving(source="weights")
    network.regressor = MeanRegressor([network.regressor, WeightRegressor(12, 6)])
    network.units.gamma = gamma
    network.lift[3] = 0.15
    network.estimated[7] = 0
    network.share[:] = 0.5
    export(network.eval(), path)
    return network


@pytest.mark.parametrize(("kernel", "gamma"), [("rbf", 1.2 / 4), ("linear", None)])
def test_the_points_part_comes_back_with_another_look(tmp_path, kernel, gamma):
    network = shipped(tmp_path / "expression.onnx", gamma)
    look = MeanRegressor([WeightRegressor(8, 8, FEATURES + APPEARANCE)])
    again = read_shipped(tmp_path / "expression.onnx", {**CHOSEN, "kernel": kernel}, look)
    features = torch.from_numpy(np.random.default_rng(2).normal(0, 0.3, (9, FEATURES)).astype(np.float32))
    with torch.no_grad():
        for found, expected in zip(again.from_points(features), network.from_points(features), strict=True):
            torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
    assert again.look is look and (again.share == 0).all()
    assert torch.equal(again.lift, network.lift) and torch.equal(again.estimated, network.estimated)


def test_what_does_not_compute_as_the_graph_does_is_refused(tmp_path):
    shipped(tmp_path / "expression.onnx", 1.2 / 4)
    with pytest.raises(DamagedDataError, match="found another"):
        read_shipped(tmp_path / "expression.onnx", {**CHOSEN, "gamma": 5.0}, MeanRegressor([]))


def test_the_graph_tells_how_much_it_takes_of_an_appearance(tmp_path):
    shipped(tmp_path / "expression.onnx", None)
    assert appearance_width(tmp_path / "expression.onnx") == APPEARANCE
    model = onnx.load(tmp_path / "expression.onnx")
    next(v for v in model.graph.input if v.name == "appearance").type.tensor_type.shape.dim[1].dim_value = 52
    onnx.save(model, tmp_path / "former.onnx")
    assert appearance_width(tmp_path / "former.onnx") == 52
