"""The process around the application: its address, its signals, its faults."""

from __future__ import annotations

import argparse
import gc
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from server.protocol import StreamProtocol
from server.serve import (
    GracefulServer,
    ListenError,
    add_arguments,
    build_server,
    open_listener,
    run,
    run_server,
    spare_collector,
)
from server.settings import Settings

ROOT = Path(__file__).parents[2]
SERVE_FAKE = """
import sys
import server.service
from tests.server.fakes import FakePipeline
server.service.load_pipeline = lambda settings: FakePipeline()
from server.cli import main
sys.exit(main(["serve", "--port", "0", "--log-format", "json"]))
"""


def test_limits_of_the_settings_reach_the_socket():
    settings = Settings(max_message_bytes=5000, ping_interval_s=7, max_unfinished_bytes=7000)
    config = build_server(argparse.Namespace(state=argparse.Namespace(service=None)), settings).config
    assert (config.ws_max_size, config.ws_ping_interval, config.ws_per_message_deflate) == (5000, 7, False)
    assert issubclass(config.ws, StreamProtocol)
    assert config.ws.unfinished.most == 7000


def test_taken_port_is_told_in_words():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ListenError, match=f"cannot listen on 127.0.0.1:{port}: .*in use"):
            open_listener(Settings(port=port))


async def test_what_waits_for_the_models_is_called_once_when_they_are_ready():
    service, calls = argparse.Namespace(ready=False, state="loading"), []
    server = build_server(argparse.Namespace(state=argparse.Namespace(service=service)), Settings())
    server.when_ready = lambda: calls.append(service.state)
    assert not await server.on_tick(1) and calls == []
    service.ready, service.state = True, "ready"
    assert not await server.on_tick(2) and not await server.on_tick(3)
    assert calls == ["ready"]


def test_what_lives_long_is_kept_from_the_collector(monkeypatch: pytest.MonkeyPatch):
    waiting = []
    monkeypatch.setattr(GracefulServer, "run", lambda server, sockets: waiting.append(server.when_ready))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert run_server(Settings(port=0)) == 0 and waiting == [spare_collector]
    before = gc.get_freeze_count()
    try:
        spare_collector()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()


def test_flags_win_over_variables_and_missing_flags_do_not(monkeypatch: pytest.MonkeyPatch):
    chosen = []
    monkeypatch.setattr("server.serve.run_server", lambda settings: chosen.append(settings) or 0)
    monkeypatch.setenv("FACECAST_PORT", "9001")
    monkeypatch.setenv("FACECAST_PROFILE", "full")
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert run(parser.parse_args(["--profile", "lite", "--host", "0.0.0.0"])) == 0
    (settings,) = chosen
    assert (settings.port, settings.profile, settings.host) == (9001, "lite", "0.0.0.0")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_serves_until_a_signal_and_ends_well(number: signal.Signals):
    words = [sys.executable, "-c", SERVE_FAKE]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        address = process.stderr.readline().split()[-1]
        for _ in range(3000):
            if httpx.get(f"{address}/health/ready").status_code == 200:
                break
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert '"message": "stopped"' in errors
