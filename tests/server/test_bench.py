"""The benchmarks behind `facecast bench`: each is loaded only when asked for, and may be missing."""

from __future__ import annotations

import argparse
import sys
import types

import pytest

from server.bench import BENCHMARKS, BenchmarksMissingError, add_arguments, load_benchmark
from server.cli import main


@pytest.fixture
def fake_benchmark(monkeypatch: pytest.MonkeyPatch) -> list[argparse.Namespace]:
    """A fake benchmark named `fake`; gives what it was run with."""
    runs: list[argparse.Namespace] = []
    module = types.ModuleType("fake_benchmark")
    module.add_arguments = lambda parser: parser.add_argument(
        "--seconds", type=int, default=3, help="how long"
    )
    module.run = lambda arguments: runs.append(arguments) or 5
    monkeypatch.setitem(sys.modules, "fake_benchmark", module)
    monkeypatch.setitem(BENCHMARKS, "fake", ("fake_benchmark", "a fake"))
    return runs


def test_chosen_benchmark_gets_its_arguments_and_gives_the_status(fake_benchmark: list[argparse.Namespace]):
    assert main(["bench", "fake", "--seconds", "7"]) == 5
    assert [arguments.seconds for arguments in fake_benchmark] == [7]


def test_benchmark_explains_its_own_arguments(
    fake_benchmark: list[argparse.Namespace], capsys: pytest.CaptureFixture
):
    with pytest.raises(SystemExit) as ended:
        main(["bench", "fake", "--help"])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    assert "usage: facecast bench fake" in out and "how long" in out
    assert fake_benchmark == []


def test_listing_the_benchmarks_imports_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    monkeypatch.setitem(BENCHMARKS, "broken", ("no_such_module_at_all", "cannot be imported"))
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert all(name in out for name in BENCHMARKS)


def test_missing_package_of_benchmarks_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    monkeypatch.setitem(sys.modules, "benchmarks", None)  # as where only the wheel is installed
    monkeypatch.delitem(sys.modules, "benchmarks.server", raising=False)
    assert main(["bench", "server"]) == 2
    assert "run `facecast bench` from a checkout" in capsys.readouterr().err


def test_library_that_a_benchmark_lacks_is_not_taken_for_a_missing_benchmark(monkeypatch: pytest.MonkeyPatch):
    def fail(name: str) -> None:
        raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")

    monkeypatch.setattr("server.bench.importlib.import_module", fail)
    with pytest.raises(ModuleNotFoundError, match="matplotlib") as caught:
        load_benchmark("server")
    assert not isinstance(caught.value, BenchmarksMissingError)
