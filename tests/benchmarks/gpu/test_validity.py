"""TensorRT-RTX's own word on its engine: asked for real, with the real builder and library."""

import pytest

from benchmarks.gpu import validity
from engines.backends.device import why_no_device
from engines.models import model_path


@pytest.mark.timeout(600)
def test_without_a_driver_its_word_is_no(tmp_path, monkeypatch):
    pytest.importorskip("tensorrt_rtx", reason="tensorrt-rtx is not installed")
    if why_no_device() is None:
        pytest.skip("there is a GPU here")
    monkeypatch.setenv("FACECAST_ENGINE_CACHE", str(tmp_path))
    word = validity.engine_validity(model_path("rnet"))
    assert word.startswith("INVALID") and "driver" in word


def test_without_the_library_it_is_not_asked(monkeypatch):
    flavour = validity.FLAVOURS["tensorrt_rtx"]
    monkeypatch.setattr(type(flavour), "why_no_build", lambda self: "not installed")
    assert validity.engine_validity(model_path("rnet")) == "not asked: not installed"
