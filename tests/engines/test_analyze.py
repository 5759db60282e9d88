"""`facecast analyze` as a user runs it: lines, overlays, status and plain errors."""

import argparse
import json
import math

import cv2
import numpy as np
import pytest

from engines import analyze
from engines.errors import SourceError
from proto import tables


def run(*words) -> int:
    parser = argparse.ArgumentParser()
    analyze.add_arguments(parser)
    return analyze.run(parser.parse_args([str(word) for word in words]))


@pytest.fixture
def folder(tmp_path, astronaut, coffee):
    (tmp_path / "pictures").mkdir()
    for name, image in (("b_face.png", astronaut), ("a_cup.jpg", coffee)):
        cv2.imwrite(str(tmp_path / "pictures" / name), image[..., ::-1])
    return tmp_path / "pictures"


def test_a_folder_gives_one_documented_line_per_picture(folder, tmp_path):
    out = tmp_path / "out.jsonl"
    assert run(folder, "--out", out, "--overlay", tmp_path / "drawn") == 0
    cup, portrait = (json.loads(line) for line in out.read_text().splitlines())
    assert cup["source"] == "a_cup.jpg" and cup["faces"] == [] and cup["size"] == [400, 600]
    assert portrait["frame"] == 0 and portrait["time_s"] == 0
    assert list(portrait["ms"]) == list(tables.STAGES)
    (face,) = portrait["faces"]
    assert face["track"] == 1 and 0.5 < face["score"] <= 1 and len(face["box"]) == 4
    assert np.shape(face["landmarks"]) == (98, 2)
    assert list(face["blendshapes"]) == list(tables.BLENDSHAPES)
    assert list(face["action_units"]) == list(tables.ACTION_UNITS)
    assert all(0 <= v <= 1 for v in face["blendshapes"].values())
    assert all(0 <= v <= 5 for v in face["action_units"].values())
    assert set(face["head"]) == {"yaw", "pitch", "roll", "translation"}
    assert len(face["head"]["translation"]) == 3 and math.isfinite(face["head"]["yaw"])
    drawn = cv2.imread(str(tmp_path / "drawn" / "b_face_00000.png"))
    original = cv2.imread(str(folder / "b_face.png"))
    x0, y0, x1, y1 = (round(v) for v in face["box"])
    assert (drawn[y0:y1, x0:x1] != original[y0:y1, x0:x1]).any()


def test_a_damaged_picture_is_told_and_the_rest_goes_on(folder, tmp_path, capsys):
    (folder / "a_damaged.jpg").write_bytes(b"damaged")
    out = tmp_path / "out.jsonl"
    assert run(folder, "--out", out) == 1
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["source"] for line in lines] == ["a_cup.jpg", "a_damaged.jpg", "b_face.png"]
    assert lines[1]["error"]["code"] == "bad_image" and len(lines[2]["faces"]) == 1
    assert "a_damaged.jpg: bad_image" in capsys.readouterr().err


def test_a_video_is_tracked_and_drawn(tmp_path, astronaut):
    clip = tmp_path / "clip.mp4"
    video = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"mp4v"), 25.0, (512, 512))
    for _ in range(4):
        video.write(np.ascontiguousarray(astronaut[..., ::-1]))
    video.release()
    assert run(clip, "--out", tmp_path / "out.jsonl", "--overlay", tmp_path / "drawn.mp4") == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["time_s"] for line in lines] == [0.0, 0.04, 0.08, 0.12]
    assert [face["track"] for line in lines for face in line["faces"]] == [1, 1, 1, 1]
    assert cv2.VideoCapture(str(tmp_path / "drawn.mp4")).get(cv2.CAP_PROP_FRAME_COUNT) == 4


def test_a_missing_source_is_a_plain_error(tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        run(tmp_path / "missing.mp4")
