"""ONNX Runtime sessions: any batch size, outputs by name, closing."""

import os
import subprocess
import sys
from pathlib import Path

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


def test_nothing_is_reported_or_kept_about_the_user(tmp_path: Path):
    """Without its switch ONNX Runtime writes a telemetry database into the user's cache."""
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    code = "from engines.backends import open_session; from engines.models import model_path; "
    code += "open_session(model_path('onet'), 'onnxruntime', 1)"
    subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=Path(__file__).parents[3], env=environment, check=True
    )
    assert list(tmp_path.iterdir()) == []
