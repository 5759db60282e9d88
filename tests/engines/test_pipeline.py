"""The whole way of a frame with the committed weights on real pictures."""

import cv2
import numpy as np
import pytest

from engines import landmark98
from engines.backends import wrapping_sessions
from engines.build.recording import RecordingSession
from engines.errors import FacecastError
from engines.face import Frame
from engines.pipeline import Pipeline
from engines.sources import open_source
from engines.stages.pose import euler_deg, rotation_matrix
from engines.stream import StreamOptions
from proto import tables


def frame_of(image: np.ndarray, time_s: float = 0.0) -> Frame:
    return Frame("rgb8", np.ascontiguousarray(image).data.cast("B"), time_s, image.shape[:2])


def analyse(pipeline, image, options=None):
    (result,) = pipeline.process([(pipeline.open_stream(options), frame_of(image))])
    return result


def test_a_portrait_gives_one_plausible_face(pipeline, astronaut):
    result = analyse(pipeline, astronaut)
    (face,) = result.faces
    assert face.score > 0.8 and result.size_hw == (512, 512)
    x0, y0, x1, y1 = face.box_xyxy_px
    assert 150 < x0 < 195 and 40 < y0 < 110 and 255 < x1 < 295 and 170 < y1 < 225
    # The eyes and mouth of this photograph, marked by hand, to a few pixels.
    points = face.landmarks_px
    assert np.linalg.norm(points[landmark98.RIGHT_PUPIL] - (203, 101)) < 4
    assert np.linalg.norm(points[landmark98.LEFT_PUPIL] - (247, 102)) < 4
    assert np.linalg.norm(points[landmark98.NOSE_TIP] - (225, 127)) < 5
    weights = dict(zip(tables.BLENDSHAPES, face.blendshapes_01, strict=True))
    assert weights["mouthSmileLeft"] > 0.4 and weights["mouthSmileRight"] > 0.4  # she smiles
    assert weights["eyeBlinkLeft"] < 0.4 and weights["jawOpen"] < 0.5
    yaw, pitch, roll = euler_deg(rotation_matrix(face.rotation_xyzw)[None])[0]
    assert abs(yaw) < 25 and abs(pitch) < 25 and abs(roll) < 15
    assert -2.0 < face.translation_m[2] < -0.2


def test_every_stage_is_timed_in_order(pipeline, astronaut):
    timings = analyse(pipeline, astronaut).timings_ms
    assert list(timings) == list(tables.STAGES)
    assert all(ms >= 0 for ms in timings.values()) and timings["landmarks"] > 0


def test_nobody_is_an_empty_list_not_an_error(pipeline, coffee):
    assert analyse(pipeline, coffee).faces == []


def test_a_mirrored_picture_swaps_left_and_right(pipeline, astronaut):
    (face,) = analyse(pipeline, astronaut).faces
    (mirrored,) = analyse(pipeline, astronaut[:, ::-1]).faces
    yaw = euler_deg(rotation_matrix(face.rotation_xyzw)[None])[0, 0]
    mirrored_yaw = euler_deg(rotation_matrix(mirrored.rotation_xyzw)[None])[0, 0]
    assert yaw == pytest.approx(-mirrored_yaw, abs=6)
    right = tables.BLENDSHAPES.index("mouthSmileRight")
    left = tables.BLENDSHAPES.index("mouthSmileLeft")
    assert face.blendshapes_01[right] == pytest.approx(mirrored.blendshapes_01[left], abs=0.25)


def test_several_faces_of_one_frame_and_a_batch_of_publishers(pipeline, astronaut, coffee):
    crop = astronaut[20:260, 110:340]
    grid = np.hstack([np.vstack([crop] * 2)] * 4)  # eight faces
    streams = [pipeline.open_stream() for _ in range(3)]
    images = [grid, coffee, astronaut]
    results = pipeline.process([(s, frame_of(i)) for s, i in zip(streams, images, strict=True)])
    assert [len(result.faces) for result in results] == [8, 0, 1]
    assert len({face.track for face in results[0].faces}) == 8
    alone = analyse(pipeline, astronaut).faces[0]
    assert np.abs(alone.landmarks_px - results[2].faces[0].landmarks_px).max() < 0.05


def test_at_most_as_many_faces_as_asked(pipeline, astronaut):
    pair = np.hstack([astronaut[20:260, 110:340]] * 2)
    assert len(analyse(pipeline, pair, StreamOptions(max_faces=1)).faces) == 1


def test_a_damaged_picture_is_its_own_error_and_spoils_no_other(pipeline, astronaut):
    streams = [pipeline.open_stream() for _ in range(2)]
    bad, good = pipeline.process(
        [(streams[0], Frame("jpeg", b"garbage", 0.0)), (streams[1], frame_of(astronaut))]
    )
    assert isinstance(bad, FacecastError) and bad.code == "bad_image" and len(good.faces) == 1


def test_an_empty_batch_is_nothing(pipeline):
    assert pipeline.process([]) == []


