"""Faces for the tests of the wire: plain ones, and any that hypothesis can think of."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from engines.face import Face, FrameResult

SIZE_HW = (480, 640)


def make_face(**changes: object) -> Face:
    """Make a face with a different number in every place, changed where asked."""
    values = {
        "track": 3,
        "score": 0.9,
        "box_xyxy_px": np.array([10.0, 20.0, 210.0, 220.0], np.float32),
        "landmarks_px": np.linspace(5, 400, 196, dtype=np.float32).reshape(98, 2),
        "confidence_01": np.ones(98, np.float32),
        "rotation_xyzw": np.array([0.1, -0.2, 0.3, 0.9273618]),
        "translation_m": np.array([0.01, -0.02, -0.6]),
        "gaze_rad": np.array([[0.1, -0.05], [0.09, -0.04]]),
        "blendshapes_01": np.linspace(0, 1, 52, dtype=np.float32),
        "action_units_05": np.linspace(5, 0, 18, dtype=np.float32),
    }
    return Face(**(values | changes))


def make_result(*faces: Face) -> FrameResult:
    """Make the result of one frame."""
    return FrameResult(SIZE_HW, list(faces), timings_ms={"decode": 1.5, "landmarks": 12.25})


@st.composite
def any_face(draw: st.DrawFn) -> Face:
    """Any face whose numbers are finite and whose rotation is one."""
    seed = draw(st.integers(0, 2**32 - 1))
    spread = draw(st.sampled_from([0.0, 0.5, 1.0, 30.0]))  # 0: all zero; 30: beyond every range
    random = np.random.default_rng(seed)
    quaternion = random.normal(size=4)
    return make_face(
        track=draw(st.integers(0, 2**32 - 1)),
        score=draw(st.floats(0, 1)),
        box_xyxy_px=random.normal(size=4) * 500 * spread,
        landmarks_px=random.normal(size=(98, 2)) * 300 * spread,
        rotation_xyzw=quaternion / np.linalg.norm(quaternion),
        translation_m=random.normal(size=3) * spread,
        gaze_rad=random.normal(size=(2, 2)) * spread,
        blendshapes_01=random.uniform(-0.2, 1.2, 52) * spread,
        action_units_05=random.uniform(-1, 6, 18) * spread,
    )
