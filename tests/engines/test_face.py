"""What goes into the pipeline and what comes out."""

from engines.face import FrameResult
from proto import tables
from tests.engines.faces import make_face


def test_a_result_without_faces_is_complete():
    first, second = FrameResult((480, 640)), FrameResult((480, 640))
    assert first.faces == [] and first.lost_tracks == [] and first.timings_ms == {}
    first.faces.append(make_face())
    assert second.faces == []  # nothing is shared between results


def test_a_face_has_a_value_for_every_name():
    face = make_face()
    assert len(face.blendshapes_01) == len(tables.BLENDSHAPES) == 52
    assert len(face.action_units_05) == len(tables.ACTION_UNITS) == 18
    assert face.landmarks_px.shape == (tables.LANDMARK_COUNT, 2)
