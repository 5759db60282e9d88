"""A real headless Chromium, driven through tests/studio/drive.mjs."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

from tests.studio.node import node_program

DRIVER = Path(__file__).with_name("drive.mjs")
PATIENCE_S = 90.0  # of a machine that is busy with something else
INSECURE_HOST = "facecast.test"  # a name that is this machine, but not localhost: browsers give it no camera
MISSING = (
    "the browser tests need Chromium: apt-get install -y --no-install-recommends chromium "
    "(or set CHROMIUM to where one is)"
)


class BrowserError(AssertionError):
    """The browser did not do what a test asked for."""


def find_chromium() -> str:
    """Find Chromium. Raises: BrowserError that says how to install it."""
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise BrowserError(MISSING)


def chromium_arguments(camera: Path) -> list[str]:
    """Switches of a browser without a GPU, with a file as its camera, that reaches no other machine."""
    return [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-unsafe-swiftshader",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-proxy-server",
        f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]


class Browser:
    """One Chromium; pages in it are contexts of their own, as if of different people."""

    def __init__(self, camera: Path) -> None:
        executable = find_chromium()
        self._process = subprocess.Popen(
            [node_program(), str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._pages = 0
        self.version = self.ask("launch", executable=executable, args=chromium_arguments(camera))

    def open(
        self,
        url: str,
        *,
        camera: bool = True,
        size: tuple[int, int] = (1100, 760),
        scheme: str = "light",
        phone: bool = False,
        stream_says: tuple[bytes, int] | None = None,
    ) -> Page:
        """Open a page. `camera` allows it; `stream_says` stands in for the server: a message, a code."""
        self._pages += 1
        name = f"page{self._pages}"
        options: dict[str, Any] = {
            "viewport": {"width": size[0], "height": size[1]},
            "colorScheme": scheme,
            "hasTouch": phone,
            "isMobile": phone,
        }
        fatal = {"fatalBytes": stream_says[0].hex(), "closeCode": stream_says[1]} if stream_says else {}
        permissions = ["camera"] if camera else []
        self.ask("open", page=name, url=url, options=options, permissions=permissions, **fatal)
        return Page(self, name)

    def ask(self, op: str, patience_s: float = PATIENCE_S, **request: Any) -> Any:
        """Ask the driver for something. Raises: BrowserError when it fails or takes too long."""
        self._process.stdin.write(json.dumps({"op": op, **request}) + "\n")
        self._process.stdin.flush()
        try:
            line = self._answers.get(timeout=patience_s + 30)
        except queue.Empty:
            raise BrowserError(f"no answer to {op} {request}") from None
        answer = json.loads(line) if line else {"failure": "the driver ended"}
        if "failure" in answer:
            raise BrowserError(f"{op}: {answer['failure']}")
        return answer["value"]

    def close(self) -> None:
        """End the browser."""
        try:
            self.ask("quit", patience_s=10)
        finally:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")


class Page:
    """One page; conditions and code are JavaScript in it."""

    def __init__(self, browser: Browser, name: str) -> None:
        self._browser = browser
        self.name = name
        self.forgiven = 0  # problems that a test expected

    def wait(self, condition: str, patience_s: float = PATIENCE_S) -> Any:
        """Wait until something is true in the page; return it."""
        return self._ask("wait", patience_s, condition=condition, timeoutMs=patience_s * 1000)

    def run(self, code: str) -> Any:
        """Evaluate an expression in the page."""
        return self._ask("run", code=code)

    def click(self, selector: str) -> None:
        """Click an element once it can be clicked."""
        self._ask("click", selector=selector)

    def press(self, key: str) -> None:
        """Press a key."""
        self._ask("press", key=key)

    def choose_file(self, selector: str, path: Path) -> None:
        """Put a file into a file input."""
        self._ask("files", selector=selector, path=str(path))

    def download(self, selector: str, path: Path) -> str:
        """Click what starts a download, keep it, and return its name."""
        return self._ask("download", selector=selector, path=str(path))

    def text(self, selector: str) -> str:
        """What an element says; empty when it is hidden."""
        return self.run(
            f"(() => {{ const e = document.querySelector({selector!r});"
            " return e && e.checkVisibility() ? e.innerText : ''; })()"
        )

    def screenshot(self, path: Path, full_page: bool = False) -> None:
        """Keep a picture of the page."""
        self._ask("shot", path=str(path), fullPage=full_page)

    @property
    def requests(self) -> list[str]:
        """Every address that the page asked for."""
        return self._ask("seen")["requests"]

    @property
    def problems(self) -> list[str]:
        """Errors of the page's scripts and of its console."""
        return self._ask("seen")["problems"]

    def forgive(self) -> None:
        """Take the problems so far as expected."""
        self.forgiven = len(self.problems)

    def close(self) -> None:
        """Close the page."""
        self._ask("close")

    def _ask(self, op: str, patience_s: float = PATIENCE_S, **request: Any) -> Any:
        return self._browser.ask(op, patience_s, page=self.name, **request)
