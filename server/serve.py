"""Run the application on a socket until it is told to stop, and say goodbye to the clients."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys

import uvicorn
from fastapi import FastAPI

from server.app import create_app
from server.logs import configure_logs
from server.protocol import StreamProtocol
from server.service import FAILED, Service
from server.settings import Settings

CEILING = 2  # times max_message_bytes: up to here a message is refused politely, above it the socket closes
REPLY_S, REPLY_STEP_S = 1.0, 0.02


class GracefulServer(uvicorn.Server):
    """Uvicorn, but clients learn why before their sockets close, and a failed start ends the process."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self.service = service

    async def on_tick(self, counter: int) -> bool:
        """Stop when asked to, or when the models could not be loaded."""
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
        ws=StreamProtocol,
        ws_max_size=CEILING * settings.max_message_bytes,
        ws_per_message_deflate=False,  # pictures and packets do not compress, and the attempt costs time
        ws_ping_interval=settings.ping_interval_s,
        ws_ping_timeout=settings.ping_interval_s,
        timeout_graceful_shutdown=max(1, round(settings.shutdown_timeout_s)),
        log_config=None,
        access_log=False,
    )
    return GracefulServer(config, app.state.service)


def run_server(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM. Returns: the exit status, 1 when the models could not be loaded.

    Raises: OSError when the address cannot be listened on.
    """
    configure_logs(settings.log_level, settings.log_format)
    listener = open_listener(settings)
    app = create_app(settings)
    server = build_server(app, settings)
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


def open_listener(settings: Settings) -> socket.socket:
    """Bind the address before anything is loaded, so that a taken port is told at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=512)
