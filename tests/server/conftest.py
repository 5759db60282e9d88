"""Fixtures of the network tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.fakes import FakePipeline
from tests.server.running import RunningServer, running_server


@pytest.fixture
def pipeline() -> FakePipeline:
    """The fake pipeline behind `server`."""
    return FakePipeline()


@pytest.fixture
def server(pipeline: FakePipeline) -> Iterator[RunningServer]:
    """A real server on a real socket, over a fake pipeline."""
    with running_server(pipeline) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reach the server on this machine directly, whatever proxy the machine has for others."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
