"""Compile the Unity package's C# with Mono's compiler and run it under Mono, outside of the Unity editor."""

from __future__ import annotations

import os
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "unity_client"
CORE = PACKAGE / "Runtime" / "Core"
INSTALL = "apt-get install -y mono-mcs mono-runtime nunit-console libnunit-cil-dev"
LANGUAGE = "7.2"  # the newest that Mono's compiler knows; Unity 2021.3 takes C# 9
COMPILE_S = 120
RUN_S = 300
NUNIT_FOLDER = Path("/usr/lib/cli")
NUNIT_NAME = "nunit.framework.dll"
NUNIT = next(iter(sorted(NUNIT_FOLDER.glob(f"nunit.framework-*/{NUNIT_NAME}"))), NUNIT_FOLDER / NUNIT_NAME)

COUNTS: list[str] = []  # what NUnit counted; tests/unity/conftest.py prints it at the end of pytest's output


class MonoError(AssertionError):
    """Mono is not there, or a program does not compile or run."""


@dataclass(frozen=True)
class NUnitResult:
    """What one run of NUnit found; `text` holds every failure."""

    total: int
    failed: int
    ignored: int
    text: str


def require(*tools: str) -> None:
    """Make sure that commands and NUnit are there. Raises: MonoError with the line that installs them."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    missing += [] if NUNIT.exists() else [NUNIT_NAME]
    if missing:
        raise MonoError(f"expected {', '.join(missing)}; the Unity package is tested under Mono: {INSTALL}")


def sources(folder: Path) -> list[Path]:
    """List the C# files below a folder."""
    return sorted(folder.rglob("*.cs"))


def compile_program(
    files: Sequence[Path],
    out: Path,
    *,
    references: Sequence[Path] = (),
    options: Sequence[str] = (),
    target: str = "library",
) -> str:
    """Compile files to a library or an exe; return the compiler's words. Raises: MonoError."""
    require("mcs")
    command = ["mcs", "-nologo", f"-target:{target}", f"-langversion:{LANGUAGE}"]
    command += [f"-out:{out}", *(f"-r:{reference}" for reference in references), *options, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=COMPILE_S, check=False)
    said = done.stdout + done.stderr
    if done.returncode != 0:
        raise MonoError(f"{out.name} does not compile:\n{said}")
    return said


def compile_core(folder: Path) -> Path:
    """Compile the package's core into a folder, warnings counting as errors; return the library's path."""
    out = folder / "Facecast.Core.dll"
    compile_program(sources(CORE), out, options=["-warnaserror", "-optimize+"])
    return out


def run_nunit(library: Path) -> NUnitResult:
    """Run all tests of a library; what it refers to lies beside it. Raises: MonoError if they cannot run."""
    require("nunit-console", "mono")
    report = library.with_suffix(".result.xml")
    command = ["nunit-console", "-nologo", "-nodots", f"-xml:{report}", str(library)]
    environment = os.environ | {"FACECAST_VECTORS": str(ROOT / "proto" / "vectors")}
    done = subprocess.run(
        command,
        cwd=library.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )
    if not report.exists():
        raise MonoError(f"NUnit wrote no report:\n{done.stdout}{done.stderr}")
    return _read_report(report)


def _read_report(report: Path) -> NUnitResult:
    root = ElementTree.parse(report).getroot()
    failures = []
    for case in root.iter("test-case"):
        if case.get("executed") == "True" and case.get("success") != "True":
            message = case.findtext("failure/message") or case.get("result") or ""
            failures.append(f"{case.get('name')}: {message.strip()}")
    return NUnitResult(int(root.get("total")), len(failures), int(root.get("not-run")), "\n".join(failures))
