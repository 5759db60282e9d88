"""Compiles C# with Mono's compiler and runs NUnit tests under Mono, for tests of the Unity package."""

from __future__ import annotations

import os
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

INSTALL = "apt-get install -y mono-mcs mono-runtime nunit-console libnunit-cil-dev"
LANGUAGE = "7.2"  # the newest that Mono's compiler knows; Unity 2021.3 takes C# 9
COMPILE_TIMEOUT_S = 120
RUN_TIMEOUT_S = 300


class MonoMissingError(RuntimeError):
    """Say that Mono or NUnit is not installed, and how to install it."""


@dataclass(frozen=True)
class NUnitResult:
    """What one run of NUnit found."""

    total: int
    failures: list[str]
    skipped: int


def find_tool(name: str) -> str:
    """Give a tool's path.

    Raises: MonoMissingError with the line that installs it.
    """
    path = shutil.which(name)
    if path is None:
        raise MonoMissingError(f"expected the command {name}; install it with: {INSTALL}")
    return path


def find_nunit() -> Path:
    """Give NUnit's framework assembly.

    Raises: MonoMissingError with the line that installs it.
    """
    found = sorted(Path("/usr/lib/cli").glob("nunit.framework-*/nunit.framework.dll"))
    if not found:
        raise MonoMissingError(f"expected nunit.framework.dll below /usr/lib/cli; install it with: {INSTALL}")
    return found[-1]


def compile_library(
    out: Path,
    sources: list[Path],
    references: list[Path] = (),
    *,
    defines: list[str] = (),
    ignore_warnings: list[str] = (),
    documented: bool = False,
) -> Path:
    """Compile sources to an assembly, warnings counting as errors.

    With `documented`, a public member without an XML comment is one too. Raises: AssertionError with the compiler's words.
    """
    command = ["nice", "-n", "8", find_tool("mcs"), "-nologo", "-target:library", f"-langversion:{LANGUAGE}", "-warnaserror"]
    command += [f"-out:{out}", *(f"-r:{reference}" for reference in references), *(f"-define:{name}" for name in defines)]
    command += [f"-nowarn:{','.join(ignore_warnings)}"] if ignore_warnings else []
    command += [f"-doc:{out.with_suffix('.xml')}"] if documented else []
    command += [str(source) for source in sorted(sources)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=COMPILE_TIMEOUT_S)
    assert done.returncode == 0, f"{out.name} does not compile:\n{done.stdout}{done.stderr}"
    return out


def run_nunit(assembly: Path, environment: dict[str, str] | None = None) -> NUnitResult:
    """Run all NUnit tests of an assembly under Mono."""
    report = assembly.with_suffix(".result.xml")
    command = ["nice", "-n", "8", find_tool("nunit-console"), "-nologo", "-nodots", f"-xml:{report}", str(assembly)]
    done = subprocess.run(
        command, cwd=assembly.parent, capture_output=True, text=True, timeout=RUN_TIMEOUT_S,
        env={**os.environ, **(environment or {})},
    )  # fmt: skip
    assert report.exists(), f"NUnit wrote no report:\n{done.stdout}{done.stderr}"
    root = ElementTree.parse(report).getroot()
    failures = []
    for case in root.iter("test-case"):
        if case.get("executed") == "True" and case.get("success") != "True":
            message = case.findtext("failure/message") or case.get("result")
            failures.append(f"{case.get('name')}: {message.strip()}")
    return NUnitResult(int(root.get("total")), failures, int(root.get("not-run")))
