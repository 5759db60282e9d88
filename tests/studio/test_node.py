"""Run the page's own tests of everything that needs no browser, in Node."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.studio.node import node_program

TESTS = sorted(Path(__file__).parent.glob("*.test.js"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_in_node(path: Path):
    done = subprocess.run([node_program(), "--test", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 0" not in done.stdout, "nothing was tested"


def test_every_file_is_run():
    assert {path.stem.removesuffix(".test") for path in TESTS} == {"match", "media", "play", "record", "wire"}
