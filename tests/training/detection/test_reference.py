"""The original's layers: shapes, and the way its weights are read."""

from __future__ import annotations

import pytest
import torch

from training.detection.reference import ORIGINALS, OriginalONet, export_originals
from training.faces import DataError


def write_weights(folder) -> None:
    folder.mkdir()
    for name, network_class in ORIGINALS.items():
        torch.save(network_class().state_dict(), folder / f"{name}.pt")


def test_export_originals_gives_files_with_our_inputs_and_outputs(tmp_path):
    from engines.backends import open_session

    write_weights(tmp_path / "weights")
    files = export_originals(tmp_path / "weights", tmp_path / "onnx")
    session = open_session(files["onet"], threads=1)
    image = torch.zeros(2, 48, 48, 3, dtype=torch.uint8).numpy()
    score, points = session.run({"image": image}, ["score", "points"])
    assert score.shape == (2,) and points.shape == (2, 5, 2)


def test_score_is_the_softmax_of_the_original_pair():
    network = OriginalONet()
    image = torch.randn(3, 3, 48, 48)
    pairs = {}
    network.dense6_1.register_forward_hook(lambda m, i, o: pairs.update(pair=o))
    logits, _, points = network(image)
    assert torch.allclose(logits[:, 0].sigmoid(), pairs["pair"].softmax(dim=1)[:, 1], atol=1e-6)
    assert points.shape == (3, 10)


def test_points_come_as_x_y_pairs():
    network = OriginalONet()
    torch.nn.init.zeros_(network.dense6_3.weight)
    network.dense6_3.bias.data = torch.arange(10.0)  # the original: five x, then five y
    points = network(torch.randn(1, 3, 48, 48))[2]
    assert points[0].tolist() == [0, 5, 1, 6, 2, 7, 3, 8, 4, 9]


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(DataError, match=r"pnet\.pt: expected the weights of facenet-pytorch"):
        export_originals(tmp_path, tmp_path)
