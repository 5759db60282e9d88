"""ONNX Runtime sessions: any batch size, outputs by name, closing."""

import numpy as np

from engines.backends import onnxruntime_backend
from engines.models import model_path


def test_the_batch_size_may_change_and_outputs_come_in_the_asked_order():
    assert onnxruntime_backend.why_not() is None
    session = onnxruntime_backend.open_session(model_path("landmarks_lite"), 1)
    crops = np.random.default_rng(0).integers(0, 255, (3, 256, 256, 3), dtype=np.uint8)
    confidence, points = session.run({"image": crops}, ["confidence", "points"])
    assert confidence.shape == (3, 98) and points.shape == (3, 98, 2)
    (one,) = session.run({"image": crops[1:2]}, ["points"])
    assert np.allclose(one[0], points[1], atol=1e-2)
    session.close()
