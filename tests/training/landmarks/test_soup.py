"""The mean of networks: by hand, between profiles, and by the command."""

import pytest
import torch

from training.errors import DamagedDataError
from training.landmarks import soup as cooking
from training.landmarks.soup import grow, load_member, mean_of, soup
from training.networks.face import FaceNetwork
from training.networks.hrnet import PROFILES


def save(path, profile, seed):
    torch.manual_seed(seed)
    network = FaceNetwork(PROFILES[profile])
    for name, value in network.state_dict().items():
        if name.endswith("running_var"):
            value += torch.rand_like(value)
    torch.save({"profile": profile, "average": network.state_dict()}, path)
    return network.state_dict()


def test_weights_are_averaged_and_counters_are_not():
    first = {"w": torch.tensor([1.0, 3.0]), "count": torch.tensor(4)}
    second = {"w": torch.tensor([2.0, 5.0]), "count": torch.tensor(9)}
    mean = mean_of([first, second])
    assert mean["w"].tolist() == [1.5, 4.0] and mean["count"] == 9


def test_the_command_writes_a_checkpoint_of_the_mean(tmp_path, monkeypatch, capsys):
    states = [save(tmp_path / f"{seed}.pt", "lite", seed) for seed in (1, 2)]
    words = ["soup", str(tmp_path / "1.pt"), str(tmp_path / "2.pt"), "--out", str(tmp_path / "mean.pt")]
    monkeypatch.setattr("sys.argv", words)
    cooking.main()
    profile, network = load_member(tmp_path / "mean.pt")
    assert profile == "lite" and "the mean of 2" in capsys.readouterr().out
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            assert torch.allclose(value, (states[0][name] + states[1][name]) / 2), name


def test_a_narrower_one_is_grown_as_the_wider_ones_run_began(tmp_path):
    save(tmp_path / "lite.pt", "lite", 3)
    grown = grow(load_member(tmp_path / "lite.pt")[1], "full", seed=5)
    torch.save({"profile": "full", "average": grown.state_dict()}, tmp_path / "full.pt")
    for order in (("lite.pt", "full.pt"), ("full.pt", "lite.pt")):
        mean = soup([tmp_path / name for name in order], seed=5)
        assert mean["profile"] == "full"
        for name, value in grown.state_dict().items():
            assert torch.allclose(mean["average"][name], value, atol=1e-6), name
    other = soup([tmp_path / "lite.pt", tmp_path / "full.pt"], seed=6)["average"]
    assert not torch.allclose(other["landmarks.stage4.0.branches.0.0.conv1.weight"],
                              grown.state_dict()["landmarks.stage4.0.branches.0.0.conv1.weight"])  # fmt: skip


def test_what_is_no_checkpoint_is_named(tmp_path):
    torch.save({"other": 1}, tmp_path / "a.pt")
    with pytest.raises(DamagedDataError, match=r"a\.pt: expected a checkpoint of a landmark run"):
        soup([tmp_path / "a.pt"])
