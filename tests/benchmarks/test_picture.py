"""The README's picture: the face on the left, the character on the right."""

import numpy as np
import pytest

from benchmarks.picture import SIDE, crop_window, portrait, row
from engines.errors import SourceError
from engines.face import Frame
from engines.pipeline import Pipeline
from tests.engines.faces import make_face


def test_the_window_is_a_square_inside_the_picture():
    x, y, side = crop_window(make_face(), np.zeros((260, 300, 3), np.uint8))
    assert x >= 0 and y >= 0 and x + side <= 300 and y + side <= 260 and side > 200


def test_a_portrait_gives_a_row_and_an_empty_picture_a_plain_error():
    pipeline = Pipeline.load("lite", "onnxruntime")
    picture = row(pipeline, portrait())
    assert picture.shape == (SIDE, 2 * SIDE, 3)
    assert picture[:, :SIDE].std() > 20 and picture[:, SIDE:].std() > 20
    blank = np.zeros((200, 200, 3), np.uint8)
    with pytest.raises(SourceError, match="found none"):
        row(pipeline, Frame("rgb8", blank.data.cast("B"), 0.0, (200, 200)))
