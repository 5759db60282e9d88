"""Files that travel in pieces: they are whole again, or it is told which is not."""

import site
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks/gpu/bare_machine"


def call(*words, told: str = "", **settings: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [SCRIPT, *map(str, words)],
        capture_output=True,
        text=True,
        input=told,
        env={"PIECE_MIB": "1", "PATH": "/usr/bin:/bin", "PYTHON": sys.executable, **settings},
    )


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "small.whl").write_bytes(b"small")
    (folder / "large.whl").write_bytes(bytes(range(256)) * 10_000)
    assert call("cut_pieces", folder).returncode == 0
    return folder


def test_no_piece_is_too_large_and_joined_they_are_the_same(wheels, tmp_path):
    names = sorted(path.name for path in wheels.iterdir())
    assert names == ["SHA256SUMS", *(f"large.whl.part-aa{letter}" for letter in "abc"), "small.whl"]
    assert max(path.stat().st_size for path in wheels.iterdir()) <= 1 << 20
    done = call("join_pieces", wheels, tmp_path / "whole")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "whole/large.whl").read_bytes() == bytes(range(256)) * 10_000
    assert (tmp_path / "whole/small.whl").read_bytes() == b"small"


@pytest.mark.parametrize("fault", ["damaged", "a piece is missing", "all pieces are missing"])
def test_a_file_that_is_not_whole_is_named(wheels, tmp_path, fault):
    if fault == "damaged":
        (wheels / "large.whl.part-aab").write_bytes(bytes(1 << 20))
    elif fault == "a piece is missing":
        (wheels / "large.whl.part-aac").unlink()
    else:
        for path in wheels.glob("large.whl.part-*"):
            path.unlink()
    done = call("join_pieces", wheels, tmp_path / "whole")
    assert done.returncode != 0 and "large.whl" in done.stdout + done.stderr


def test_what_the_machine_has_may_stay_behind():
    pins = "numpy==2.4.6\nnvidia-cublas==13.1.1.3\nnvidia-cudnn-cu13==9.20.0.48\nonnxruntime-gpu==1.31.1\n"
    assert call("leave_out", told=pins).stdout == pins
    done = call("leave_out", told=pins, WITHOUT="^nvidia-cu(blas|dnn)")
    assert done.stdout == "numpy==2.4.6\nonnxruntime-gpu==1.31.1\n"
    assert call("leave_out", told=pins, WITHOUT=".").returncode == 0


def test_cuda_libraries_are_found_beside_the_packages_and_in_the_interpreter(tmp_path):
    (tmp_path / "nvidia/cu13/lib").mkdir(parents=True)
    (tmp_path / "nvidia/cudnn/lib").mkdir(parents=True)
    (tmp_path / "nvidia/nvimgcodec").mkdir()
    folders = call("list_libraries", tmp_path).stdout.strip().split(":")
    assert folders[:2] == [str(tmp_path / "nvidia/cu13/lib"), str(tmp_path / "nvidia/cudnn/lib")]
    own = [path for root in site.getsitepackages() for path in Path(root).glob("nvidia/*/lib")]
    assert sorted(folders[2:]) == sorted(map(str, own))


def test_without_a_command_its_use_is_told():
    done = call()
    assert done.returncode == 2 and "collect" in done.stderr and "run" in done.stderr
