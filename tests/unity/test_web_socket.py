"""The browser's half of the WebGL transport, run by Node.js against a WebSocket that the test plays."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.studio.node import node_program
from tools.mono import PACKAGE

LIBRARY = PACKAGE / "Runtime" / "Unity" / "Plugins" / "WebGL" / "FacecastWebSocket.jslib"
SCRIPT = Path(__file__).parent / "web_socket.mjs"
TRANSPORT = PACKAGE / "Runtime" / "Unity" / "WebGlTransport.cs"


def test_library_does_what_the_transport_asks():
    command = [node_program(), str(SCRIPT), str(LIBRARY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == "passed"


def test_transport_imports_what_the_library_has():
    declared = {
        line.split("(")[0].split()[-1] for line in TRANSPORT.read_text().splitlines() if "extern" in line
    }
    offered = {
        line.split(":")[0].strip() for line in LIBRARY.read_text().splitlines() if "  Facecast" in line
    }
    assert declared == {name for name in offered if name.startswith("FacecastSocket")}
