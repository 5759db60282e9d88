"""What TensorRT-RTX says of its own engine on this GPU, before it is asked to run it: VALID, or why not."""

from __future__ import annotations

from pathlib import Path

from engines.build.flavours import FLAVOURS, open_log
from engines.build.make import Maker
from engines.errors import BackendError


def engine_validity(path: Path) -> str:
    """Build an ONNX file's engine (or take it from the cache) and ask whether this GPU can run it.

    Returns: TensorRT-RTX's word and its diagnostics, or why it could not be asked.
    """
    flavour = FLAVOURS["tensorrt_rtx"]
    reason = flavour.why_no_build()
    if reason:
        return f"not asked: {reason}"
    try:
        plan, _ = Maker(flavour, None).make(path)
        log = open_log(flavour)
        runtime = flavour.module.Runtime(log)
        validity, diagnostics = runtime.get_engine_validity(plan)
    except (BackendError, RuntimeError, TypeError) as error:  # without a driver there is no runtime
        return f"not asked: {error}"
    flags = flavour.module.EngineInvalidityDiagnostics.__members__
    names = [name for name, flag in flags.items() if int(diagnostics) & int(flag)]
    return " ".join([validity.name, *names]) + (f" ({log.tell()})" if log.errors else "")
