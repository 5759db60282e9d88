"""The list of unlabelled faces."""

from __future__ import annotations

import json

import numpy as np

from engines.stages.detect import Detections
from training.detection.ignore import list_faces
from training.detection.scenes import load_ignored
from training.faces import load_faces


class OneBox:
    """Stands for a detector that sees one face everywhere, and none on the second photograph."""

    def __init__(self) -> None:
        self.calls = 0

    def detect(self, images):
        self.calls += 1
        count = 0 if self.calls == 2 else len(images)
        box = np.array([[1, 2, 30, 40.5]] * count, np.float32).reshape(-1, 4)
        return [Detections(box, np.full(count, 0.75), np.zeros((count, 5, 2)))]


def test_the_list_can_be_read_back(data_pack, tmp_path):
    faces = load_faces(data_pack, "train")
    listed = list_faces(OneBox(), faces)
    path = tmp_path / "ignored.json"
    path.write_text(json.dumps(listed))
    names = faces.labels["image"]
    read = load_ignored(path)
    assert len(read) == len(faces)
    assert read[str(names[0])].tolist() == [[1, 2, 30, 40.5]] and read[str(names[1])].shape == (0, 4)
