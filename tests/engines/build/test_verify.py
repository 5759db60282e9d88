"""The comparison really runs: OpenVINO and the graphs that TensorRT is given, against ONNX Runtime."""

from types import SimpleNamespace

import numpy as np
import pytest

from engines.backends import openvino_backend
from engines.build.cli import make_candidate, read_pictures
from engines.build.flavours import PRECISION_VARIABLE
from engines.build.profiles import PROFILES
from engines.build.verify import EXTRA_BATCHES, SAMPLE, Candidate, verify, with_extra_batches
from engines.errors import BackendError
from engines.models import model_path


@pytest.fixture(scope="module")
def portrait():
    return read_pictures(SAMPLE)


def test_openvino_agrees(portrait):
    what, lines = verify("lite", make_candidate("openvino", "fp32", None), portrait)
    assert what == "openvino, fp32"
    assert {line.what.split(".")[0] for line in lines} == {
        "pnet", "rnet", "onet", "landmarks_lite", "expression", "end to end",
    }  # fmt: skip
    assert all(line.passed for line in lines), [line for line in lines if not line.passed]


def test_the_fp16_graphs_for_tensorrt_agree(portrait, cache):
    what, lines = verify("lite", make_candidate("onnxruntime", "auto", "fp16"), portrait)
    assert what == "onnxruntime on the fp16 graphs made for TensorRT"
    assert all(line.passed for line in lines), [line for line in lines if not line.passed]
    assert max(line.mean for line in lines if line.what.startswith("onet")) > 0, "fp16 does round"


def test_a_backend_that_errs_is_found(portrait, monkeypatch):
    """One landmark, one pixel to the right: the networks' line fails, and only that."""
    run = openvino_backend.OpenVinoSession.run

    def shifted(self, inputs, outputs):
        results = run(self, inputs, outputs)
        if "confidence" in outputs:
            results[outputs.index("points")][:, 40, 0] += 4
        return results

    monkeypatch.setattr(openvino_backend.OpenVinoSession, "run", shifted)
    _, lines = verify("lite", make_candidate("openvino", "fp32", None), portrait)
    failed = {line.what for line in lines if not line.passed}
    assert "landmarks_lite.points" in failed and not any(what.startswith("pnet") for what in failed)


def test_each_network_is_judged_by_its_own_precision(monkeypatch):
    cpu, graphs, gpu = (Candidate("openvino"), Candidate("onnxruntime", "int8", bytes), Candidate("tensorrt"))
    for candidate in (cpu, graphs, gpu):
        assert candidate.precision_of("landmarks_lite", "int8") == "int8"
    assert [c.precision_of("onet", "int8") for c in (cpu, graphs, gpu)] == ["fp32", "fp16", "fp16"]
    networks = SimpleNamespace(choice=SimpleNamespace(precision="auto"))
    monkeypatch.delenv(PRECISION_VARIABLE, raising=False)
    assert gpu.judged_as(networks) == "fp16" and graphs.judged_as(networks) == "int8"
    monkeypatch.setenv(PRECISION_VARIABLE, "fp32")
    assert gpu.judged_as(networks) == "fp32"


def test_engines_are_run_until_their_graphs_are_and_beyond_their_largest_batch():
    gpu, cpu = Candidate("tensorrt"), Candidate("openvino")
    assert gpu.rounds() == 3 and cpu.rounds() == 1
    largest = PROFILES["landmarks_full"].ranges[0].maximum[0]
    assert max(gpu.extra_batches()) > largest > max(cpu.extra_batches())


def test_the_reference_runs_on_the_cpu_also_where_there_is_a_gpu(portrait, monkeypatch):
    asked = []

    def why_no_cuda():
        asked.append("CUDA")
        return "asked where the CPU was wanted"

    monkeypatch.setattr("engines.backends.onnxruntime_backend._why_no_cuda", why_no_cuda)

    class Candidate:
        def open(self, profile):
            raise BackendError("the reference is loaded")

    with pytest.raises(BackendError, match="the reference is loaded"):
        verify("lite", Candidate(), portrait)
    assert not asked


def test_onnxruntime_on_a_gpu_is_judged_by_its_rounding(monkeypatch):
    networks = SimpleNamespace(choice=SimpleNamespace(precision="fp32"))
    candidate = Candidate("onnxruntime")
    assert candidate.judged_as(networks) == "fp32" and candidate.describe("fp32") == "onnxruntime, fp32"
    monkeypatch.setattr("engines.build.verify.runs_on_gpu", lambda backend: True)
    assert candidate.judged_as(networks) == candidate.precision_of("onet", "fp16") == "fp16"
    assert candidate.describe("fp16") == "onnxruntime on CUDA, TF32"
    assert Candidate("onnxruntime", "fp16", bytes).judged_as(networks) == "fp16", "its graphs say it"


def test_tensorrt_does_not_run_graphs_for_the_cpu():
    with pytest.raises(BackendError, match="expected onnxruntime or openvino"):
        make_candidate("tensorrt_rtx", "auto", "fp16")


def test_batches_of_other_sizes_are_added():
    given = [{"image": np.arange(6, dtype=np.uint8).reshape(2, 3)}]
    added = with_extra_batches(given)[1:]
    assert [len(batch["image"]) for batch in added] == list(EXTRA_BATCHES)
    assert np.array_equal(added[1]["image"][2], given[0]["image"][0]) and with_extra_batches([]) == []


def test_the_sample_is_one_portrait(portrait, pipeline):
    from engines.build.recording import run_pictures

    (result,) = run_pictures(pipeline, portrait)
    assert len(result.faces) == 1 and result.faces[0].score > 0.99
    assert model_path("landmarks_lite").is_file()
