"""Weights come back from a checkpoint and from ONNX, by name or folded, to the ONNX's own outputs."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper
from torch import nn

from engines.models import model_path
from tests.training.stirred import stirred
from training.export import export_network, store_as_half
from training.landmarks import weights
from training.landmarks.losses import normalise
from training.landmarks.recipe import Phase, Recipe
from training.landmarks.run import Run
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES, HRNet, soft_argmax


def export(network: nn.Module, path, folded: bool) -> dict:
    """Export a network for small inputs; returns the outputs of the ONNX for the same input."""
    x = torch.randn(2, 3, 64, 64)
    torch.onnx.export(
        network, (x,), str(path), opset_version=17, dynamo=False, input_names=["x"],
        do_constant_folding=folded, keep_initializers_as_inputs=False,
        training=torch.onnx.TrainingMode.EVAL if folded else torch.onnx.TrainingMode.PRESERVE,
    )  # fmt: skip
    onnx.save(store_as_half(onnx.load(path)), path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return {"x": x, "outputs": [torch.from_numpy(y) for y in session.run(None, {"x": x.numpy()})]}


def test_folded_convolutions_are_found_in_the_order_of_running(tmp_path):
    kept = export(stirred(HRNet(PROFILES["lite"])), tmp_path / "net.onnx", folded=True)
    graph = onnx.load(tmp_path / "net.onnx").graph
    assert not any(node.op_type == "BatchNormalization" for node in graph.node)
    network = FaceNetwork(PROFILES["lite"])
    assert weights.load_onnx(network, tmp_path / "net.onnx")
    with torch.no_grad():
        found = network.landmarks.eval()(kept["x"])
    assert (found - kept["outputs"][0]).abs().max() < 1e-3


def test_named_weights_are_found_behind_any_prefix(tmp_path):
    network = stirred(FaceNetwork(PROFILES["lite"]))
    wrapped = nn.Module()
    wrapped.network = network
    state = {k: v for k, v in wrapped.state_dict().items() if not k.endswith("num_batches_tracked")}
    graph = onnx.helper.make_graph(
        [], "named", [], [], [numpy_helper.from_array(v.numpy(), k) for k, v in state.items()]
    )
    model = onnx.helper.make_model(graph)
    casts_kept = store_as_half(model)
    onnx.save(casts_kept, tmp_path / "net.onnx")
    again = FaceNetwork(PROFILES["lite"])
    assert not weights.load_onnx(again, tmp_path / "net.onnx")
    for key, value in network.state_dict().items():
        assert torch.allclose(again.state_dict()[key].float(), value.float(), atol=1e-3, rtol=1e-3), key


def test_named_weights_of_the_landmark_network_alone(tmp_path):
    network = stirred(HRNet(PROFILES["lite"]))
    graph = onnx.helper.make_graph(
        [], "named", [], [], [numpy_helper.from_array(v.numpy(), k) for k, v in network.state_dict().items()]
    )
    onnx.save(onnx.helper.make_model(graph), tmp_path / "net.onnx")
    again = FaceNetwork(PROFILES["lite"])
    assert not weights.load_onnx(again, tmp_path / "net.onnx")
    assert torch.equal(again.landmarks.layer1[0].bn1.running_var, network.layer1[0].bn1.running_var)


def test_a_network_of_another_profile_is_refused(tmp_path):
    export(HRNet(PROFILES["lite"]).eval(), tmp_path / "net.onnx", folded=True)
    with pytest.raises(ValueError, match="convolutions of a landmark network"):
        weights.load_onnx(FaceNetwork(PROFILES["full"]), tmp_path / "net.onnx")


def test_recovered_statistics_change_training_outputs_alone():
    torch.manual_seed(0)
    network = stirred(HRNet(PROFILES["lite"]))
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):  # as a folded network comes
            nn.init.zeros_(module.running_mean)
            nn.init.constant_(module.running_var, 1 - module.eps)
    images = torch.randn(4, 3, 64, 64)
    with torch.no_grad():
        before = network(images)
        off = (network.train()(images) - before).abs().mean()
        network.eval()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.zeros_(module.running_mean)
                nn.init.constant_(module.running_var, 1 - module.eps)
        weights.recover_statistics(network, images)
        assert torch.allclose(network(images), before, atol=1e-3 * float(before.abs().max()))
        near = (network.train()(images) - before).abs().mean()
    assert near < 0.05 * off


@pytest.mark.parametrize("profile", ["lite", "full"])
def test_the_committed_network_loads_and_gives_its_own_points(profile):
    path = model_path(f"landmarks_{profile}")
    network = FaceNetwork(PROFILES[profile])
    weights.load_onnx(network, path)
    crops = np.random.default_rng(0).integers(0, 256, (1, 256, 256, 3), dtype=np.uint8)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (points,) = session.run(["points"], {"image": crops})
    with torch.no_grad():
        logits = network.landmarks.eval()(normalise(torch.from_numpy(crops)))
    cells, _ = soft_argmax(logits)
    assert np.abs(cells.numpy() * 4 + 1.5 - points).max() < 1e-2


def test_weights_of_a_landmark_network_alone_can_begin_a_run():
    alone = HRNet(PROFILES["lite"])
    network = FaceNetwork(PROFILES["lite"])
    weights.load_weights(network, alone.state_dict())
    assert torch.equal(network.landmarks.conv1.weight, alone.conv1.weight)


def test_a_run_begins_from_a_checkpoint_and_from_a_folded_network(faces, tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "CALIBRATION_CROPS", 8)
    recipe = Recipe("lite", (Phase(8, 64),))
    first = Run(recipe, tmp_path / "first", torch.device("cpu"))
    first.average = {k: v.detach().clone() for k, v in stirred(first.network).state_dict().items()}
    first.save()
    second = Run(recipe, tmp_path / "second", torch.device("cpu"))
    weights.begin(second, first.checkpoint, faces)
    assert torch.equal(second.average["landmarks.bn1.weight"], first.average["landmarks.bn1.weight"])
    assert torch.equal(second.network.landmarks.bn1.weight, first.average["landmarks.bn1.weight"])

    kept = export(first.network.landmarks.eval(), tmp_path / "net.onnx", folded=True)
    third = Run(recipe, tmp_path / "third", torch.device("cpu"))
    weights.begin(third, tmp_path / "net.onnx", faces)
    with torch.no_grad():
        outputs = third.averaged().landmarks.eval()(kept["x"])
    assert (outputs - kept["outputs"][0]).abs().max() < 1e-3 * max(1.0, float(kept["outputs"][0].abs().max()))
    assert not torch.equal(third.average["landmarks.bn1.running_var"], torch.full((64,), 1 - 1e-5))


@pytest.mark.parametrize("fresh", [True, False], ids=["equal constants stored once", "trained"])
def test_an_exported_network_comes_back_by_name_with_its_appearance(tmp_path, fresh):
    network = FaceNetwork(PROFILES["lite"]).eval()
    network = network if fresh else stirred(network)
    export_network(network, tmp_path / "net.onnx")
    again = FaceNetwork(PROFILES["lite"])
    assert not weights.load_onnx(again, tmp_path / "net.onnx")
    crops = np.random.default_rng(0).integers(0, 256, (1, 256, 256, 3), dtype=np.uint8)
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])
    points, scores = session.run(["points", "appearance"], {"image": crops})
    with torch.no_grad():
        logits, found, shifts = again.eval()(normalise(torch.from_numpy(crops)))
    cells, _ = soft_argmax(logits)
    assert np.abs(cells.numpy() * 4 + 1.5 - points).max() < 1e-2
    assert np.abs(found.clamp(0, 1).numpy() - scores[:, :52]).max() < 1e-3
    assert np.abs(shifts.flatten(1).numpy() - scores[:, 52:]).max() < 1e-2


def test_a_run_grows_from_the_weights_of_a_narrower_profile(faces, tmp_path):
    narrow = stirred(FaceNetwork(PROFILES["lite"]))
    export_network(narrow, tmp_path / "lite.onnx")
    run = Run(Recipe("full", (Phase(8, 64),)), tmp_path / "run", torch.device("cpu"))
    weights.begin(run, tmp_path / "lite.onnx", faces, "lite")
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        expected, found = narrow(x), run.averaged().eval()(x)
    assert all(
        (a - b).abs().max() < 1e-2 * a.abs().max()  # weights went through fp16
        for a, b in zip(expected, found, strict=True)
    )


def test_a_checkpoint_of_another_profile_says_so(faces, tmp_path):
    lite = Run(Recipe("lite", (Phase(8, 64),)), tmp_path / "lite", torch.device("cpu"))
    lite.save()
    full = Run(Recipe("full", (Phase(8, 64),)), tmp_path / "full", torch.device("cpu"))
    with pytest.raises(ValueError, match="expected a network of profile full, got lite"):
        weights.begin(full, lite.checkpoint, faces)
