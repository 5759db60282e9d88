"""Does another backend give what ONNX Runtime gives? The same inputs through both, then whole pictures."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.backends import Session, load_backend, wrapping_sessions
from engines.backends.onnxruntime_backend import on_cpu
from engines.build.flavours import FLAVOURS, PRECISION_VARIABLE
from engines.build.parity import Comparison, compare_network, compare_results
from engines.build.recording import Batch, RecordedPipeline, run_pictures
from engines.face import Frame
from engines.gpu.choose import runs_on_gpu
from engines.networks import Networks

SAMPLE = Path(__file__).with_name("sample.jpg")
# Batches beside those that the pictures bring: alone and a few; on a GPU also beyond a profile's largest.
EXTRA_BATCHES, EXTRA_ON_GPU = (1, 5), (70,)
# A GPU session runs a shape step by step, then records it, then launches what it recorded.
ROUNDS_ON_GPU = 3


@dataclass(frozen=True)
class Candidate:
    """What is compared with ONNX Runtime in fp32: a backend, or one with the graphs made for TensorRT."""

    backend: str
    precision: str = "auto"  # asked of the landmark network, as by `facecast serve`
    # Makes a network's graph for TensorRT; None runs what the backend runs by itself.
    prepare: Callable[[Path], bytes] | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Let the sessions that are opened meanwhile run the prepared graphs, if there are any."""
        with ExitStack() as stack:
            if self.prepare:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="facecast-")))
                stack.enter_context(wrapping_sessions(lambda path, given: self._replace(folder, path, given)))
            yield

    def open(self, profile: str) -> RecordedPipeline:
        """Load its pipeline. Raises: BackendError if it cannot run here."""
        with self.opened():
            return RecordedPipeline(profile, self.backend, "fp32" if self.prepare else self.precision)

    def judged_as(self, networks: Networks) -> str:
        """Tell by which precision's limits it is judged."""
        known = self.precision if self.prepare else networks.choice.precision
        if self.is_tf32():
            return "fp16"
        return (os.environ.get(PRECISION_VARIABLE) or "fp16") if known == "auto" else known

    def precision_of(self, network: str, precision: str) -> str:
        """Tell by which limits one network is judged: a CPU backend lowers the landmarks' precision alone."""
        if network.startswith("landmarks") or precision == "fp32":
            return precision
        return "fp16" if self.prepare or self.backend in FLAVOURS or self.is_tf32() else "fp32"

    def is_tf32(self) -> bool:
        """Tell whether fp32 products are rounded to fp16's ten bits, as ONNX Runtime does on a GPU."""
        return self.backend == "onnxruntime" and self.prepare is None and runs_on_gpu(self.backend)

    def extra_batches(self) -> tuple[int, ...]:
        """Tell which sizes of batches are run beside the pictures' own."""
        return EXTRA_BATCHES + (EXTRA_ON_GPU if self.backend in FLAVOURS else ())

    def rounds(self) -> int:
        """Tell how often each batch is run."""
        return ROUNDS_ON_GPU if self.backend in FLAVOURS else 1

    def describe(self, precision: str) -> str:
        """Name what really runs."""
        if self.prepare:
            return f"{self.backend} on the {precision} graphs made for TensorRT"
        if self.is_tf32():
            return f"{self.backend} on CUDA, TF32"
        flavour = getattr(load_backend(self.backend), "flavour", None)
        return f"{self.backend}{' ' + flavour.version if flavour else ''}, {precision}"

    def _replace(self, folder: Path, path: Path, given: Session) -> Session:
        given.close()
        prepared = folder / path.name
        prepared.write_bytes(self.prepare(path))
        return load_backend(self.backend).open_session(prepared, 0)


def verify(profile: str, candidate: Candidate, pictures: Sequence[Frame]) -> tuple[str, list[Comparison]]:
    """Compare a candidate with ONNX Runtime on one landmark profile.

    Returns: what was compared, and one line for each output and the whole.
    Raises: BackendError if the candidate cannot run here; ImageError and its kin on a bad picture.
    """
    with ExitStack() as stack:
        with on_cpu():
            reference = RecordedPipeline(profile)
        stack.callback(reference.close)
        wanted = run_pictures(reference.pipeline, pictures)
        other = candidate.open(profile)
        stack.callback(other.close)
        precision = candidate.judged_as(other.pipeline.networks)
        lines = []
        for name, network in reference.networks.items():
            lines += compare_network(
                name, network.inner, other.networks[name].inner,
                with_extra_batches(network.batches, candidate.extra_batches()),
                network.outputs, candidate.precision_of(name, precision), candidate.rounds(),
            )  # fmt: skip
        lines.append(compare_results(wanted, run_pictures(other.pipeline, pictures), precision))
        return candidate.describe(precision), lines


def with_extra_batches(batches: Sequence[Batch], sizes: Sequence[int] = EXTRA_BATCHES) -> list[Batch]:
    """Add batches of other sizes, made of the rows of those that were recorded."""
    extra = []
    for size in sizes:
        if batches:
            extra.append(
                {name: np.resize(value, (size, *value.shape[1:])) for name, value in batches[0].items()}
            )
    return [*batches, *extra]
