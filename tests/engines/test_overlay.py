"""Overlays: drawn where the face is, written as PNG files or as a video."""

import cv2
import numpy as np
import pytest

from engines.errors import SourceError
from engines.face import FrameResult
from engines.overlay import OverlayWriter, draw_result
from tests.engines.faces import make_face

BLANK = np.zeros((300, 320, 3), np.uint8)


def test_points_are_drawn_on_the_face_and_the_original_is_left_alone():
    face = make_face()
    drawn = draw_result(BLANK, FrameResult((300, 320), [face]))
    assert not BLANK.any()
    for x, y in face.landmarks_px[::10]:
        assert drawn[round(float(y)), round(float(x))].any()
    assert drawn[100, 100:200].any() and not drawn[250:, 250:].any()


def test_the_strongest_weight_is_listed():
    quiet = draw_result(BLANK, FrameResult((300, 320), [make_face()]))
    smiling = draw_result(BLANK, FrameResult((300, 320), [make_face(mouthSmileLeft=0.9)]))
    assert not quiet[:15, :60].any() and smiling[:15, :60].any()


def test_nobody_leaves_the_picture_as_it_is():
    assert (draw_result(BLANK, FrameResult((300, 320))) == BLANK).all()


def test_a_folder_gets_png_files_and_a_video_its_frames(tmp_path):
    folder = OverlayWriter(tmp_path / "drawn", 0)
    folder.write("a.jpg", 0, BLANK + 9)
    folder.close()
    assert (cv2.imread(str(tmp_path / "drawn" / "a_00000.png")) == 9).all()
    video = OverlayWriter(tmp_path / "drawn.mp4", 25.0)
    for index in range(3):
        video.write("clip.mp4", index, BLANK)
    video.close()
    written = cv2.VideoCapture(str(tmp_path / "drawn.mp4"))
    assert written.get(cv2.CAP_PROP_FRAME_COUNT) == 3 and written.get(cv2.CAP_PROP_FPS) == 25


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(SourceError, match="write an MP4"):
        OverlayWriter(tmp_path / "missing" / "a.mp4", 25.0).write("a", 0, BLANK)
