"""NVIDIA's bindings are really imported; without a driver they fail in plain words."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from engines.backends import device_cuda_python as adapter
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


def test_every_name_that_is_used_exists_in_the_bindings():
    """The calls cannot run here; that they exist, and take as many arguments, is checked by their text."""
    source = Path(adapter.__file__).read_text()
    names = set(re.findall(r"\b(runtime|driver)\.(\w+)", source))
    assert len(names) > 25
    missing = [f"{module}.{name}" for module, name in names if not hasattr(getattr(adapter, module), name)]
    assert not missing


def test_without_the_library_it_is_named():
    code = (
        "import sys; sys.modules['cuda.bindings'] = None\n"
        "from engines.backends import device_cuda_python; print(device_cuda_python.why_not())"
    )
    root = Path(__file__).parents[3]
    said = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert said.stdout.startswith("the library cuda-bindings is not installed")
