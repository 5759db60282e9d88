"""Record what the pipeline gives its networks: to calibrate on, and to compare another backend with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from engines.backends import Session, wrapping_sessions
from engines.backends.device import open_device
from engines.backends.device_array import DeviceArray
from engines.face import Frame, FrameResult
from engines.networks import Networks
from engines.pipeline import Pipeline
from engines.stream import Stream, StreamOptions

Batch = Mapping[str, np.ndarray]


class RecordingSession:
    """A session that keeps a copy of its inputs, and which outputs were asked for."""

    def __init__(self, session: Session) -> None:
        self.inner = session
        self.batches: list[Batch] = []
        self.outputs: list[str] = []

    def run(self, inputs: Batch, outputs: Sequence[str]) -> list[np.ndarray]:
        self.batches.append({name: to_host(value) for name, value in inputs.items()})
        self.outputs += [name for name in outputs if name not in self.outputs]
        return self.inner.run(inputs, outputs)

    def warm_up(self) -> None:
        """Warm up what is recorded; its empty batches are not kept."""
        self.inner.warm_up()

    def close(self) -> None:
        self.inner.close()


def to_host(value: np.ndarray | DeviceArray) -> np.ndarray:
    """Copy an input, from the GPU if it lies there."""
    if not isinstance(value, DeviceArray):
        return np.array(value)
    device = open_device()
    pinned = device.allocate_host(value.nbytes)
    value.stream.copy_to_host(pinned, value, value.nbytes)
    value.stream.synchronize()
    copy = pinned.view(value.dtype, value.shape).copy()
    pinned.free()
    device.close()
    return copy


class RecordedPipeline:
    """A pipeline of which every network's inputs are kept, by the network's name."""

    def __init__(self, profile: str, backend: str = "onnxruntime", precision: str = "fp32") -> None:
        self.networks: dict[str, RecordingSession] = {}
        with wrapping_sessions(self._record):
            # Every face from the crop that all backends know: a crowd's small ones fit no engine, and would
            # count as a difference between backends.
            networks = Networks.load(profile, backend, precision=precision, crowds=False)
        self.pipeline = Pipeline(networks)

    def _record(self, path: Path, session: Session) -> Session:
        recording = RecordingSession(session)
        # The int8 form of a network, landmarks_lite_int8.onnx, stands for the network.
        self.networks[path.name.split(".")[0].removesuffix("_int8")] = recording
        return recording

    def close(self) -> None:
        self.pipeline.close()


def run_pictures(pipeline: Pipeline, pictures: Iterable[Frame]) -> list[FrameResult]:
    """Run each picture by itself: nothing is tracked or smoothed from one to the next.

    Raises: ImageError and its kin if a picture cannot be decoded.
    """
    results = []
    for picture in pictures:
        (result,) = pipeline.process([(Stream(StreamOptions(track=False, smooth=False)), picture)])
        if isinstance(result, Exception):
            raise result
        results.append(result)
    return results
