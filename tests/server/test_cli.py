"""The command line as a newcomer meets it."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import types

import pytest

from engines.errors import WeightsError
from server import cli
from server.cli import COMMANDS, build_parser, main


def test_help_lists_every_command_and_first_steps(capsys: pytest.CaptureFixture):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    for name, (_, meaning) in COMMANDS.items():
        assert f"    {name}" in out
        assert meaning[:30] in out
    assert "first steps" in out


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str, capsys: pytest.CaptureFixture):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: facecast {name}" in capsys.readouterr().out
    for action in build_parser(name)._subparsers._group_actions[0].choices[name]._actions:
        explained = action._choices_actions if isinstance(action, argparse._SubParsersAction) else [action]
        assert all(each.help for each in explained), f"{name} {action.option_strings or action.dest}: no help"


@pytest.mark.parametrize("words", [[], ["paint"], ["publish"], ["watch", "--count", "many"]])
def test_wrong_usage_ends_with_code_2(words: list[str], capsys: pytest.CaptureFixture):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: facecast" in capsys.readouterr().err


def test_setting_that_does_not_fit_is_one_plain_line(capsys: pytest.CaptureFixture):
    assert main(["serve", "--port", "99999"]) == 2
    assert capsys.readouterr().err == (
        "facecast: settings: port: Input should be less than or equal to 65535, got 99999\n"
    )


def fake_command(monkeypatch: pytest.MonkeyPatch, run: object) -> None:
    module = types.ModuleType("fake_command")
    module.add_arguments = lambda parser: None
    module.run = run
    monkeypatch.setitem(sys.modules, "fake_command", module)
    monkeypatch.setitem(COMMANDS, "fake", ("fake_command", "a fake"))


def test_error_of_a_command_is_one_plain_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    def fail(arguments: argparse.Namespace) -> int:
        raise WeightsError("x.onnx: expected the weights, found no such file")

    fake_command(monkeypatch, fail)
    assert main(["fake"]) == 2
    assert capsys.readouterr().err == "facecast: x.onnx: expected the weights, found no such file\n"


def test_status_of_a_command_is_the_exit_status(monkeypatch: pytest.MonkeyPatch):
    fake_command(monkeypatch, lambda arguments: 7)
    assert main(["fake"]) == 7


def test_interrupt_ends_without_traceback(monkeypatch: pytest.MonkeyPatch):
    def interrupt(arguments: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    fake_command(monkeypatch, interrupt)
    assert main(["fake"]) == 130


def test_missing_library_stops_its_own_command_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    real = importlib.import_module

    def broken(name: str) -> types.ModuleType:
        if name == "engines.analyze":
            raise ImportError("No module named 'cv2'")
        return real(name)

    monkeypatch.setattr(cli.importlib, "import_module", broken)
    assert main(["analyze", "x.mp4"]) == 2
    assert "No module named 'cv2'" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["watch", "--help"])
    assert ended.value.code == 0


def test_installed_command_answers():
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("facecast ")
