"""The generator: what is committed is current, and every kind of drift is found and mended."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from proto.generate import ROOT, main

GENERATED = ["proto", "server/page/wire_tables.js", "unity_client/Runtime/Core/WireTables.cs"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of everything that the generator reads and writes."""
    for name in GENERATED:
        source, target = ROOT / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return tmp_path


def check(root: Path, capsys: pytest.CaptureFixture) -> tuple[int, str]:
    status = main(["--check", "--root", str(root)])
    return status, capsys.readouterr().out


def test_what_is_committed_is_current():
    command = [sys.executable, "-m", "proto.generate", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 faults" in done.stdout


FILES = [
    "proto/tables.py",
    "proto/SPEC.md",
    "server/page/wire_tables.js",
    "unity_client/Runtime/Core/WireTables.cs",
    "proto/vectors/valid/packet_one_face_u8.bin",
    "proto/vectors/invalid/client_truncated.json",
]


@pytest.mark.parametrize("name", FILES)
def test_an_outdated_file_is_named_and_mended(copy, capsys, name):
    path = copy / name
    content = path.read_bytes()
    # Inside a table of SPEC.md, whose other text is free; at the end of the others.
    changed = content.replace(b"| 11 | AU17", b"| 11 | AU71") if name.endswith(".md") else content + b"\n"
    assert changed != content
    path.write_bytes(changed)
    assert check(copy, capsys) == (1, f"outdated: {name}\n338 files checked, 1 faults\n")
    assert main(["--root", str(copy)]) == 0
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".md")])
def test_a_missing_file_is_named_and_mended(copy, capsys, name):
    content = (copy / name).read_bytes()
    (copy / name).unlink()
    status, text = check(copy, capsys)
    assert status == 1 and f"missing: {name}\n" in text
    assert main(["--root", str(copy)]) == 0
    assert (copy / name).read_bytes() == content


@pytest.mark.parametrize("name", ["valid/stray.bin", "invalid/later/stray.json", "notes.txt"])
def test_an_unexpected_vector_is_named_and_removed(copy, capsys, name):
    path = copy / "proto" / "vectors" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"stray")
    status, text = check(copy, capsys)
    assert status == 1 and f"unexpected: proto/vectors/{name}\n" in text
    assert main(["--root", str(copy)]) == 0
    assert not path.exists() and check(copy, capsys)[0] == 0


def test_a_changed_schema_makes_everything_outdated(copy, capsys):
    path = copy / "proto" / "schema.toml"
    path.write_text(path.read_text("utf-8").replace('name = "bgr8"', 'name = "bgra8"'), "utf-8")
    status, text = check(copy, capsys)
    assert status == 1
    for name in ("proto/tables.py", "proto/SPEC.md", "server/page/wire_tables.js"):
        assert f"outdated: {name}\n" in text
    assert "outdated: unity_client/Runtime/Core/WireTables.cs\n" in text
    assert "missing: proto/vectors/valid/frame_bgra8.bin\n" in text
    assert "unexpected: proto/vectors/valid/frame_bgr8.bin\n" in text


def test_sizes_are_printed(capsys):
    assert main(["--sizes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["1", "face,", "u8", "(the", "default)", "146", "bytes"]
    assert lines[-1].split()[-2:] == ["150", "bytes"]
