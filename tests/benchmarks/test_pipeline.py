"""The pipeline benchmark: its scenes, its turns, and a short real run without the reference."""

import argparse
import json

import numpy as np
import pytest

from benchmarks import pipeline as bench
from engines.errors import SourceError
from tests.media import CLIP, MediaError, media_path


def picture(width=64, height=36):
    """Each column tells its own number."""
    return np.tile(np.arange(width, dtype=np.uint8)[None, :, None], (height, 1, 3))


def test_a_cut_fills_the_size_around_the_column_as_far_as_it_can():
    assert bench.fill(picture(), (36, 48), 32).shape == (36, 48, 3)
    middle, edge = (bench.fill(picture(), (36, 48), x)[0, :, 0] for x in (32, 64))
    assert (middle[0], middle[-1]) == (8, 55) and (edge[0], edge[-1]) == (16, 63)
    assert bench.fill(picture(), (60, 40), 10)[0, 0, 0] <= 1


def test_scenes_hold_one_face_and_eight_from_other_times():
    clip = [np.full((36, 64, 3), value, np.uint8) for value in range(0, 240, 10)]
    single, jpeg, many = bench.make_scenes(clip, 32)
    assert len(single.images) == len(jpeg.jpegs) == len(many.images) == len(clip)
    assert single.images[3].shape == many.images[3].shape == (480, 640, 3)
    assert len(np.unique(many.images[0])) == many.faces == 8


def test_every_system_gets_every_frame_in_turns():
    scene, calls = bench.Scene("made", 1, [None] * 70), []
    systems = {name: (lambda _, index, name=name: calls.append((name, index)) or 1) for name in "ab"}
    result = bench.measure(scene, systems)
    assert [index for name, index in calls if name == "b"] == list(range(70))
    assert [name for name, _ in calls[:60]] == ["a"] * 30 + ["b"] * 30
    assert result["a"]["frames"] == 70 - bench.WARM_UP and result["a"]["faces"] == 1


def test_a_missing_clip_is_told():
    with pytest.raises(SourceError, match="make media"):
        bench.read_clip(bench.ROOT / "no such clip.mp4", 3)


def test_a_short_run_writes_its_report(tmp_path, monkeypatch):
    try:
        clip = media_path(CLIP)
    except MediaError as error:
        pytest.skip(str(error))
    monkeypatch.setattr(bench, "is_installed", lambda: False)
    monkeypatch.setattr(bench, "WARM_UP", 2)
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    options = ["--clip", str(clip), "--frames", "6", "--profile", "lite", "--out", str(tmp_path / "pipeline")]
    assert bench.run(parser.parse_args(options)) == 0
    result = json.loads((tmp_path / "pipeline.json").read_text())
    assert result["scenes"]["one face"]["lite"]["faces"] == 1
    assert result["scenes"]["eight faces"]["lite"]["faces"] == 8
    assert "MediaPipe not yet run" in (tmp_path / "pipeline.md").read_text()
