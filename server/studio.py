"""The page at `/`: the studio that Vite built into page/dist, or the plain page where nothing was built."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGE = Path(__file__).parent / "page"

# Nothing from other hosts. A user's own model brings pictures as blob: and data:, a dropped video is a blob:.
STUDIO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; img-src 'self' blob: data:; "
    "media-src blob:; connect-src 'self' blob: data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# The plain page is one file with its own style and script.
PLAIN_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"


class HashedFiles(StaticFiles):
    """Files whose names change with their content, so that browsers may keep them for ever."""

    async def check_config(self) -> None:
        """Take a folder that is not there yet: nothing is found in it until the page is built."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve a file. Raises: HTTPException 404 if it is not there."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def add_page(app: FastAPI, page: Path = PAGE) -> None:
    """Serve the page at `/`. Looks at each request, so that a page built later needs no restart."""
    built = page / "dist" / "index.html"

    @app.get("/", include_in_schema=False)
    async def index() -> FileResponse:
        path, policy = (built, STUDIO_POLICY) if built.is_file() else (page / "index.html", PLAIN_POLICY)
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
        return FileResponse(path, headers=headers)

    app.mount("/assets", HashedFiles(directory=page / "dist" / "assets", check_dir=False), name="assets")
