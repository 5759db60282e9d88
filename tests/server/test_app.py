"""The HTTP side: health, metrics, the page, the documentation."""

from __future__ import annotations

from server.app import create_app, readiness
from server.settings import Settings
from tests.server.fakes import FakePipeline
from tests.server.running import RunningServer


def test_alive_and_ready(server: RunningServer):
    assert server.http("/health/live").json() == {"live": True}
    answer = server.http("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "state": "ready",
        "detail": "",
        "profile": "lite",
        "backend": "fake",
        "rooms": 0,
        "participants": 0,
    }


def test_readiness_names_the_failure():
    service = create_app(Settings(), FakePipeline()).state.service
    service.state, service.failure = "failed", "no weights"
    assert readiness(service)["detail"] == "no weights"
    assert readiness(service)["ready"] is False


async def test_participants_are_counted(server: RunningServer):
    async with server.client("viewer", room="a"), server.client("viewer", room="b"):
        health = server.http("/health/ready").json()
        assert (health["rooms"], health["participants"]) == (2, 2)


def test_documentation_describes_the_http_interface(server: RunningServer):
    assert set(server.http("/openapi.json").json()["paths"]) == {"/health/live", "/health/ready", "/metrics"}


def test_unknown_path_is_not_found(server: RunningServer):
    assert server.http("/nothing").status_code == 404
