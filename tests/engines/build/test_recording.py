"""What the networks were given is kept, and the pipeline notices nothing."""

import numpy as np
import pytest

from engines.backends import onnxruntime_backend
from engines.build.recording import RecordedPipeline, RecordingSession, run_pictures
from engines.errors import ImageError
from engines.face import Frame
from engines.models import model_path


@pytest.fixture(scope="module")
def frame(astronaut) -> Frame:
    return Frame("rgb8", np.ascontiguousarray(astronaut).tobytes(), 0.0, astronaut.shape[:2])


def test_every_network_of_the_pipeline_is_recorded(frame, pipeline):
    recorded = RecordedPipeline("lite")
    (result,) = run_pictures(recorded.pipeline, [frame])
    assert set(recorded.networks) == {"pnet", "rnet", "onet", "landmarks_lite", "expression"}
    crops = recorded.networks["landmarks_lite"].batches[0]["image"]
    assert crops.shape[1:] == (256, 256, 3) and crops.dtype == np.uint8 and crops.std() > 10
    assert "points" in recorded.networks["landmarks_lite"].outputs
    (plain,) = run_pictures(pipeline, [frame])
    assert np.allclose(result.faces[0].landmarks_px, plain.faces[0].landmarks_px, atol=1e-3)
    recorded.close()


def test_a_crowd_is_recorded_in_the_size_that_every_backend_knows(astronaut):
    four = np.tile(astronaut, (2, 2, 1))
    recorded = RecordedPipeline("lite", "openvino", "auto")
    (result,) = run_pictures(recorded.pipeline, [Frame("rgb8", four.tobytes(), 0.0, four.shape[:2])])
    assert len(result.faces) == 4
    assert {b["image"].shape[1] for b in recorded.networks["landmarks_lite"].batches} == {256}
    recorded.close()


def test_inputs_are_copied():
    session = RecordingSession(onnxruntime_backend.open_session(model_path("onet"), 1))
    crops = np.zeros((1, 48, 48, 3), np.uint8)
    session.run({"image": crops}, ["score"])
    crops[:] = 255
    assert session.batches[0]["image"].max() == 0 and session.outputs == ["score"]
    session.close()


def test_a_picture_that_cannot_be_decoded_is_raised(pipeline):
    with pytest.raises(ImageError):
        run_pictures(pipeline, [Frame("jpeg", b"nothing", 0.0)])
