"""Run the application on a socket until it is told to stop, and say goodbye to the clients."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable
from typing import get_args

import uvicorn
from fastapi import FastAPI

from engines.errors import FacecastError
from server.app import create_app
from server.logs import configure_logs
from server.protocol import StreamProtocol, limited_protocol
from server.service import FAILED, Service
from server.settings import Settings

REPLY_S, REPLY_STEP_S = 1.0, 0.02
HELP_PROFILE = "lite is quick, full exact (default: by the machine)"
HELP_LOGS = "json for machines, text for people (default: text on a terminal)"


class ListenError(FacecastError):
    """The address cannot be listened on."""


class GracefulServer(uvicorn.Server):
    """Uvicorn, but clients learn why before their sockets close, and a failed start ends the process."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self.service = service
        self.when_ready: Callable[[], None] | None = None  # called once

    async def on_tick(self, counter: int) -> bool:
        """Stop when asked to, or when the models could not be loaded."""
        if self.when_ready is not None and self.service.ready:
            call, self.when_ready = self.when_ready, None
            call()
        return await super().on_tick(counter) or self.service.state == FAILED

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, finish the frame in flight, say goodbye, then close."""
        for server in self.servers:
            server.close()
        await self.service.drain()
        await self._await_replies()
        await super().shutdown(sockets)

    async def _await_replies(self) -> None:
        """Give clients a moment to answer the close, so that none is cut off in the middle of a frame."""
        for _ in range(round(REPLY_S / REPLY_STEP_S)):
            if not any(isinstance(each, StreamProtocol) for each in self.server_state.connections):
                break
            await asyncio.sleep(REPLY_STEP_S)


def build_server(app: FastAPI, settings: Settings) -> GracefulServer:
    """Put an application on uvicorn with the limits of the settings."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        ws=limited_protocol(settings.max_unfinished_bytes),
        ws_max_size=settings.max_message_bytes,
        ws_per_message_deflate=False,  # pictures and packets do not compress, and the attempt costs time
        ws_ping_interval=settings.ping_interval_s,
        ws_ping_timeout=settings.ping_interval_s,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_timeout_s)),
        log_config=None,
        access_log=False,
    )
    return GracefulServer(config, app.state.service)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments; each overrides its FACECAST_* variable (docs/settings.md)."""
    fields = Settings.model_fields
    parser.add_argument("--host", help=f"address to listen on (default {fields['host'].default})")
    parser.add_argument(
        "--port", type=int, help=f"port; 0 takes a free one (default {fields['port'].default})"
    )
    parser.add_argument("--profile", choices=get_args(fields["profile"].annotation), help=HELP_PROFILE)
    parser.add_argument(
        "--backend", choices=get_args(fields["backend"].annotation), help="what runs the networks"
    )
    precisions = get_args(fields["precision"].annotation)
    parser.add_argument("--precision", choices=precisions, help="numbers of the landmark network")
    parser.add_argument(
        "--threads", type=int, help="threads of the networks on a CPU (default: by the cores)"
    )
    parser.add_argument("--log-level", choices=get_args(fields["log_level"].annotation), help="default info")
    parser.add_argument("--log-format", choices=get_args(fields["log_format"].annotation), help=HELP_LOGS)


def run(arguments: argparse.Namespace) -> int:
    """Run the command. Returns: the exit status, 1 when the models could not be loaded.

    Raises: ValidationError for a setting that does not fit, ListenError.
    """
    given = {name: value for name, value in vars(arguments).items() if name in Settings.model_fields}
    return run_server(Settings(**{name: value for name, value in given.items() if value is not None}))


def run_server(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM. Returns: the exit status, 1 when the models could not be loaded.

    Raises: ListenError when the address cannot be listened on.
    """
    configure_logs(settings.log_level, settings.log_format)
    listener = open_listener(settings)
    app = create_app(settings)
    server = build_server(app, settings)
    server.when_ready = spare_collector
    host, port = listener.getsockname()[:2]
    print(
        f"Facecast on http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}", file=sys.stderr, flush=True
    )
    # Uvicorn raises the signal again after it has stopped; a stop that was asked for is a success.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listener])
    service: Service = app.state.service
    if service.failure:
        print(f"facecast: {service.failure}", file=sys.stderr)
        return 1
    return 0


def spare_collector() -> None:
    """Take what lives as long as the process out of the garbage collector's sight.

    Now and then it would walk through all modules and networks, for 40 ms in which every stream waits.
    """
    gc.collect()
    gc.freeze()


def open_listener(settings: Settings) -> socket.socket:
    """Bind the address before anything is loaded, so that a taken port is told at once.

    Raises: ListenError.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=512)
    except OSError as error:
        text = f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}"
        raise ListenError(f"{text}; is it in use? (--port)") from error
