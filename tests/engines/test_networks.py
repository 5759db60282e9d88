"""Choosing networks: profiles, backends, and plain errors."""

import numpy as np
import pytest

from engines.errors import BackendError
from engines.gpu.choose import runs_on_gpu
from engines.networks import Networks
from engines.stages.frames import CpuFrames


def test_auto_is_lite_on_a_cpu():
    networks = Networks.load("auto", "auto")
    if runs_on_gpu(networks.backend):
        pytest.skip("there is a GPU here")
    assert networks.profile == "lite" and networks.backend in ("onnxruntime", "openvino")
    assert isinstance(networks.frames, CpuFrames)
    networks.warm_up()
    networks.close()


def test_full_loads_from_the_same_code_path():
    networks = Networks.load("full", "onnxruntime")
    points = networks.landmarks.read(np.zeros((1, 256, 256, 3), np.uint8)).points
    assert points.shape == (1, 98, 2)
    assert networks.describe()["models"]["landmarks_full"]
    networks.close()


@pytest.mark.parametrize(("profile", "backend"), [("huge", "auto"), ("lite", "abacus")])
def test_unknown_names_tell_the_known_ones(profile, backend):
    with pytest.raises(BackendError, match=r"lite|onnxruntime"):
        Networks.load(profile, backend)
