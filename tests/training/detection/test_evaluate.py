"""Evaluation: what it counts, on detectors whose answers are known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines import boxes as bx
from engines.stages.detect import Detections
from training.detection import evaluate
from training.faces import DataError, load_faces


def detections(boxes: np.ndarray) -> Detections:
    boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
    return Detections(boxes, np.full(len(boxes), 0.9, np.float32), np.zeros((len(boxes), 5, 2)))


class Answers:
    """Stands for a detector: a function of the image."""

    def __init__(self, answer) -> None:
        self.answer = answer

    def detect(self, images):
        return [detections(self.answer(image)) for image in images]


def test_faces_are_found_or_missed_by_name(data_pack):
    faces = load_faces(data_pack, "dev_helen")
    truth = bx.face_boxes(faces.labels["lm98"])
    known = {faces.decode(i).tobytes(): truth[i] for i in range(len(faces))}
    lost = faces.decode(3).tobytes()

    def answer(image):
        return [] if image.tobytes() == lost else known[image.tobytes()]

    timed = {"right": evaluate.Timed(Answers(answer)), "blind": evaluate.Timed(Answers(lambda image: []))}
    report = evaluate.measure_faces(timed, data_pack)
    right, blind = report["right"], report["blind"]
    assert right["recall_iou_50"] == right["recall_centre"] == 15 / 16
    assert right["missed"] == ["dev_helen_003.jpg"] and right["median_iou"] == pytest.approx(1, abs=1e-4)
    assert blind["recall_iou_50"] == 0 and len(blind["missed"]) == 16


def test_false_boxes_are_counted_by_half(data_pack):
    calls = iter(range(4))
    timed = {"d": evaluate.Timed(Answers(lambda image: [[0, 0, 9, 9]] * next(calls)))}
    report = evaluate.measure_empty(timed, data_pack)["d"]
    # 0, 1, 2 and 3 boxes on the four pictures; the second and the fourth never trained.
    assert (report["false_boxes_all"], report["false_boxes_held_out"]) == (6, 4)


def write_clip(path, frames: int) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10, (64, 48))
    for index in range(frames):
        writer.write(np.full((48, 64, 3), 10 * index, np.uint8))
    writer.release()


def test_videos_count_frames_where_both_see_the_same_face(tmp_path):
    write_clip(tmp_path / "clip.mp4", 6)
    theirs = evaluate.Timed(Answers(lambda image: [[10, 10, 30, 30]] if image.mean() < 35 else []))
    ours = evaluate.Timed(
        Answers(lambda image: [[11, 10, 31, 30]] if image.mean() > 5 else [[40, 10, 60, 30]])
    )
    report = evaluate.measure_videos(ours, theirs, tmp_path)
    assert report["clip"] == {"frames": 6, "original": 4, "both": 3, "ours_alone": 2, "share": 0.75}
    assert report["all"]["share"] == 0.75


def test_read_video_names_a_damaged_file(tmp_path):
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    with pytest.raises(DataError, match=r"bad\.mp4: expected a readable video"):
        next(evaluate.read_video(tmp_path / "bad.mp4"))


def test_earlier_parts_stay_only_if_the_files_are_the_same(tmp_path):
    path = tmp_path / "detector.json"
    assert evaluate.read_earlier(path, {"pnet": "a"}) == {}
    path.write_text('{"weights": {"pnet": "a"}, "faces": 1}')
    assert evaluate.read_earlier(path, {"pnet": "a"})["faces"] == 1
    assert evaluate.read_earlier(path, {"pnet": "b"}) == {}


def test_weights_are_told_by_their_hash(tmp_path):
    assert set(evaluate.hash_weights(None)) == {"pnet", "rnet", "onet"}
    for name in evaluate.NAMES:
        (tmp_path / f"{name}.onnx").write_bytes(b"same")
    assert len(set(evaluate.hash_weights(tmp_path).values())) == 1
