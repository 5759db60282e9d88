"""The weights' manifest: every file is the described one, and damage is noticed."""

import json

import pytest

from engines import models
from engines.errors import WeightsError


def test_every_model_of_the_manifest_is_the_described_file():
    for name in models.manifest():
        assert models.model_path(name).stat().st_size == models.manifest()[name]["bytes"]


def test_unknown_model_names_the_known_ones():
    with pytest.raises(WeightsError, match=r"landmarks_lite.*got 'nothing'"):
        models.model_path("nothing")


@pytest.fixture
def other_weights(tmp_path, monkeypatch):
    """A weights folder of our own with one model of four bytes."""
    (tmp_path / "a.onnx").write_bytes(b"good")
    entry = {"file": "a.onnx", "sha256": models.hash_file(tmp_path / "a.onnx")}
    (tmp_path / "manifest.json").write_text(json.dumps({"models": {"a": entry}}))
    monkeypatch.setattr(models, "WEIGHTS", tmp_path)
    monkeypatch.setattr(models, "MANIFEST", tmp_path / "manifest.json")
    models.manifest.cache_clear()
    yield tmp_path
    models.manifest.cache_clear()


def test_damaged_and_missing_weights_are_refused(other_weights):
    assert models.model_path("a").read_bytes() == b"good"
    (other_weights / "a.onnx").write_bytes(b"bad!")
    with pytest.raises(WeightsError, match="expected sha256"):
        models.model_path("a")
    (other_weights / "a.onnx").unlink()
    with pytest.raises(WeightsError, match="no such file"):
        models.model_path("a")


def test_damaged_manifest_is_refused(other_weights):
    (other_weights / "manifest.json").write_text("{")
    models.manifest.cache_clear()
    with pytest.raises(WeightsError, match="manifest"):
        models.manifest()
