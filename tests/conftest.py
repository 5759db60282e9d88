"""Fixtures that many tests share: real pictures and video, and the optional folder of development data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests import media

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """A portrait with one frontal face: (512, 512, 3) uint8 RGB, not writable."""
    image = media.read_face_photograph()
    image.setflags(write=False)
    return image


@pytest.fixture(scope="session")
def coffee() -> np.ndarray:
    """A photograph with nobody in it: (400, 600, 3) uint8 RGB, not writable."""
    image = media.read_faceless_photograph()
    image.setflags(write=False)
    return image


@pytest.fixture(scope="session")
def clip_path() -> Path:
    """A real video of one speaking, moving face. Fails, never skips, when `make test` could not fetch it."""
    return media.media_path(media.CLIP)


@pytest.fixture(scope="session")
def group_path() -> Path:
    """A real photograph (JPEG) of several faces. Fails, never skips, when it could not be fetched."""
    return media.media_path(media.GROUP)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The optional folder of development data beside the checkout; tests of it skip where it is not."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"{SHARED_DATA} is not there: development data are not part of the repository")
    return SHARED_DATA
