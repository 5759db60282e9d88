"""The seam that chooses a backend."""

import pytest

from engines import backends
from engines.backends import openvino_backend
from engines.errors import BackendError


def test_auto_takes_the_first_that_runs():
    assert backends.choose_backend("auto") == ("onnxruntime", [])


def test_auto_says_why_it_skipped_one(monkeypatch):
    monkeypatch.setattr(backends, "BACKENDS", ("openvino", "onnxruntime"))
    monkeypatch.setattr(openvino_backend, "why_not", lambda: "not on this machine")
    name, skipped = backends.choose_backend("auto")
    assert name == "onnxruntime" and skipped == ["backend openvino cannot run here: not on this machine"]
    with pytest.raises(BackendError, match="not on this machine"):
        backends.choose_backend("openvino")


def test_nothing_runs(monkeypatch):
    monkeypatch.setattr(backends, "BACKENDS", ("openvino",))
    monkeypatch.setattr(openvino_backend, "why_not", lambda: "gone")
    with pytest.raises(BackendError, match="no backend can run here"):
        backends.choose_backend("auto")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(BackendError, match=r"onnxruntime, openvino or auto, got 'abacus'"):
        backends.choose_backend("abacus")
