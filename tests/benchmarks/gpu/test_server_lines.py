"""The server's lines, from a real server and real clients on this machine."""

import argparse

import numpy as np
import pytest
import skimage.data

from benchmarks.gpu import server_lines
from engines.gpu.choose import runs_on_gpu


@pytest.mark.timeout(600)
def test_a_real_server_is_measured():
    arguments = argparse.Namespace(clip=None, profiles=["lite"], cpu=True, tiny=True)
    told = server_lines.measure(arguments, skimage.data.astronaut(), "onnxruntime")
    assert "not_run" not in told, told
    assert told["what"] == "the profile lite on onnxruntime" and told["on_gpu"] == runs_on_gpu("onnxruntime")
    assert told["single"]["due"] > 0 and told["streams"]["tried"]


@pytest.mark.timeout(600)
def test_a_server_that_does_not_start_leaves_its_reason():
    arguments = argparse.Namespace(clip=None, profiles=["huge"], cpu=True, tiny=True)
    told = server_lines.measure(arguments, np.zeros((480, 640, 3), np.uint8), "onnxruntime")
    assert "ready" in told["not_run"]
