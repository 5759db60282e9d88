"""The real NVRTC compiles for a GPU that is not here, and says what is wrong with a source."""

import pytest

from engines.backends import device_kernels
from engines.errors import BackendError

SOURCE = 'extern "C" __global__ void twice(float *x) { x[threadIdx.x] *= FACTOR; }'


def test_a_kernel_is_compiled_to_machine_code():
    assert device_kernels.why_not() is None
    code = device_kernels.compile_kernels(SOURCE, (9, 0), ["-DFACTOR=2.0f"])
    assert code[:4] == b"\x7fELF" and b"twice" in code
    assert device_kernels.compile_kernels(SOURCE, (7, 5), ["-DFACTOR=2.0f"]) != code


def test_the_compilers_words_are_given():
    with pytest.raises(BackendError, match=r'sm_90: .*identifier "FACTOR" is undefined'):
        device_kernels.compile_kernels(SOURCE, (9, 0))


def test_an_unknown_compute_capability_is_refused():
    with pytest.raises(BackendError, match="sm_11"):
        device_kernels.compile_kernels(SOURCE, (1, 1), ["-DFACTOR=2.0f"])


def test_without_the_library_the_reason_is_given(monkeypatch):
    monkeypatch.setattr(device_kernels, "nvrtc", None)
    monkeypatch.setattr(device_kernels, "_IMPORT_ERROR", "gone", raising=False)
    with pytest.raises(BackendError, match=r"cannot be compiled here: .*cuda-bindings is not installed"):
        device_kernels.compile_kernels(SOURCE, (9, 0))
