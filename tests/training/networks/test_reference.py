"""HRNetV2-W18 gives what timm's `hrnet_w18` gives for the same weights: recorded once, compared always."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from training.networks import reference
from training.networks.hrnet import PROFILES, HRNet

RECORD = json.loads((Path(__file__).parent / "hrnet_w18_timm.json").read_text())


@pytest.fixture(scope="module")
def ours() -> dict[str, list[torch.Tensor]]:
    return reference.observe_ours()


def agrees(stream: torch.Tensor, expected: dict) -> bool:
    found = reference.summarise(stream)
    keys = ("mean", "std", "values")
    return found["shape"] == expected["shape"] and all(
        np.allclose(found[key], expected[key], rtol=1e-3, atol=1e-4) for key in keys
    )


@pytest.mark.parametrize("stage", reference.STAGES)
def test_every_stream_of_every_stage_is_that_of_timm(ours, stage):
    assert len(ours[stage]) == len(RECORD[stage]) == {"layer1": 1}.get(stage, int(stage[-1]))
    for index, (stream, expected) in enumerate(zip(ours[stage], RECORD[stage], strict=True)):
        assert agrees(stream, expected), (stage, index, reference.summarise(stream), expected)


def test_another_network_would_be_noticed():
    """One weight of the first fusion changed a little: the last stage's streams all differ."""
    network = HRNet(PROFILES["full"])
    weights = reference.seeded_weights(network)
    weights["stage2.0.fuse_layers.0.1.0.weight"] = weights["stage2.0.fuse_layers.0.1.0.weight"] * 1.1
    network.load_state_dict(weights, strict=False)
    seen = reference.observe(network, reference.STAGES, reference.seeded_picture())
    assert agrees(seen["layer1"][0], RECORD["layer1"][0])
    assert not any(agrees(s, e) for s, e in zip(seen["stage4"], RECORD["stage4"], strict=True))


def test_seeded_values_depend_on_the_name_alone():
    shape = torch.Size((3, 2, 3, 3))
    assert torch.equal(reference.seeded_values("a", shape), reference.seeded_values("a", shape))
    assert not torch.equal(reference.seeded_values("a", shape), reference.seeded_values("b", shape))
    assert (reference.seeded_values("bn1.running_var", torch.Size((9,))) > 0).all()


def test_names_of_timm():
    assert reference.timm_name("transition2.2.0.weight") == "transition2.2.0.0.weight"
    assert reference.timm_name("transition1.0.0.weight") == "transition1.0.0.weight"
    assert reference.timm_name("stage4.2.fuse_layers.0.1.0.weight") == "stage4.2.fuse_layers.0.1.0.weight"


def test_the_stand_in_holds_for_torchvision_alone(monkeypatch):
    monkeypatch.setattr(sys, "meta_path", [reference.StandInFinder(), *sys.meta_path])
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
    from torchvision.ops.misc import FrozenBatchNorm2d

    assert isinstance(FrozenBatchNorm2d, type) and not isinstance(torch.nn.BatchNorm2d(1), FrozenBatchNorm2d)
    with pytest.raises(ModuleNotFoundError):
        import no_such_module_of_anybody  # noqa: F401
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        monkeypatch.delitem(sys.modules, name)
