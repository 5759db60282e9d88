"""`facecast serve` over a pipeline that computes nothing: what the server alone costs and carries.

python -m benchmarks.empty_pipeline --port 0
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np

import server.service
from engines.face import Face, Frame, FrameResult
from engines.stream import Stream, StreamOptions
from proto import tables
from server.cli import main

SIZE_HW = (360, 640)


def make_face() -> Face:
    """Give the one face that every picture gets."""
    return Face(
        track=1,
        score=1.0,
        box_xyxy_px=np.array([200, 100, 400, 300], np.float32),
        landmarks_px=np.full((98, 2), 200, np.float32),
        confidence_01=np.ones(98, np.float32),
        rotation_xyzw=np.array([0, 0, 0, 1], np.float32),
        translation_m=np.array([0, 0, -0.6], np.float32),
        gaze_rad=np.zeros((2, 2), np.float32),
        blendshapes_01=np.linspace(0, 1, len(tables.BLENDSHAPES), dtype=np.float32),
        action_units_05=np.zeros(len(tables.ACTION_UNITS), np.float32),
    )


class EmptyPipeline:
    """Has the interface of engines.pipeline.Pipeline, decodes nothing and finds the same face at once."""

    def __init__(self) -> None:
        self._face = make_face()

    def open_stream(self, options: StreamOptions | None = None) -> Stream:
        """Open the state of one publisher."""
        return Stream(options)

    def process(self, batch: Sequence[tuple[Stream, Frame]]) -> list[FrameResult]:
        """Give every frame the same face."""
        return [FrameResult(SIZE_HW, [self._face]) for _ in batch]

    def search_waiting(self) -> bool:
        """Nobody new is looked for."""
        return False

    def warm_up(self) -> None:
        """Nothing is to be warmed."""

    def describe(self) -> dict:
        """Say that nothing is estimated."""
        return {
            "profile": "lite",
            "backend": "none",
            "models": {},
            "coefficients": {
                name: {"estimated": False, "quality": None}
                for name in (*tables.BLENDSHAPES, *tables.ACTION_UNITS)
            },
        }

    def close(self) -> None:
        """Nothing is to be released."""


def serve(words: list[str]) -> int:
    """Run the server on the empty pipeline."""
    server.service.load_pipeline = lambda settings: EmptyPipeline()
    return main(["serve", *words])


if __name__ == "__main__":
    sys.exit(serve(sys.argv[1:]))
