"""The real pipeline, loaded once for all tests of the engines."""

from __future__ import annotations

import pytest

from engines.pipeline import Pipeline


@pytest.fixture(scope="session")
def pipeline():
    """The lite profile on ONNX Runtime with the committed weights."""
    pipeline = Pipeline.load("lite", "onnxruntime")
    yield pipeline
    pipeline.close()
