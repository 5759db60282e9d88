"""The crop kernels compiled as C++ for this CPU, from the very file that a GPU gets."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from engines.gpu import geometry

SHIM = Path(__file__).with_name("on_cpu.cpp")


def compile_kernels(folder: Path) -> ctypes.CDLL:
    """Compile crops.cu as C++ and load it; skip the test where there is no compiler."""
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler here: the crop kernels cannot be run on the CPU")
    library = folder / "crops.so"
    subprocess.run(
        [compiler, "-O2", "-shared", "-fPIC", "-Wall", "-Werror", "-Wno-unused-function",
         f"-I{geometry.SOURCE.parent}", str(SHIM), "-o", str(library)],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return ctypes.CDLL(str(library))


def launch(
    library: ctypes.CDLL,
    name: str,
    grid: tuple[int, int],
    block: int,
    addresses: list[int],
    numbers: list[int],
) -> None:
    """Run one kernel over a grid, as a launch on a device would."""
    run = getattr(library, f"run_{name}")
    run(*grid, block, *(ctypes.c_void_p(address) for address in addresses), *numbers)


def cut(
    library: ctypes.CDLL, name: str, images: list[np.ndarray], table: np.ndarray, size: int | tuple[int, int]
) -> np.ndarray:
    """Cut crops out of pictures. Shapes: F x (H, W, 3) uint8, (N,) -> (N, height, width, 3) uint8."""
    frames = geometry.pack_frames(
        [image.ctypes.data for image in images],
        [image.shape[:2] for image in images],
        [image.strides[0] for image in images],
    )
    height, width = (size, size) if isinstance(size, int) else size
    out = np.full((len(table), height, width, 3), 77, np.uint8)  # a pixel left out would show
    addresses = [frames.ctypes.data, table.ctypes.data, out.ctypes.data]
    grid = (-(-height * width // 256), len(table))
    launch(library, name, grid, 256, addresses, [len(table), height, width])
    return out
