"""Precision: which numbers the landmark network computes with, and from which file.

The other networks are small and stay fp32 on a CPU. As measured (docs/benchmarks/engines.md), int8 has the
error of fp32 and is the fastest on OpenVINO; ONNX Runtime gains nothing from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from engines.backends import supports_bf16
from engines.errors import BackendError
from engines.models import manifest

PRECISIONS = ("fp32", "bf16", "fp16", "int8")
# What a backend can run. `auto` takes the first of PREFERRED that is at hand.
RUNNABLE = {
    "openvino": ("fp32", "bf16", "int8"),
    "onnxruntime": ("fp32", "int8"),
    "tensorrt": ("fp32", "fp16", "int8"),
    "tensorrt_rtx": ("fp32", "fp16", "int8"),
}
PREFERRED = {"openvino": ("int8", "bf16"), "onnxruntime": ("fp32",)}


@dataclass(frozen=True)
class LandmarkChoice:
    """The landmark network to load: its name in the manifest, and what its session is asked for."""

    model: str
    precision: str  # auto where the backend decides
    session_precision: str | None  # None: the backend's own choice


def choose_landmarks(profile: str, backend: str, wanted: str = "auto") -> LandmarkChoice:
    """Choose the landmark network of a profile on a backend.

    Raises: BackendError if the precision is unknown, or not to be had there, saying why.
    """
    if wanted not in ("auto", *PRECISIONS):
        raise BackendError(f"expected a precision of auto, {', '.join(PRECISIONS)}, got {wanted!r}")
    plain = f"landmarks_{profile}"
    if backend not in PREFERRED:  # TensorRT makes its own graphs of the plain file
        if wanted != "auto" and wanted not in RUNNABLE[backend]:
            raise BackendError(f"precision {wanted}: {backend} runs {', '.join(RUNNABLE[backend])}")
        return LandmarkChoice(plain, wanted, None if wanted == "auto" else wanted)
    if wanted == "auto":
        at_hand = [p for p in PREFERRED[backend] if why_not(profile, backend, p) is None]
        wanted = at_hand[0] if at_hand else "fp32"
    reason = why_not(profile, backend, wanted)
    if reason:
        raise BackendError(f"precision {wanted}: {reason}")
    return LandmarkChoice(f"{plain}_int8" if wanted == "int8" else plain, wanted, _session(backend, wanted))


def why_not(profile: str, backend: str, precision: str) -> str | None:
    """Return why a CPU backend cannot run a profile in a precision; None when it can."""
    if precision not in RUNNABLE[backend]:
        return f"{backend} runs {', '.join(RUNNABLE[backend])}"
    if precision == "bf16" and not supports_bf16(backend):
        return "this CPU does not compute in bf16"
    if precision == "int8":
        return _why_no_int8(f"landmarks_{profile}")
    return None


def _why_no_int8(plain: str) -> str | None:
    models = manifest()
    entry = models.get(f"{plain}_int8")
    if entry is None:
        return f"no int8 form of {plain} is among the weights"
    if entry["made_of"] != models[plain]["sha256"]:
        return f"the int8 form of {plain} was made of other weights; run python -m training.quantize {plain}"
    return None


def _session(backend: str, precision: str) -> str | None:
    """Tell what the session computes in: layers that are not int8 take bf16 where the CPU has it."""
    if precision == "int8":
        return "bf16" if supports_bf16(backend) else None
    return precision if precision == "bf16" else None