def test_a_face_keeps_its_track_while_it_moves_and_a_new_one_gets_another(pipeline, astronaut):
    stream, numbers = pipeline.open_stream(), []
    for index in range(12):
        shift = np.float32([[1, 0, 6 * index - 30], [0, 1, 3 * index]])
        moved = cv2.warpAffine(astronaut, shift, (512, 512))
        (result,) = pipeline.process([(stream, frame_of(moved, index / 30))])
        numbers.append([face.track for face in result.faces])
    assert numbers == [[1]] * 12
    blank = np.zeros_like(astronaut)
    (gone,) = pipeline.process([(stream, frame_of(blank, 0.5))])
    assert gone.faces == [] and gone.lost_tracks == [1]
    (back,) = pipeline.process([(stream, frame_of(astronaut, 0.6))])
    assert [face.track for face in back.faces] == [2]


def test_tracking_skips_the_cascade(pipeline, astronaut, monkeypatch):
    stream = pipeline.open_stream()
    pipeline.process([(stream, frame_of(astronaut))])
    detector, searched = pipeline.networks.detector, []
    detect = detector.detect
    monkeypatch.setattr(detector, "detect", lambda images: searched.append(len(images)) or detect(images))
    for index in range(1, 41):
        pipeline.process([(stream, frame_of(astronaut, index / 30))])
    assert sum(searched) == 1  # once, after a second, to see who came in


def test_a_live_stream_reports_who_came_in_with_the_frame_after_the_search(pipeline, astronaut):
    alone = np.hstack([astronaut, np.zeros_like(astronaut)])
    both = np.hstack([astronaut, astronaut])
    stream = pipeline.open_stream(StreamOptions(live=True))
    counts, searched = [], []
    for index, picture in enumerate((alone, alone, both, both)):
        (result,) = pipeline.process([(stream, frame_of(picture, index * 0.4))])
        counts.append(len(result.faces))
        searched.append(pipeline.search_waiting())
        while pipeline.search_waiting():
            pass
    assert counts == [1, 1, 1, 2]
    assert searched == [False, False, True, False]


def test_warming_up_runs_a_whole_frame(pipeline, monkeypatch):
    seen, process = [], pipeline.process
    monkeypatch.setattr(pipeline, "process", lambda batch: seen.extend(process(batch)) or seen)
    pipeline.warm_up()
    (result,) = seen
    assert result.faces == [] and result.size_hw == (480, 640) and "smooth" in result.timings_ms


def test_a_still_face_has_still_landmarks(pipeline, astronaut):
    stream = pipeline.open_stream(StreamOptions(smooth=False))
    rng, points = np.random.default_rng(0), []
    for index in range(12):
        noisy = np.clip(astronaut + rng.normal(0, 3, astronaut.shape), 0, 255).astype(np.uint8)
        (result,) = pipeline.process([(stream, frame_of(noisy, index / 30))])
        points.append(result.faces[0].landmarks_px)
    width = np.ptp(points[0][:, 0])
    assert np.std(points[2:], axis=0).mean() / width < 0.004


def test_a_real_clip_is_tracked_from_end_to_end(pipeline, clip_path):
    stream, tracks, weights = pipeline.open_stream(), set(), []
    for picture in list(open_source(clip_path).pictures())[::8]:
        (result,) = pipeline.process([(stream, picture.frame)])
        tracks.update(face.track for face in result.faces)
        weights.append(result.faces[0].blendshapes_01)
    assert tracks == {1}
    spread = np.ptp(weights, axis=0)
    assert spread[tables.BLENDSHAPES.index("jawOpen")] > 0.1  # he speaks


def test_describe_covers_every_coefficient(pipeline):
    described = pipeline.describe()
    assert described["profile"] == "lite" and described["backend"] == "onnxruntime"
    assert set(described["coefficients"]) == {*tables.BLENDSHAPES, *tables.ACTION_UNITS}
    for estimate in described["coefficients"].values():
        assert isinstance(estimate["estimated"], bool)
    assert not described["coefficients"]["tongueOut"]["estimated"]


def test_pixels_are_limited(astronaut):
    small = Pipeline.load("lite", "onnxruntime", max_pixels=1000)
    (result,) = small.process([(small.open_stream(), frame_of(astronaut))])
    assert result.code == "too_many_pixels"


def test_only_a_crowds_small_faces_are_read_from_small_crops(astronaut):
    recorded = {}

    def record(path, session):
        recorded[path.stem] = RecordingSession(session)
        return recorded[path.stem]

    with wrapping_sessions(record):
        pipeline = Pipeline.load("lite", "openvino")
    landmarks = recorded[pipeline.networks.choice.model]
    (alone,) = analyse(pipeline, astronaut).faces
    two = np.tile(astronaut, (1, 2, 1))
    assert len(analyse(pipeline, two).faces) == 2
    assert {batch["image"].shape[1] for batch in landmarks.batches} == {256}
    landmarks.batches.clear()
    faces = analyse(pipeline, np.tile(two, (2, 1, 1))).faces
    assert {batch["image"].shape[1] for batch in landmarks.batches} == {224}
    corners = sorted((f.landmarks_px.mean(0) // 512 * 512).astype(int).tolist() for f in faces)
    assert corners == [[0, 0], [0, 512], [512, 0], [512, 512]]
    eyes_px = np.linalg.norm(alone.landmarks_px[60] - alone.landmarks_px[72])
    for face in faces:
        away = np.linalg.norm(face.landmarks_px % 512 - alone.landmarks_px, axis=1)
        assert away.mean() < 0.03 * eyes_px
        assert np.abs(face.blendshapes_01 - alone.blendshapes_01).max() < 0.25
    pipeline.close()
