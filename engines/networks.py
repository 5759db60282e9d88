"""Load the networks of a profile and tell what they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines import landmark98
from engines.backends import choose_backend, open_session, resizes
from engines.errors import BackendError
from engines.gpu.choose import open_frames, runs_on_gpu
from engines.models import manifest, model_path
from engines.precision import LandmarkChoice, choose_landmarks
from engines.stages.detect import Detector
from engines.stages.expression import Expression
from engines.stages.frames import Frames
from engines.stages.landmarks import SMALL_CROP, LandmarkReader
from engines.stages.pose import HeadPose
from proto import tables

PROFILES = ("lite", "full")
SMALL = ("pnet", "rnet", "onet", "expression")
# Pictures of the shapes that cameras give: of one shape all sizes make the same pyramid, since the smallest
# face that is looked for is a share of the picture.
WARM_SIZES_HW = ((360, 640), (480, 640), (640, 360), (640, 480), (480, 480))


@dataclass
class Networks:
    """Every network and stage object of one pipeline."""

    profile: str
    backend: str
    choice: LandmarkChoice
    skipped_backends: list[str]
    frames: Frames
    detector: Detector
    landmarks: LandmarkReader
    pose: HeadPose
    expression: Expression
    sessions: list

    @classmethod
    def load(
        cls, profile: str = "auto", backend: str = "auto", threads: int = 0, precision: str = "auto",
        crowds: bool = True,
    ) -> Networks:  # fmt: skip
        """Open every session.

        `auto` takes the full profile on a GPU and the lite one on a CPU, and the precision that was measured
        as best. Without `crowds` what only pictures of many faces use is spared.
        Raises: BackendError if the profile, backend or precision is unknown or cannot run, WeightsError.
        """
        if profile not in ("auto", *PROFILES):
            raise BackendError(f"expected a profile of auto, {', '.join(PROFILES)}, got {profile!r}")
        backend, skipped = choose_backend(backend)
        on_gpu = runs_on_gpu(backend)
        if profile == "auto":
            profile = "full" if on_gpu else "lite"
        choice = choose_landmarks(profile, backend, precision)
        appearance = has_image_branch(profile, choice.model)
        unused = () if appearance else ("appearance",)
        sessions = [open_session(model_path(name), backend, threads) for name in SMALL]
        pnet, rnet, onet, expression = sessions
        small_size = SMALL_CROP if crowds and resizes(backend) else None
        landmarks = open_session(
            model_path(choice.model), backend, threads, choice.session_precision, unused,
            [small_size] if small_size else (),
        )  # fmt: skip
        frames, reasons = open_frames(backend)
        most = None if on_gpu else LandmarkReader.MAX_BATCH
        reader = LandmarkReader(landmarks, appearance, frames, most, small_size)
        return cls(
            profile, backend, choice, skipped + reasons, frames, Detector(pnet, rnet, onet, frames=frames),
            reader, HeadPose(), Expression(expression), [*sessions, landmarks],
        )  # fmt: skip

    def model_names(self) -> tuple[str, ...]:
        """Names of the models in use, as in the weights' manifest."""
        return ("pnet", "rnet", "onet", self.choice.model, "expression", "face98")

    def warm_up(self) -> None:
        """Run each network once on empty pictures, and whatever else would be slow the first time."""
        for session in self.sessions:
            session.warm_up()
        for size_hw in WARM_SIZES_HW:
            self.detector.detect([np.zeros((*size_hw, 3), np.uint8)])
        blank = np.zeros((240, 320, 3), np.uint8)
        self.detector.check([blank], [np.array([[100, 60, 200, 160]], np.float32)])
        points = self.landmarks.read_frames([blank], np.eye(2, 3)[None], [0], np.zeros(1, bool)).points
        identity = np.eye(3, dtype=np.float32)[None]
        self.expression.estimate(points.reshape(1, landmark98.COUNT, 2), identity)

    def describe(self) -> dict:
        """Tell what runs, on cpu or gpu, which better backends were skipped, and what is really estimated."""
        models = manifest()
        measured = models["expression"]["measured"]
        agreement = measured["action_units"].get("icc", {})  # on heads that were not trained on
        units = {name: {"estimated": True, "quality": agreement.get(name)} for name in tables.ACTION_UNITS}
        return {
            "profile": self.profile,
            "backend": self.backend,
            "precision": self.choice.precision,
            "device": "gpu" if runs_on_gpu(self.backend) else "cpu",
            "skipped": list(self.skipped_backends),
            "models": {name: models[name]["sha256"][:12] for name in self.model_names()},
            "coefficients": {name: measured["coefficients"][name] for name in tables.BLENDSHAPES} | units,
        }

    def close(self) -> None:
        """Release every session."""
        for session in self.sessions:
            session.close()
        self.frames.close()


def has_image_branch(profile: str, model: str) -> bool:
    """Tell whether what a landmark network's image branch says is used.

    How much of it counts was chosen on one network's branch; another one's may be worse, and then the points
    alone are better. The expression entry names the profiles whose branch was found to help.
    """
    models = manifest()
    return "appearance" in models[model]["outputs"] and profile in models["expression"]["image_branch_of"]
