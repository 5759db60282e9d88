"""What the container images are built from: the files that the build sees, and the packages for a GPU."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_every_copied_path_exists_and_reaches_the_build():
    copied = [line.split()[1:-1] for line in (ROOT / "Dockerfile").read_text().splitlines()
              if line.startswith("COPY ") and "--from" not in line]  # fmt: skip
    paths = {path for line in copied for path in line}
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert "scripts/install-extras" in paths
    for path in paths:
        assert (ROOT / path).exists(), path
        assert path in let_in or any(path.startswith(f"{each}/") for each in let_in), path


def install(tmp_path: Path, extras: str, pip_status: int) -> tuple[subprocess.CompletedProcess, str]:
    """Run the step with a stand-in for pip. Returns: what came of it, and what pip was asked."""
    pip, asked = tmp_path / "pip", tmp_path / "asked"
    pip.write_text(f'#!/bin/sh\necho "$*" >> {asked}\n[ "$3" = uninstall ] || exit {pip_status}\n')
    pip.chmod(0o755)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # the same Python as this one
    done = subprocess.run(
        ["scripts/install-extras", extras, str(tmp_path / "env")], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"PIP": str(pip), "PATH": path},
    )  # fmt: skip
    return done, asked.read_text() if asked.exists() else ""


def test_libraries_that_nothing_loads_stay_out(tmp_path: Path):
    packages = tmp_path / "env/lib/python3/site-packages/nvidia"
    own = f"nvimgcodec/nvimgcodec_impl.{sysconfig.get_config_var('SOABI')}.so"
    kept = (own, "cu13/lib/libnvrtc.so.13", "nvimgcodec/libnvimgcodec.so.0")
    other = "nvimgcodec/nvimgcodec_impl.cpython-39-x86_64-linux-gnu.so"
    unused = (other, "cu13/lib/libnvrtc.alt.so.13", "cu13/lib/libcudart_static.a")
    for name in kept + unused:
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).touch()
    done, asked = install(tmp_path, "gpu,onnxruntime-gpu", 0)
    assert done.returncode == 0, done.stderr
    assert "uninstall --yes onnxruntime" in asked.splitlines()[0] and "install" in asked.splitlines()[1]
    assert {str(each.relative_to(packages)) for each in packages.rglob("*.*")} == set(kept)


@pytest.mark.parametrize(("extras", "told"), [("gpu,tensorrt", True), ("gpu,tensorrt-rtx", False)])
def test_what_cannot_be_installed_is_told_in_the_last_lines(tmp_path: Path, extras: str, told: bool):
    (tmp_path / "env").mkdir()
    done, _ = install(tmp_path, extras, 1)
    assert done.returncode == 1 and f"EXTRAS={extras} cannot be installed" in done.stderr
    assert ("pypi.nvidia.com" in done.stderr) is told


def test_an_unknown_extra_is_refused_before_anything_is_installed(tmp_path: Path):
    done, asked = install(tmp_path, "gpu,abacus", 0)
    assert done.returncode == 1 and "got 'abacus'" in done.stderr and asked == ""
