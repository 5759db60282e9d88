"""The engines benchmark: what it would measure, and a real run of one small part."""

import argparse
import json

import numpy as np
import pytest

from benchmarks import engines as bench
from engines.errors import BackendError


def test_every_precision_of_the_landmarks_and_each_small_network_is_a_case():
    found = list(bench.cases(["lite"], ["openvino"]))
    assert [case.precision for case in found[:4]] == ["fp32", "bf16", "fp16", "int8"]
    assert [case.network for case in found[4:]] == ["pnet", "rnet", "onet", "expression"]


def test_examples_have_the_networks_shapes():
    assert bench.example("landmarks_lite", 8)["image"].shape == (8, 256, 256, 3)
    assert bench.example("pnet", 1)["image"].shape == (1, *bench.PNET_SIZE_HW, 3)
    assert all(len(value) == 2 for value in bench.example("expression", 2).values())


def test_a_run_tells_what_was_measured_and_what_could_not_be(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "SMALL", ("onet",))
    monkeypatch.setattr(bench, "MEASURE_S", 0.05)
    monkeypatch.setattr(bench, "WARM_UP_S", 0.01)
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    out = tmp_path / "engines"
    options = ["--profile", "lite", "--backend", "onnxruntime", "--out", str(out)]
    assert bench.run(parser.parse_args(options)) == 0
    result = json.loads(out.with_suffix(".json").read_text())
    measured = {(line["network"], line["precision"]) for line in result["lines"]}
    assert {("landmarks_lite", "fp32"), ("landmarks_lite", "int8"), ("onet", "auto")} <= measured
    assert all(line["batch_1_ms"] > 0 and line["batch_8_ms"] > 0 for line in result["lines"])
    assert any("onnxruntime runs fp32, int8" in reason for reason in result["skipped"])
    assert result["chosen"] == {"landmarks_lite on onnxruntime": "fp32"}


def test_the_error_is_that_of_the_faces_given(monkeypatch):
    class Truth:
        """A session that finds the labels' points wherever it looks, three pixels to the right."""

        def run(self, inputs, outputs):
            return [points[None] + np.float32([3, 0]), np.ones((1, 98), np.float32)]

    class OneFace:
        def __init__(self, labels):
            self.labels = labels

        def __len__(self):
            return 1

        def decode(self, index):
            return np.zeros((300, 300, 3), np.uint8)

    from engines import landmark98
    from engines.stages import align
    from tests.engines.faces import make_face

    lm98 = make_face().landmarks_px.astype(float)
    matrix = align.crop_from_points(lm98)
    points = align.to_crop(lm98, matrix).astype(np.float32)
    faces = OneFace({"lm98": lm98[None], "gt68": lm98[None, landmark98.TO_68]})
    error = bench.landmark_error(Truth(), faces)
    right, left = (lm98[landmark98.TO_68][i] for i in landmark98.OUTER_EYE_CORNERS_68)
    shift = 3 / np.hypot(*matrix[:, 0])
    assert np.isclose(error["nme68"], 100 * shift / np.linalg.norm(right - left), atol=0.01)


def test_a_backend_that_cannot_run_says_so_first():
    with pytest.raises(BackendError, match="abacus"):
        bench.open_case(bench.Case("landmarks_lite", "abacus", "fp32"), 1)
