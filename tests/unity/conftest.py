"""Fixtures of the Unity package's tests, and NUnit's counts at the end of pytest's output."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import mono


@pytest.fixture(scope="session")
def unity_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is compiled in this session."""
    return tmp_path_factory.mktemp("unity")


@pytest.fixture(scope="session")
def core_library(unity_build: Path) -> Path:
    """The compiled core of the Unity package."""
    return mono.compile_core(unity_build)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what NUnit counted."""
    for line in mono.COUNTS:
        terminalreporter.write_line(line)
