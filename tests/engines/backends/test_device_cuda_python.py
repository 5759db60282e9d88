"""NVIDIA's bindings are really imported; without a driver they fail in plain words."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engines.backends import device_cuda_python as adapter
from engines.backends import device_kernels
from engines.errors import BackendError


def needs_no_driver():
    if adapter.why_not() is None:
        pytest.skip("there is a GPU here: the path without a driver cannot be tested")


def test_the_bindings_import_without_a_driver_and_say_so():
    needs_no_driver()
    assert "no usable NVIDIA driver (cudaError" in adapter.why_not()
    with pytest.raises(BackendError, match="CUDA failed: cudaError"):
        adapter.open_device(0)


@pytest.mark.parametrize("what", [lambda: adapter.Buffer(64), lambda: adapter.PinnedBuffer(64),
                                  adapter.CudaStream, adapter.CudaEvent])  # fmt: skip
def test_each_call_without_a_driver_is_a_backend_error(what):
    needs_no_driver()
    with pytest.raises(BackendError, match="CUDA failed: cudaError"):
        what()


def calls_of(source: str) -> list[tuple[str, str, int]]:
    """List the calls of NVIDIA's bindings: module, function, number of arguments."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id in ("runtime", "driver", "nvrtc"):
            # What is spread out is a grid or a block: three sizes.
            count = sum(3 if isinstance(argument, ast.Starred) else 1 for argument in node.args)
            assert not node.keywords
            found.append((owner.id, node.func.attr, count))
    return found


@pytest.mark.parametrize("file", [adapter, device_kernels])
def test_every_name_exists_in_the_bindings_and_every_call_fits(file):
    """The calls cannot run here; docs/engines.md says with which versions this was tried."""
    source = Path(file.__file__).read_text()
    modules = {"runtime": adapter.runtime, "driver": adapter.driver, "nvrtc": device_kernels.nvrtc}
    names = set(re.findall(r"\b(runtime|driver|nvrtc)\.(\w+)", source))
    missing = [f"{module}.{name}" for module, name in names if not hasattr(modules[module], name)]
    assert len(names) > 8 and not missing
    calls = calls_of(source)
    assert len(calls) > 6
    for module, name, count in calls:
        inspect.signature(getattr(modules[module], name)).bind(*range(count))


def test_without_the_library_it_is_named():
    code = (
        "import sys; sys.modules['cuda.bindings'] = None\n"
        "from engines.backends import device_cuda_python; print(device_cuda_python.why_not())"
    )
    root = Path(__file__).parents[3]
    said = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert said.stdout.startswith("the library cuda-bindings is not installed")
