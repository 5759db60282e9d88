"""Threshold tuning counts recall and false boxes at each step."""

from __future__ import annotations

import numpy as np

from engines.stages.detect import Candidates, Detections
from training.detection import tune
from training.detection.scenes import Scene
from training.detection.train import load_photographs


class Steady:
    """Stands for a detector: the labelled box with 0.75 on faces, a false box with 0.92 elsewhere."""

    def __init__(self, scenes: list[Scene]) -> None:
        self.truth = {scene.image.tobytes(): scene.truth for scene in scenes}

    def propose(self, images):
        return Candidates(np.zeros((7, 4), np.float32), np.ones(7, np.float32), np.zeros(7, int))

    def refine(self, images, candidates):
        return candidates.take(np.arange(2))

    def detect(self, images):
        truth = self.truth[images[0].tobytes()]
        if len(truth):
            return [Detections(truth, np.array([0.75]), np.zeros((1, 5, 2)))]
        return [Detections(np.array([[0, 0, 9, 9.0]]), np.array([0.92]), np.zeros((1, 5, 2)))]


def test_score_scenes_counts_by_threshold(data_pack):
    photos = load_photographs(data_pack, None, 4, held=True)
    scenes = tune.draw_scenes(photos, 5)
    assert len(scenes) == 7 and len(photos.faces) == 4
    result = tune.score_scenes(Steady(scenes), scenes)
    assert (result["candidates"], result["refined"]) == (7, 2)
    assert result["recall"] == [1, 1, 1, 0, 0, 0, 0, 0, 0]  # 0.75 passes 0.5, 0.6 and 0.7
    assert result["false"] == [2, 2, 2, 2, 2, 2, 0, 0, 0]  # 0.92 passes up to 0.9
