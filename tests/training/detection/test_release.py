"""Releasing a run: files and manifest entries, into a folder of the test's own."""

from __future__ import annotations

import json

import pytest

from engines import models
from training.detection import release
from training.detection.export import export_network
from training.detection.train import NETWORKS
from training.faces import DataError


@pytest.fixture()
def weights(tmp_path, monkeypatch):
    """An empty weights folder in the place of the real one."""
    folder = tmp_path / "weights"
    monkeypatch.setattr(models, "WEIGHTS", folder)
    monkeypatch.setattr(models, "MANIFEST", folder / "manifest.json")
    models.manifest.cache_clear()
    yield folder
    models.manifest.cache_clear()


def write_report(path):
    parts = {
        "faces": {"recall_iou_50": 0.99, "recall_centre": 1.0},
        "empty": {"false_boxes_held_out": 0, "false_boxes_all": 1},
        "ranking": {"average_precision": 0.98, "average_precision_unlabelled_ignored": 0.99},
    }
    path.write_text(json.dumps({part: {"improved": values} for part, values in parts.items()}))
    return path


def test_release_registers_three_networks_with_their_numbers(weights, tmp_path):
    for name, network_class in NETWORKS.items():
        export_network(network_class().eval(), tmp_path / "run" / f"{name}.onnx")
    release.release(tmp_path / "run", write_report(tmp_path / "detector.json"), "full, then further")
    entries = models.manifest()
    assert set(entries) == {"pnet", "rnet", "onet"}
    assert entries["rnet"]["recipe"] == "full, then further"
    assert entries["onet"]["measured"]["dev_helen_and_no_faces"]["average_precision"] == 0.98
    assert entries["onet"]["measured"]["no_faces"] == {"held_out": 0, "all": 1}
    assert entries["pnet"]["inputs"]["image"] == ["batch", "height", "width", 3]
    assert models.model_path("rnet") == weights / "rnet.onnx"


def test_release_names_what_is_missing(weights, tmp_path):
    export_network(NETWORKS["pnet"]().eval(), tmp_path / "pnet.onnx")
    with pytest.raises(DataError, match="rnet, onet is missing"):
        release.release(tmp_path, None)
    (tmp_path / "detector.json").write_text("{}")
    with pytest.raises(DataError, match=r"detector\.json: expected the report"):
        release.read_measured(tmp_path / "detector.json")
