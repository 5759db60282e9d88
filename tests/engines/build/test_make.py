"""From a weight file to its engine: the right precision, one key for one thing, a cache in between."""

import numpy as np
import pytest

from engines.build.engine import build_plan
from engines.build.flavours import BATCH_VARIABLE, FLAVOURS, PRECISION_VARIABLE
from engines.build.make import Maker, calibrated_key, network_of, precision_of
from engines.errors import BackendError
from engines.models import manifest, model_path
from tests.engines.build.run_onnx import example_inputs, run_graph


@pytest.mark.parametrize(
    ("network", "wanted", "given"),
    [("landmarks_full", "int8", "int8"), ("onet", "int8", "fp16"), ("onet", "fp32", "fp32"),
     ("expression", "fp16", "fp32"), ("expression", "int8", "fp32")],
)  # fmt: skip
def test_each_network_gets_the_precision_that_suits_it(network, wanted, given):
    assert precision_of(network, wanted) == given


def test_an_unknown_precision_is_named():
    with pytest.raises(BackendError, match="fp16, int8, fp32, got 'fp8'"):
        precision_of("onet", "fp8")


def test_a_key_says_everything(rtx, cache):
    path = model_path("onet")
    key = Maker(rtx, (8, 9), "fp16", cache).key(path)
    assert key.onnx_sha256 == manifest()["onet"]["sha256"] and key.version == rtx.version
    assert (key.compute_capability, key.precision, key.calibration_sha256) == ("any", "fp16", None)
    assert key != Maker(rtx, (8, 9), "fp32", cache).key(path)
    assert key != Maker(rtx, (8, 9), "fp16", cache, largest_batch=8).key(path)


def test_the_environment_says_what_is_not_asked_for(rtx, cache, monkeypatch):
    monkeypatch.setenv(BATCH_VARIABLE, "8")
    monkeypatch.setenv(PRECISION_VARIABLE, "fp32")
    key = Maker(rtx, None, cache=cache).key(model_path("onet"))
    assert key == Maker(rtx, None, "fp32", cache, 8).key(model_path("onet"))
    monkeypatch.setenv(BATCH_VARIABLE, "many")
    with pytest.raises(BackendError, match="FACECAST_ENGINE_BATCH as a whole number"):
        Maker(rtx, None)


def test_tensorrt_itself_builds_for_one_gpu_alone(cache):
    tensorrt = FLAVOURS["tensorrt"]
    assert Maker(tensorrt, (9, 0), "fp16", cache).capability() == "9.0"
    with pytest.raises(BackendError, match="on the GPU that runs them, found none"):
        Maker(tensorrt, None, "fp16", cache).capability()


def test_an_engine_is_built_once_and_again_when_it_is_refused(rtx, cache, monkeypatch, caplog):
    from engines.build import make

    built = []

    def build(*arguments):
        built.append(1)
        return build_plan(*arguments)

    monkeypatch.setattr(make, "build_plan", build)
    maker = Maker(rtx, None, "fp16", cache)
    path = model_path("onet")
    plan, _ = maker.make(path)
    assert maker.make(path) == (plan, False) and built == [1]
    assert len(maker.remake(path)) > 100_000 and built == [1, 1]
    assert "refuses the cached one" in caplog.text


def test_prepared_graphs_keep_the_names_of_the_file(cache):
    path = model_path("pnet")
    for precision in ("fp16", "fp32"):
        graph = Maker(FLAVOURS["tensorrt"], None, precision, cache).prepare(path)
        outputs = run_graph(graph, example_inputs(graph))
        assert set(outputs) == set(manifest()["pnet"]["outputs"])
        assert all(value.dtype == np.float32 for value in outputs.values())


def test_int8_needs_calibration_and_says_how(rtx, cache):
    maker = Maker(rtx, None, "int8", cache)
    with pytest.raises(BackendError, match=r"not calibrated .*--precision int8 --calibration"):
        maker.make(model_path("landmarks_lite"))


def test_calibrated_int8_is_kept_and_part_of_the_key(rtx, cache):
    path = model_path("landmarks_lite")
    maker = Maker(rtx, None, "int8", cache)
    graph = maker.calibrate(path, [example_inputs(str(path), 1)])
    assert cache.load(calibrated_key(path)) == graph == maker.prepare(path)
    first = maker.key(path)
    assert first.calibration_sha256 and first.precision == "int8"
    cache.store(calibrated_key(path), graph + b"\0", 0.0)
    assert maker.key(path) != first, "other pictures, another engine"
    cache.store(calibrated_key(path), graph, 0.0)
    plan, built = maker.make(path)
    assert built and len(plan) > 1_000_000


def test_a_variant_belongs_to_its_network(tmp_path):
    assert network_of(tmp_path / "landmarks_lite.int8.onnx") == "landmarks_lite"
