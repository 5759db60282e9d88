import cv2
import numpy as np
import pytest

from character.render import COMBINATIONS, FACE_VIEW, SHEET, captioned, draw, hit_parts
from proto.tables import BLENDSHAPES

CLOSE = ((0.0, 0.035, 0.05), 0.06)


def eye_pixels(head, weights: dict[str, float], yaw_deg: float = 0.0) -> int:
    seen = hit_parts(head, weights, yaw_deg, CLOSE, 320)
    eyes = [i for i, p in enumerate(head) if p.name.startswith("eye")]
    return int(np.isin(seen, eyes).sum())


@pytest.mark.parametrize("yaw_deg", [-40, 0, 40])
@pytest.mark.parametrize(
    "partner",
    [None, "eyeSquint", "cheekSquint", "eyeLookDown", "eyeLookUp", "eyeLookIn", "eyeLookOut", "browDown"],
)
def test_closed_lids_cover_the_eyes(head, partner, yaw_deg):
    weights = {f"{n}{s}": 1.0 for n in ("eyeBlink", partner) if n for s in ("Left", "Right")}
    assert eye_pixels(head, {}, yaw_deg) > 3000
    assert eye_pixels(head, weights, yaw_deg) == 0


def test_half_closed_lids_show_half_an_eye(head):
    half = eye_pixels(head, {"eyeBlinkLeft": 0.5, "eyeBlinkRight": 0.5})
    assert 0.25 < half / eye_pixels(head, {}) < 0.7


@pytest.mark.parametrize("weights", [{}, {"jawOpen": 1.0, "mouthClose": 1.0}], ids=["rest", "jaw open"])
def test_closed_mouth_shows_no_teeth(head, weights):
    hidden = [i for i, p in enumerate(head) if p.name in ("teeth", "tongue", "mouth")]
    for yaw_deg in (-35, 0, 35):
        assert not np.isin(hit_parts(head, weights, yaw_deg, FACE_VIEW, 320), hidden).any()


def test_open_mouth_shows_its_parts(head):
    seen = hit_parts(head, {"jawOpen": 1.0}, 0, FACE_VIEW, 320)
    for name in ("mouth", "teeth", "tongue"):
        assert (seen == [p.name for p in head].index(name)).sum() > 50, name


def test_no_hole_in_the_head(head):
    seen = (hit_parts(head, {}, 0, ((0.0, 0.01, 0.0), 0.19), 256) >= 0).astype(np.uint8)
    outside = cv2.connectedComponents(1 - seen, connectivity=4)[0] - 1
    assert outside <= 1, "all of the background hangs together"


@pytest.mark.parametrize("name", [n for n in BLENDSHAPES if n != "jawForward"])
def test_every_shape_changes_the_picture(head, name):
    before, after = (draw(head, w, 96, view=FACE_VIEW, sharp=1).astype(int) for w in ({}, {name: 1.0}))
    assert (np.abs(after - before).max(2) > 20).sum() > 12


def test_jaw_forward_changes_the_profile(head):
    before, after = (hit_parts(head, w, 90, FACE_VIEW, 160) for w in ({}, {"jawForward": 1.0}))
    assert ((before < 0) & (after >= 0)).sum() > 50


def test_caption_adds_a_strip():
    assert captioned(np.zeros((50, 120, 3), np.uint8), "smile").shape == (65, 120, 3)


def test_combinations_use_known_names():
    assert {n for _, weights in COMBINATIONS for n in weights} <= set(BLENDSHAPES)


def test_contact_sheet_is_committed_and_light():
    sheet = cv2.imread(str(SHEET))
    assert sheet is not None and sheet.shape[1] > 1000
    assert SHEET.stat().st_size < 600_000
