"""The way of one frame, on one page: pixels in, faces with weights out.

    decode -> track or detect -> align -> landmarks -> pose + gaze -> action units + blendshapes
    -> calibrate -> correct -> smooth

Each step is one batch across all frames that are given together, whoever published them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import cv2
import numpy as np

from engines.boxes import face_boxes
from engines.errors import FacecastError
from engines.face import Face, Frame, FrameResult
from engines.networks import Networks
from engines.stages import find, pose
from engines.stages.decode import MAX_PIXELS
from engines.stages.expression import gather_appearance
from engines.stages.gaze import estimate_gaze
from engines.stages.landmarks import CROWD
from engines.stages.newcomers import Newcomers
from engines.stages.reduce import in_reduced_pixels
from engines.stream import Stream, StreamOptions


class Pipeline:
    """All networks and stages; one thread at a time may call `process`."""

    def __init__(self, networks: Networks, max_pixels: int = MAX_PIXELS) -> None:
        self.networks, self.max_pixels = networks, max_pixels
        self._newcomers = Newcomers(networks.detector, networks.landmarks, networks.frames.lasting)

    @classmethod
    def load(
        cls, profile: str = "auto", backend: str = "auto", threads: int = 0, max_pixels: int = MAX_PIXELS,
        precision: str = "auto", max_faces: int = CROWD,
    ) -> Pipeline:  # fmt: skip
        """Load the networks of a profile, for so many faces a picture. Raises: BackendError, WeightsError."""
        networks = Networks.load(profile, backend, threads, precision, crowds=max_faces >= CROWD)
        return cls(networks, max_pixels)

    def open_stream(self, options: StreamOptions | None = None) -> Stream:
        """Open the state of one publisher."""
        return Stream(options)

    def process(self, batch: Sequence[tuple[Stream, Frame]]) -> list[FrameResult | FacecastError]:
        """Work through one frame each of any number of publishers.

        Returns: for each, in order, its result, or the error that its own picture caused.
        """
        outcomes = find.open_jobs(self.networks.frames, batch, self.max_pixels)
        jobs = [outcome for outcome in outcomes if isinstance(outcome, find.Job)]
        with in_reduced_pixels(jobs):
            with stage("track", jobs):
                find.check_tracks(self.networks.detector, jobs)
            with stage("detect", jobs):
                self._newcomers.offer(find.search(self.networks.detector, jobs))
            with stage("landmarks", jobs):
                find.read_landmarks(self.networks.landmarks, jobs)
        found = [(job, candidate) for job in jobs for candidate in job.candidates]
        points = np.array([c.points_px for _, c in found], np.float32).reshape(-1, 98, 2)
        sizes = np.array([job.result.size_hw for job, _ in found]).reshape(-1, 2)
        boxes = face_boxes(points)
        with stage("pose", jobs):
            tracks = [candidate.track for _, candidate in found]
            rotation, translation = self.networks.pose.follow(points, sizes, tracks)
            quaternion = pose.quaternion_xyzw(rotation)
            gaze = estimate_gaze(points, rotation)
        with stage("expression", jobs):
            appearance = gather_appearance([c.appearance for _, c in found])
            weights, intensities = self.networks.expression.estimate(points, rotation, appearance)
        with stage("smooth", jobs):
            for i, (job, candidate) in enumerate(found):
                job.result.faces.append(
                    Face(
                        candidate.track.number, candidate.score, boxes[i],
                        points[i], candidate.confidence_01, quaternion[i], translation[i], gaze[i],
                        weights[i], intensities[i],
                    )
                )  # fmt: skip
            for job in jobs:
                job.result.lost_tracks = job.stream.finish(job.result.faces, job.frame.time_s)
        return [outcome.result if isinstance(outcome, find.Job) else outcome for outcome in outcomes]

    def search_waiting(self) -> bool:
        """Do a step of what waits until the answers are out: look for who came into live streams.

        Returns: whether there is more to do.
        """
        return self._newcomers.step()

    def warm_up(self) -> None:
        """Run every network and an empty frame, so that the first is as fast as the next."""
        self.networks.warm_up()
        jpeg = cv2.imencode(".jpg", np.zeros((480, 640, 3), np.uint8))[1].tobytes()
        self.process([(self.open_stream(), Frame("jpeg", jpeg, 0.0))])

    def describe(self) -> dict:
        """Tell what runs: profile, backend, models and what is really estimated, for the manifest."""
        return self.networks.describe()

    def close(self) -> None:
        """Release the networks."""
        self.networks.close()


@contextmanager
def stage(name: str, jobs: list[find.Job]) -> Iterator[None]:
    """Time a stage: every frame of the batch waited for all of it."""
    start = time.perf_counter()
    yield
    for job in jobs:
        job.result.timings_ms[name] = (time.perf_counter() - start) * 1e3
