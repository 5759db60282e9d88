"""Inference backends: one file each, and this thin seam that chooses.

A backend offers `open_session(path, threads) -> Session` and `why_not() -> str | None` (the reason that it
cannot run here). One that knows several precisions takes a third argument. One that runs on a CPU as well
as on a GPU may offer `why_not_accelerated() -> str | None` too: `auto` takes it early where it really has a
GPU, and late where it has none.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from engines.errors import BackendError

BACKENDS = ("tensorrt", "tensorrt_rtx", "openvino", "onnxruntime")
# In the order that `auto` tries them: a name, and whether it counts only with a GPU.
AUTO = (
    ("tensorrt", False), ("tensorrt_rtx", False), ("onnxruntime", True), ("openvino", False),
    ("onnxruntime", False),
)  # fmt: skip
Wrapper = Callable[[Path, "Session"], "Session"]
_wrappers: list[Wrapper] = []


class Session(Protocol):
    """One loaded network."""

    def run(self, inputs: Mapping[str, np.ndarray], outputs: Sequence[str]) -> list[np.ndarray]:
        """Run one batch and return the named outputs in that order.

        The first axis is the batch; its size may change between calls and must be at least 1.
        """
        ...

    def warm_up(self) -> None:
        """Prepare what would otherwise be prepared while somebody waits, a new size of batch for instance."""
        ...

    def close(self) -> None:
        """Release the network's memory; the session is not used again."""
        ...


def load_backend(name: str):
    """Import one backend. Raises: BackendError if unknown or not able to run here."""
    if name not in BACKENDS:
        raise BackendError(f"expected a backend of {', '.join(BACKENDS)} or auto, got {name!r}")
    backend = _import_backend(name)
    reason = backend.why_not()
    if reason:
        raise BackendError(f"backend {name} cannot run here: {reason}")
    return backend


def _import_backend(name: str):
    """Return the module of a backend, or for both kinds of TensorRT an object that stands for one."""
    if name in ("tensorrt", "tensorrt_rtx"):
        return importlib.import_module("engines.backends.tensorrt_backend").BACKENDS[name]
    return importlib.import_module(f"engines.backends.{name}_backend")


def choose_backend(name: str = "auto") -> tuple[str, list[str]]:
    """Resolve `auto` to the best backend that really runs here.

    Returns: its name, and one line for each better one that was skipped.
    Raises: BackendError if the named one, or with `auto` every one, cannot run.
    """
    if name != "auto":
        load_backend(name)
        return name, []
    skipped = []
    for candidate, only_with_gpu in AUTO:
        try:
            backend = load_backend(candidate)
        except BackendError as error:
            if str(error) not in skipped:
                skipped.append(str(error))
            continue
        reason = _why_not_accelerated(backend) if only_with_gpu else None
        if reason is None:
            return candidate, skipped
        skipped.append(f"backend {candidate} has no GPU here: {reason}")
    raise BackendError("no backend can run here: " + "; ".join(skipped))


def _why_not_accelerated(backend) -> str | None:
    ask = getattr(backend, "why_not_accelerated", None)
    return ask() if ask else "this build of it runs on the CPU only"


def supports_bf16(name: str) -> bool:
    """Tell whether a backend computes in bf16 on this machine."""
    ask = getattr(load_backend(name), "supports_bf16", None)
    return bool(ask and ask())


def resizes(name: str) -> bool:
    """Tell whether a backend runs a network on pictures of further sizes than its file's (`item_sizes`)."""
    return getattr(load_backend(name), "RESIZES", False)


def open_session(
    path: Path,
    backend: str = "onnxruntime",
    threads: int = 0,
    precision: str | None = None,
    unused: Sequence[str] = (),
    item_sizes: Sequence[int] = (),
) -> Session:
    """Load an ONNX file. `threads` 0 lets the backend decide, and so does `precision` None.

    `unused` names outputs that will never be asked for: a backend may leave out what only they need.
    `item_sizes` are further sides that pictures may have, in pixels, where the backend `resizes`.
    Raises: BackendError if the backend cannot run here or refuses the file.
    """
    asked = () if precision is None else (precision,)
    further = {"unused": unused} if unused else {}
    if item_sizes:
        further["item_sizes"] = item_sizes
    session = load_backend(backend).open_session(path, threads, *asked, **further)
    for wrap in _wrappers:
        session = wrap(path, session)
    return session


@contextmanager
def wrapping_sessions(wrapper: Wrapper) -> Iterator[None]:
    """Let `wrapper(path, session)` replace each session that is opened meanwhile, to watch it."""
    _wrappers.append(wrapper)
    try:
        yield
    finally:
        _wrappers.remove(wrapper)
