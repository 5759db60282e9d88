"""Does another backend give what ONNX Runtime gives? The same inputs through both, then whole pictures."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engines.backends import Session, load_backend, wrapping_sessions
from engines.build.parity import Comparison, compare_network, compare_results
from engines.build.recording import Batch, RecordedPipeline, run_pictures
from engines.face import Frame

SAMPLE = Path(__file__).with_name("sample.jpg")
# Batches beside those that the pictures bring: alone, a few, and (on a GPU) beyond the largest of a profile.
EXTRA_BATCHES = (1, 5)


@dataclass(frozen=True)
class Candidate:
    """What is compared with ONNX Runtime: a backend, or a backend with graphs prepared for TensorRT."""

    backend: str
    precision: str  # whose limits it is judged by
    # Makes a network's prepared graph; None runs the committed file.
    prepare: Callable[[Path], bytes] | None = None

    def describe(self) -> str:
        """Name what really runs."""
        if self.prepare:
            return f"{self.backend}, running the {self.precision} graphs that are made for TensorRT"
        flavour = getattr(load_backend(self.backend), "flavour", None)
        return f"{flavour.name} {flavour.version}, {self.precision}" if flavour else self.backend

    @contextmanager
    def opened(self):
        """Let `open_session` of this backend load the prepared graphs meanwhile."""
        with ExitStack() as stack:
            if self.prepare:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="facecast-")))
                stack.enter_context(wrapping_sessions(lambda path, given: self._replace(folder, path, given)))
            yield

    def _replace(self, folder: Path, path: Path, given: Session) -> Session:
        given.close()
        prepared = folder / path.name
        prepared.write_bytes(self.prepare(path))
        return load_backend(self.backend).open_session(prepared, 0)


def verify(profile: str, candidate: Candidate, pictures: Sequence[Frame]) -> list[Comparison]:
    """Compare a candidate with ONNX Runtime on one landmark profile.

    Raises: BackendError if the candidate cannot run here; ImageError and its kin on a bad picture.
    """
    with ExitStack() as stack:
        reference = RecordedPipeline(profile)
        stack.callback(reference.close)
        wanted = run_pictures(reference.pipeline, pictures)
        with candidate.opened():
            other = RecordedPipeline(profile, candidate.backend)
        stack.callback(other.close)
        lines = []
        for name, network in reference.networks.items():
            lines += compare_network(
                name, network.inner, other.networks[name].inner, with_extra_batches(network.batches),
                network.outputs, candidate.precision,
            )  # fmt: skip
        lines.append(compare_results(wanted, run_pictures(other.pipeline, pictures), candidate.precision))
        return lines


def with_extra_batches(batches: Sequence[Batch]) -> list[Batch]:
    """Add batches of other sizes, made of the rows of those that were recorded."""
    extra = []
    for size in EXTRA_BATCHES:
        if batches:
            extra.append(
                {name: np.resize(value, (size, *value.shape[1:])) for name, value in batches[0].items()}
            )
    return [*batches, *extra]
