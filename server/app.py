"""The application: HTTP routes, the stream endpoint, and the life of the service behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, WebSocket
from fastapi.responses import JSONResponse, PlainTextResponse

from proto.tables import STREAM_PATH
from server.manifest import product_version
from server.metrics import metrics_text
from server.service import Service
from server.session import serve_stream
from server.settings import Settings
from server.studio import add_page


def create_app(settings: Settings | None = None, pipeline: Any = None) -> FastAPI:
    """Build the application. `pipeline` replaces the one that the settings describe."""
    service = Service(settings or Settings(), pipeline)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service.start()
        yield
        await service.close()

    app = FastAPI(
        title="Facecast",
        version=product_version(),
        summary="Camera frames in, ARKit blendshapes out.",
        description=f"Frames and packets travel over the WebSocket `{STREAM_PATH}`; see proto/SPEC.md.",
        lifespan=lifespan,
    )
    app.state.service = service
    _add_routes(app, service)
    return app


def _add_routes(app: FastAPI, service: Service) -> None:
    add_page(app)

    @app.get("/health/live", summary="Is the process alive?", tags=["health"])
    async def live() -> dict:
        return {"live": True}

    @app.get("/health/ready", summary="Have the models run, and are clients taken?", tags=["health"])
    async def ready() -> JSONResponse:
        return JSONResponse(readiness(service), 200 if service.ready else 503)

    @app.get("/metrics", response_class=PlainTextResponse, summary="Prometheus metrics", tags=["health"])
    async def metrics() -> str:
        return metrics_text(service)

    @app.websocket(STREAM_PATH)
    async def stream(websocket: WebSocket) -> None:
        await serve_stream(websocket, service)


def readiness(service: Service) -> dict:
    """What /health/ready answers."""
    details = {
        "loading": "The models are being loaded.",
        "failed": service.failure,
        "stopping": "The server is stopping.",
    }
    return {
        "ready": service.ready,
        "state": service.state,
        "detail": details.get(service.state, ""),
        "profile": service.description.get("profile"),
        "backend": service.description.get("backend"),
        "rooms": len(service.rooms.rooms),
        "participants": service.rooms.participant_count,
    }
