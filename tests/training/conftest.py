"""Networks in tests are tiny: one thread is quicker than two that wait for each other. Small data sets."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.training.datasets import drawn

torch.set_num_threads(1)


@pytest.fixture
def wflw(tmp_path: Path) -> Path:
    """A WFLW folder: three faces to train (they share a picture), two to test."""
    return drawn.write_wflw(tmp_path / "wflw", {"train": 3, "test": 2}, shared_picture=True)


@pytest.fixture
def wider(tmp_path: Path) -> Path:
    """A WIDER FACE folder: for each part a picture of two faces, one of none, one of an invalid face."""
    return drawn.write_wider(tmp_path / "wider")


@pytest.fixture
def w300(tmp_path: Path) -> Path:
    """A 300-W folder with one face in each of four published folders."""
    return drawn.write_w300(tmp_path / "300W")
