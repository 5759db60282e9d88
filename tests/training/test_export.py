"""Export: the file computes what the network does, is stored in 16 bits, and is entered in the manifest."""

import json

import numpy as np
import onnx
import pytest
import torch

from engines import models
from engines.backends import open_session
from training import export
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES
from training.networks.serving import ServingNetwork


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A lite network with random weights, its checkpoint and its exported file."""
    folder = tmp_path_factory.mktemp("export")
    torch.manual_seed(0)
    network = FaceNetwork(PROFILES["lite"]).eval()
    for part in network.modules():  # as after training: equal constants would be stored once
        if isinstance(part, torch.nn.BatchNorm2d):
            for values in (part.weight.data, part.bias.data, part.running_mean, part.running_var):
                values += torch.rand_like(values) * 0.1
    torch.save({"profile": "lite", "average": network.state_dict()}, folder / "last.pt")
    assert export.export_landmarks(folder / "last.pt", folder / "model.onnx") == "lite"
    return network, folder / "model.onnx"


def test_the_file_computes_what_the_network_does(exported):
    network, path = exported
    crops = np.random.default_rng(0).integers(0, 255, (3, 256, 256, 3), dtype=np.uint8)
    names = ServingNetwork.OUTPUTS
    points, confidence, appearance = open_session(path).run({"image": crops}, names)
    with torch.no_grad():
        expected = ServingNetwork(network).eval()(torch.from_numpy(crops))
    assert np.abs(points - expected[0].numpy()).max() < 0.5  # weights of 16 bits, maps without a peak
    assert np.abs(confidence - expected[1].numpy()).max() < 0.02
    assert np.abs(appearance - expected[2].numpy()).max() < 0.02


def test_every_parameter_keeps_its_name_so_that_training_can_go_on_from_the_file(exported):
    network, path = exported
    stored = {t.name.removesuffix(".half"): t for t in onnx.load(path).graph.initializer}
    for name, value in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        array = onnx.numpy_helper.to_array(stored[f"network.{name}"]).astype(np.float32)
        assert np.allclose(array, value.numpy(), atol=1e-3, rtol=1e-3), name


def test_large_weights_are_stored_in_16_bits(exported):
    network, path = exported
    count = sum(p.numel() for p in network.parameters())
    assert path.stat().st_size < 2.2 * count
    kinds = {onnx.TensorProto.DataType.Name(t.data_type) for t in onnx.load(path).graph.initializer}
    assert "FLOAT16" in kinds


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """An empty weights folder."""
    monkeypatch.setattr(models, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(models, "MANIFEST", tmp_path / "weights" / "manifest.json")
    models.manifest.cache_clear()
    yield tmp_path / "weights"
    models.manifest.cache_clear()


def test_register_copies_describes_and_keeps_what_was_measured(exported, weights):
    _, path = exported
    export.register("landmarks_lite", path, licence="Apache-2.0", data=["made"], card="card.md")
    assert models.model_path("landmarks_lite").read_bytes() == path.read_bytes()
    entry = models.manifest()["landmarks_lite"]
    assert entry["inputs"] == {"image": ["faces", 256, 256, 3]} and entry["data"] == ["made"]
    document = json.loads((weights / "manifest.json").read_text())
    document["models"]["landmarks_lite"]["measured"] = {"nme": 1}
    (weights / "manifest.json").write_text(json.dumps(document))
    export.register("landmarks_lite", path, recipe="again.toml")
    entry = models.manifest()["landmarks_lite"]
    assert entry["measured"] == {"nme": 1} and entry["recipe"] == "again.toml"


def test_measured_figures_are_added_not_replaced(exported, weights):
    export.register("landmarks_lite", exported[1], measured={"units": {"a": 1}})
    export.record("landmarks_lite", units={"b": 2}, nme=3.5)
    assert models.manifest()["landmarks_lite"]["measured"] == {"units": {"a": 1, "b": 2}, "nme": 3.5}
    with pytest.raises(KeyError):
        export.record("nothing", nme=1)


def test_other_files_than_networks_are_registered_too(weights, tmp_path):
    np.savez(tmp_path / "points.npz", points=np.zeros(3))
    export.register("points", tmp_path / "points.npz", licence="Apache-2.0")
    assert models.model_path("points").name == "points.npz" and "inputs" not in models.manifest()["points"]


def test_a_file_exported_where_it_was_trained_is_registered_as_it_is(
    exported, weights, tmp_path, monkeypatch
):
    _, path = exported
    arrived = tmp_path / "landmarks_lite.onnx"
    arrived.write_bytes(path.read_bytes())
    words = [str(arrived), "--recipe", "training/recipes/lite_gpu.toml", "--machine", "one GPU"]
    monkeypatch.setattr("sys.argv", ["export", *words])
    export.main()
    entry = models.manifest()["landmarks_lite"]
    assert entry["machine"] == "one GPU" and entry["commit"] == export.read_commit()
    assert entry["recipe"] == "training/recipes/lite_gpu.toml"
    assert entry["outputs"] == {
        "points": ["faces", 98, 2], "confidence": ["faces", 98], "appearance": ["faces", 248]
    }  # fmt: skip
    assert (weights / "landmarks_lite.onnx").read_bytes() == path.read_bytes()
