"""From a committed ONNX file to its engine: choose the precision, prepare the graph, build or take it."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import onnx

from engines.build.cache import ANY_DEVICE, Key, PlanCache
from engines.build.engine import Progress, build_plan
from engines.build.flavours import BATCH_VARIABLE, PRECISION_VARIABLE, PRECISIONS, Flavour
from engines.build.graphs import load_graph
from engines.build.half import to_half
from engines.build.profiles import Profile, profile_of
from engines.build.quantised import to_int8
from engines.build.recording import Batch
from engines.errors import BackendError
from engines.models import hash_file

log = logging.getLogger(__name__)

# The regressors weigh 3 MB and take microseconds; in fp16 their action units move by up to 0.14 of 5.
ALWAYS_FP32 = ("expression",)
CALIBRATED = "calibrated graph"  # in place of a flavour: int8 graphs lie in the cache too


def precision_of(network: str, wanted: str) -> str:
    """Choose a network's precision: int8 for landmarks alone, fp32 where less would show.

    Raises: BackendError if the precision is unknown.
    """
    if wanted not in PRECISIONS:
        raise BackendError(f"expected a precision of {', '.join(PRECISIONS)}, got {wanted!r}")
    if network in ALWAYS_FP32:
        return "fp32"
    if wanted == "int8" and not network.startswith("landmarks"):
        return "fp16"  # the cascade's networks are too small to gain from int8
    return wanted


@dataclass
class Maker:
    """Makes engines for one machine; tells (network, what is done, steps done, steps in all) meanwhile."""

    flavour: Flavour
    device_capability: tuple[int, int] | None  # of the GPU; None where there is none
    precision: str | None = None  # None: FACECAST_ENGINE_PRECISION, else fp16
    cache: PlanCache | None = None
    largest_batch: int | None = None  # None: FACECAST_ENGINE_BATCH, else each network's own
    progress: Callable[[str, str, int, int], None] | None = None

    def __post_init__(self) -> None:
        self.cache = self.cache or PlanCache()
        self.precision = self.precision or os.environ.get(PRECISION_VARIABLE) or "fp16"
        if self.largest_batch is None and os.environ.get(BATCH_VARIABLE):
            try:
                self.largest_batch = int(os.environ[BATCH_VARIABLE])
            except ValueError as error:
                raise BackendError(f"expected {BATCH_VARIABLE} as a whole number: {error}") from error

    def capability(self) -> str:
        """Tell for which GPUs an engine is. Raises: BackendError if that cannot be known here."""
        if self.flavour.portable:
            return ANY_DEVICE
        if self.device_capability is None:
            raise BackendError(f"{self.flavour.name} builds engines on the GPU that runs them, found none")
        return ".".join(map(str, self.device_capability))

    def key(self, path: Path) -> Key:
        """Describe the engine of an ONNX file. Raises: BackendError if it is for no known network."""
        network = network_of(path)
        precision = precision_of(network, self.precision)
        calibration = None
        if precision == "int8":
            calibration = hashlib.sha256(self._calibrated(path)).hexdigest()
        return Key(
            network, hash_file(path), self.flavour.name, self.flavour.version, self.capability(), precision,
            self.profile(path).to_json(), calibration,
        )  # fmt: skip

    def profile(self, path: Path) -> Profile:
        """Look up the shapes of an ONNX file's engine."""
        return profile_of(network_of(path), self.largest_batch)

    def make(self, path: Path) -> tuple[bytes, bool]:
        """Return the engine of an ONNX file, from the cache or built now, and whether it was built.

        Raises: BackendError if it cannot be built or kept, or int8 was not calibrated.
        """
        return self.cache.get(self.key(path), lambda: self._build(path))

    def remake(self, path: Path) -> bytes:
        """Build an engine anew because TensorRT refuses the cached one. Raises: BackendError as `make`."""
        log.warning("engine of %s is built anew: %s refuses the cached one", path.name, self.flavour.name)
        self.cache.discard(self.key(path))
        return self.make(path)[0]

    def _build(self, path: Path) -> bytes:
        network = network_of(path)
        log.info("building the engine of %s with %s: once, and kept", network, self.flavour.name)
        graph = self.prepare(path)
        told: Progress | None = None
        if self.progress:
            report = self.progress

            def told(what: str, done: int, steps: int) -> None:
                report(network, what, done, steps)

        return build_plan(self.flavour, graph, self.profile(path), told)

    def prepare(self, path: Path) -> bytes:
        """Return the graph that TensorRT is given. Raises: BackendError if int8 was not calibrated."""
        precision = precision_of(network_of(path), self.precision)
        if precision == "int8":
            return self._calibrated(path)
        model = load_graph(path)
        return (to_half(model) if precision == "fp16" else model).SerializeToString()

    def calibrate(self, path: Path, batches: Iterable[Batch]) -> bytes:
        """Make the int8 graph of an ONNX file from the pipeline's own inputs, and keep it in the cache.

        Raises: BackendError if there is nothing to calibrate on, or the disk refuses.
        """
        graph = to_int8(load_graph(path), batches)
        onnx.checker.check_model(graph)
        content = graph.SerializeToString()
        self.cache.store(calibrated_key(path), content, 0.0)
        return content

    def _calibrated(self, path: Path) -> bytes:
        content = self.cache.load(calibrated_key(path))
        if content is None:
            raise BackendError(
                f"int8 of {network_of(path)} is not calibrated on this machine: "
                "facecast engines build --precision int8 --calibration FOLDER_OF_FACE_PICTURES"
            )
        return content


def network_of(path: Path) -> str:
    """Name the network of a weight file: landmarks_lite of landmarks_lite.onnx."""
    return path.name.split(".")[0]


def calibrated_key(path: Path) -> Key:
    """Describe the calibrated int8 graph of an ONNX file, as the cache keeps it."""
    return Key(network_of(path), hash_file(path), CALIBRATED, "", ANY_DEVICE, "int8", [])
