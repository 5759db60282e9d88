"""Choosing networks: profiles, backends, and plain errors."""

import numpy as np
import pytest

from engines import networks as networks_module
from engines.backends import choose_backend
from engines.errors import BackendError
from engines.gpu.choose import runs_on_gpu
from engines.models import manifest
from engines.networks import Networks, has_image_branch
from engines.pipeline import Pipeline
from engines.stages.frames import CpuFrames


def test_auto_is_lite_on_a_cpu():
    networks = Networks.load("auto", "auto")
    if runs_on_gpu(networks.backend):
        pytest.skip("there is a GPU here")
    assert networks.describe()["skipped"] == choose_backend("auto")[1] != []
    assert networks.profile == "lite" and networks.backend in ("onnxruntime", "openvino")
    assert isinstance(networks.frames, CpuFrames)
    networks.warm_up()
    networks.close()


def test_a_search_meets_no_shape_that_was_not_warmed():
    networks = Networks.load("lite", "openvino", 1)
    met = {}
    for session in networks.sessions:
        for request in {id(each): each for each in (session._any, session._one) if each}.values():
            _note_shapes(request, met.setdefault(id(request), set()))
    networks.warm_up()
    warmed = {key: set(shapes) for key, shapes in met.items()}
    noise = np.random.default_rng(0).integers(0, 256, (720, 1280, 3), dtype=np.uint8)
    for picture in (noise, noise[:480, :640], noise[:, ::-1]):
        networks.detector.detect([picture])
    networks.detector.check([noise], [np.repeat([[100, 60, 200, 160]], 9, 0).astype(np.float32)])
    assert any(warmed.values()) and met == warmed
    networks.close()


def _note_shapes(request, met: set) -> None:
    infer = request.infer

    def noting(inputs, **how):
        met.update(value.shape for value in inputs.values())
        return infer(inputs, **how)

    request.infer = noting


@pytest.mark.parametrize(("max_faces", "sizes"), [(1, [256]), (3, [256]), (4, [256, 224]), (8, [256, 224])])
def test_only_who_may_meet_a_crowd_keeps_networks_for_it(monkeypatch, max_faces, sizes):
    opened = {}

    def noting(path, backend="onnxruntime", threads=0, precision=None, unused=(), item_sizes=()):
        opened[path.stem] = [256, *item_sizes]
        return object()

    monkeypatch.setattr(networks_module, "open_session", noting)
    pipeline = Pipeline.load("lite", "openvino", max_faces=max_faces)
    assert opened[pipeline.networks.choice.model] == sizes
    small = pipeline.networks.landmarks.choose_small(np.eye(2, 3)[None] * 3, [9], [False])
    assert bool(small[0]) == (len(sizes) == 2)


def test_full_loads_from_the_same_code_path():
    networks = Networks.load("full", "onnxruntime")
    points = networks.landmarks.read(np.zeros((1, 256, 256, 3), np.uint8)).points
    assert points.shape == (1, 98, 2)
    assert networks.describe()["models"]["landmarks_full"]
    networks.close()


def test_an_image_branch_counts_only_where_it_was_found_to_help(monkeypatch):
    assert has_image_branch("lite", "landmarks_lite") and has_image_branch("full", "landmarks_full")
    assert not has_image_branch("lite", "onet")  # a network without that output
    known = manifest()
    expression = {**known["expression"], "image_branch_of": ["lite"]}
    monkeypatch.setattr(networks_module, "manifest", lambda: {**known, "expression": expression})
    assert not has_image_branch("full", "landmarks_full")
    networks = Networks.load("lite", "onnxruntime", 1)
    assert networks.landmarks.appearance
    networks.close()


@pytest.mark.parametrize(("profile", "backend"), [("huge", "auto"), ("lite", "abacus")])
def test_unknown_names_tell_the_known_ones(profile, backend):
    with pytest.raises(BackendError, match=r"lite|onnxruntime"):
        Networks.load(profile, backend)


@pytest.mark.parametrize(("backend", "precision"), [("openvino", "fp32"), ("onnxruntime", "fp32")])
def test_a_wished_precision_is_what_runs_and_is_told(backend, precision):
    networks = Networks.load("lite", backend, 1, precision)
    assert networks.describe()["precision"] == precision and networks.model_names()[3] == "landmarks_lite"
    networks.close()


def test_a_precision_that_a_backend_lacks_is_refused():
    with pytest.raises(BackendError, match="onnxruntime runs"):
        Networks.load("lite", "onnxruntime", 1, "bf16")
