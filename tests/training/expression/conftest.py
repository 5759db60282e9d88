"""A small head of random shapes, so that drawing and training are tested without the data pack."""

import numpy as np
import pytest

from engines.stages.expression import mean_face_m
from training.expression.ict import METRES_PER_UNIT, LandmarkBasis


@pytest.fixture(scope="session")
def small_basis() -> LandmarkBasis:
    rng = np.random.default_rng(1)
    return LandmarkBasis(
        mean_face_m()[:96] / METRES_PER_UNIT,
        rng.normal(0, 0.05, (100, 96, 3)),
        rng.normal(0, 0.2, (52, 96, 3)),
        np.zeros((100, 3)),
        np.zeros((100, 3)),
    )
