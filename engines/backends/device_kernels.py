"""Compile CUDA C++ to machine code with NVRTC: it needs its library, but neither a GPU nor a driver."""

from __future__ import annotations

from collections.abc import Sequence

from engines.errors import BackendError

try:
    from cuda.bindings import nvrtc
except ImportError as error:
    nvrtc = None
    _IMPORT_ERROR = str(error)


def why_not() -> str | None:
    """Return why nothing can be compiled here; None when it can."""
    if nvrtc is None:
        return f"the library cuda-bindings is not installed ({_IMPORT_ERROR})"
    try:
        nvrtc.nvrtcVersion()
    except Exception as error:  # cuda.pathfinder raises classes of its own when the library is missing
        return f"the library nvidia-cuda-nvrtc cannot be loaded ({error})"
    return None


def compile_kernels(source: str, compute_capability: tuple[int, int], options: Sequence[str] = ()) -> bytes:
    """Compile source for one compute capability, such as (9, 0). Returns: a cubin.

    Raises: BackendError with the compiler's words if the source is wrong, or there is no compiler.
    """
    reason = why_not()
    if reason:
        raise BackendError(f"CUDA kernels cannot be compiled here: {reason}")
    program = _check(nvrtc.nvrtcCreateProgram(source.encode(), b"facecast.cu", 0, [], []))
    try:
        words = [f"--gpu-architecture=sm_{''.join(map(str, compute_capability))}", *options]
        (status,) = nvrtc.nvrtcCompileProgram(program, len(words), [word.encode() for word in words])
        if status != nvrtc.nvrtcResult.NVRTC_SUCCESS:
            raise BackendError(f"CUDA kernels for {words[0]}: {_log(program) or status.name}")
        code = bytearray(_check(nvrtc.nvrtcGetCUBINSize(program)))
        _check(nvrtc.nvrtcGetCUBIN(program, code))
        return bytes(code)
    finally:
        nvrtc.nvrtcDestroyProgram(program)


def _log(program) -> str:
    log = bytearray(_check(nvrtc.nvrtcGetProgramLogSize(program)))
    _check(nvrtc.nvrtcGetProgramLog(program, log))
    return log.rstrip(b"\0").decode(errors="replace").strip()


def _check(answer: tuple):
    status, *values = answer
    if status != nvrtc.nvrtcResult.NVRTC_SUCCESS:
        raise BackendError(f"NVRTC failed: {status.name}")
    return values[0] if values else None
