"""The three commands, as a user gives them."""

from __future__ import annotations

import argparse
import json
import sys

import pytest

from engines.build import cli
from engines.build.cache import Key
from engines.build.flavours import Flavour
from engines.errors import BackendError, SourceError
from engines.models import manifest

PORTRAIT = str(cli.SAMPLE)


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    return cli.run(parser.parse_args(words))


def test_build_then_list(cache, rtx, capsys):
    assert run("build", "rnet", "onet", "--flavour", "tensorrt_rtx", "--batch", "8") == 0
    told = capsys.readouterr().out
    assert f"tensorrt_rtx {rtx.version} into {cache.folder}" in told and told.count("built") == 2
    assert run("build", "onet", "--flavour", "tensorrt_rtx", "--batch", "8") == 0
    assert "was there" in capsys.readouterr().out
    assert run("list") == 0
    told = capsys.readouterr().out
    assert "2 engines" in told and told.count(f"tensorrt_rtx {rtx.version}") == 2 and told.count("good") == 2
    assert run("list", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["folder"] == str(cache.folder)
    assert [engine["network"] for engine in told["engines"]] == ["onet", "rnet"]
    assert {(e["state"], e["precision"]) for e in told["engines"]} == {("good", "fp16")}


def test_list_tells_damaged_and_outdated(cache, rtx, capsys):
    assert run("list") == 0 and "0 engines" in capsys.readouterr().out
    known = manifest()["onet"]["sha256"]
    stored = [
        cache.store(Key("onet", known, "tensorrt_rtx", rtx.version, "any", "fp16", []), b"good one", 1),
        cache.store(Key("onet", "0" * 64, "tensorrt_rtx", rtx.version, "any", "fp16", []), b"old one", 1),
        cache.store(Key("onet", known, "tensorrt_rtx", "0.1", "any", "fp16", []), b"older one", 1),
        cache.store(Key("onet", known, "tensorrt_rtx", rtx.version, "any", "fp32", []), b"broken one", 1),
    ]
    stored[3].write_bytes(b"brokem one")
    assert run("list", "--json") == 0
    states = {e["file"]: e["state"] for e in json.loads(capsys.readouterr().out)["engines"]}
    assert [states[path.name] for path in stored] == [
        "good", "outdated: made of another ONNX file", f"outdated: tensorrt_rtx is {rtx.version} now",
        "its bytes are not the described ones",
    ]  # fmt: skip


def test_int8_is_calibrated_on_the_pictures_that_are_given(cache, rtx, tmp_path, capsys, monkeypatch):
    from engines.build import make

    monkeypatch.setattr(make, "build_plan", lambda *_: b"a plan")  # the build has a test of its own
    (tmp_path / "faces").mkdir()
    (tmp_path / "faces" / "one.jpg").write_bytes(cli.SAMPLE.read_bytes())
    words = ("build", "landmarks_lite", "--precision", "int8", "--flavour", "tensorrt_rtx")
    with pytest.raises(BackendError, match="not calibrated"):
        run(*words)
    assert run(*words, "--calibration", str(tmp_path / "faces")) == 0
    assert "calibrating on" in capsys.readouterr().out
    assert run(*words) == 0 and "was there" in capsys.readouterr().out
    assert run("list") == 0
    told = capsys.readouterr().out
    assert "calibrated graph" in told and told.count(" int8 ") == 2


def test_build_without_any_tensorrt_names_what_to_install(monkeypatch):
    """As in an image that has only ONNX Runtime: without `onnx` either."""
    absent = {name: Flavour(f"absent_{name}", name, True) for name in ("tensorrt", "tensorrt_rtx")}
    monkeypatch.setattr(cli, "FLAVOURS", absent)
    for name in [each for each in sys.modules if each.startswith("engines.build.make")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(BackendError, match=r"no engine can be built .* install 'facecast\[tensorrt,gpu"):
        run("build")


@pytest.mark.parametrize("words", [("abacus",), ("onet", "--batch", "0")])
def test_what_cannot_be_built_is_told(cache, words):
    with pytest.raises(BackendError, match="expected"):
        run("build", "--flavour", "tensorrt_rtx", *words)


def test_missing_pictures_are_told(tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        run("verify", str(tmp_path / "nothing"), "--backend", "openvino")


def test_verify_passes_and_tells_what_was_compared(capsys):
    assert run("verify", PORTRAIT, "--profile", "lite", "--backend", "openvino", "--precision", "fp32") == 0
    told = capsys.readouterr().out
    assert "lite: openvino, fp32 against onnxruntime, fp32; 1 pictures" in told
    assert "end to end wire steps" in told
    assert told.rstrip().endswith("all within the limits")


def test_verify_fails_with_its_own_status(capsys, monkeypatch):
    monkeypatch.setitem(cli.verify.__globals__, "compare_results", lambda *_: failed_line())
    assert run("verify", "--profile", "lite", "--backend", "onnxruntime", "--json") == cli.DIFFERS == 1
    told = json.loads(capsys.readouterr().out)
    assert told["passed"] is False and told["pictures"] == 1
    lite = told["profiles"]["lite"]
    assert lite["candidate"] == "onnxruntime, fp32"
    assert [line["what"] for line in lite["outputs"] if not line["passed"]] == ["end to end"]


def failed_line():
    from engines.build.parity import Comparison

    return Comparison("end to end", "wire steps", 9.0, 99.0, 0.1, 2)


def test_a_backend_without_its_gpu_is_refused_not_replaced():
    for backend in ("tensorrt", "tensorrt_rtx"):
        if cli.FLAVOURS[backend].why_not_installed() is None and cli.device_capability():
            pytest.skip("there is a GPU here: its absence cannot be tested")
        with pytest.raises(BackendError, match=f"backend {backend} cannot run here"):
            run("verify", "--backend", backend)


def test_pictures_are_taken_from_the_whole_list():
    assert cli.spread(list("abcdefgh"), 4) == list("aceg") and cli.spread(list("ab"), 4) == list("ab")
