"""The page at `/`: built or plain, and nothing from other hosts either way."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from proto.tables import SUBPROTOCOL
from server.studio import PAGE, add_page
from tests.server.running import RunningServer


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page folder with a plain page in which nothing is built."""
    (tmp_path / "index.html").write_text("plain")
    return tmp_path


def client_of(page: Path) -> httpx.AsyncClient:
    app = FastAPI()
    add_page(app, page)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://facecast")


async def test_plain_page_until_the_studio_is_built(page: Path):
    async with client_of(page) as client:
        assert (await client.get("/")).text == "plain"
        assert (await client.get("/assets/main.js")).status_code == 404
        (page / "dist" / "assets").mkdir(parents=True)
        (page / "dist" / "index.html").write_text("studio")
        (page / "dist" / "assets" / "main.js").write_text("1")
        answer = await client.get("/")
        assert answer.text == "studio"
        assert answer.headers["cache-control"] == "no-cache"
        script = await client.get("/assets/main.js")
        assert script.text == "1"
        assert "immutable" in script.headers["cache-control"]


async def test_studio_may_load_only_from_its_own_host(page: Path):
    (page / "dist").mkdir()
    (page / "dist" / "index.html").write_text("studio")
    async with client_of(page) as client:
        policy = (await client.get("/")).headers["content-security-policy"]
    sources = {word for rule in policy.split(";") for word in rule.split()[1:]}
    assert sources == {"'none'", "'self'", "blob:", "data:"}
    assert "script-src 'self';" in policy


async def test_files_outside_are_not_served(page: Path):
    (page / "dist" / "assets").mkdir(parents=True)
    async with client_of(page) as client:
        assert (await client.get("/assets/..%2f..%2findex.html")).status_code == 404


def test_a_real_server_serves_a_page(server: RunningServer):
    answer = server.http("/")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_plain_page_loads_nothing_from_elsewhere(server: RunningServer):
    text = (PAGE / "index.html").read_text()
    assert SUBPROTOCOL in text
    assert not re.search(r"https?://", text)
    for link in re.findall(r'href="([^"]+)"', text):
        assert server.http(link).status_code == 200, link
