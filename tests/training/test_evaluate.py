"""The evaluation command: all four kinds of sets, its three outputs, and what it says of faults."""

import json

import numpy as np
import pytest

from engines import landmark98
from tests.training.datasets import drawn
from tests.training.photographs import found_points, jpeg_of
from training import evaluate
from training.datasets.wflw import LISTS
from training.evaluation_report import WFLW_SUBSETS


@pytest.fixture(scope="module")
def points(astronaut) -> np.ndarray:
    """What the lite network finds on the photograph, (98, 2)."""
    return found_points(astronaut)


@pytest.fixture
def wflw_portrait(astronaut, points, tmp_path):
    """WFLW of one real face twice; the labels are what is found, once as it is, once 3 % beside it."""
    folder = drawn.write_wflw(tmp_path / "wflw", {"test": 2})
    distance = np.linalg.norm(points[landmark98.LEFT_EYE_OUTER] - points[landmark98.RIGHT_EYE_OUTER])
    lines = []
    for row, shift in enumerate((0.0, 0.03 * distance)):
        moved = points + (shift, 0)
        flags = " ".join(map(str, drawn.ATTRIBUTES["test"][row]))
        lines.append(f"{drawn.words(moved)} 0 0 9 9 {flags} 0--Parade/test_{row}.jpg")
        (folder / f"WFLW_images/0--Parade/test_{row}.jpg").write_bytes(jpeg_of(astronaut))
    annotations = folder / "WFLW_annotations"
    (annotations / "list_98pt_rect_attr_train_test/list_98pt_rect_attr_test.txt").write_text("\n".join(lines))
    for name in LISTS.values():  # the lists of the drawn faces go: the attributes decide
        (annotations / f"list_98pt_test/list_98pt_test_{name}.txt").unlink()
    return folder


def run(*words) -> None:
    evaluate.main([*map(str, words), "--profiles", "lite", "--backend", "onnxruntime"])


def test_wflw_gives_the_six_subsets_both_ways(wflw_portrait, tmp_path):
    out = tmp_path / "out"
    run("--wflw", wflw_portrait, "--out", out)
    report = json.loads((out / "evaluation.json").read_text())
    part = report["landmarks"]["WFLW"]
    assert part["points"] == 98 and part["faces"] == 2
    assert list(part["ways"]) == ["lite, facecast analyze", "lite, given crops"]
    for way in part["ways"].values():
        subsets = way["subsets"]
        assert list(subsets) == list(WFLW_SUBSETS) and way["found"] == 2
        assert [subsets[n]["faces"] for n in WFLW_SUBSETS] == [2, 1, 0, 1, 0, 0, 1]
        assert subsets["pose"]["nme_percent"] < 2  # as it was found; windows and crops differ a little
        assert 2 < subsets["illumination"]["nme_percent"] < 4.5  # 3 % beside it
        both = (subsets["pose"]["nme_percent"] + subsets["illumination"]["nme_percent"]) / 2
        assert subsets["full set"]["nme_percent"] == pytest.approx(both, abs=0.01)
    text = (out / "evaluation.md").read_text()
    assert "python -m training.evaluate --wflw DIR --profiles lite`" in text and "as published" in text
    assert (out / "evaluation_ced_wflw.png").stat().st_size > 5000


def test_300w_and_wider_are_measured_in_one_run(astronaut, points, wider, tmp_path):
    folder = tmp_path / "300W"
    for name in ("helen/testset/a", "ibug/b", "helen/trainset/c"):
        drawn.write_pts(folder / f"{name}.pts", points[landmark98.TO_68])
        (folder / f"{name}.jpg").write_bytes(jpeg_of(astronaut))
    out = tmp_path / "out"
    run("--ibug", folder, "--wider", wider, "--out", out)
    report = json.loads((out / "evaluation.json").read_text())
    way = report["landmarks"]["300-W"]["ways"]["lite, facecast analyze"]
    assert {n: row["faces"] for n, row in way["subsets"].items()} == {
        "full set": 2, "challenging": 1, "common": 1,
    }  # fmt: skip
    assert way["subsets"]["full set"]["nme_percent"] < 1 and way["subsets"]["common"]["nme51_percent"] < 1
    assert report["detection"]["WIDER FACE val, all faces"]["faces"] == 3  # drawn dots: nothing to find
    assert report["detection"]["WIDER FACE val, all faces"]["recall"] == 0
    assert (out / "evaluation_precision.png").is_file()


def test_faults_are_one_coded_line(tmp_path):
    with pytest.raises(SystemExit, match=r"^missing_data: .*expected WFLW's labels"):
        run("--wflw", tmp_path, "--out", tmp_path / "out")


def test_a_set_must_be_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        run("--out", tmp_path / "out")
    assert "expected at least one of --data, --wflw, --ibug, --wider" in capsys.readouterr().err


def test_the_data_pack_is_measured(shared_data, tmp_path):
    out = tmp_path / "out"
    arguments = evaluate.argparse.Namespace(
        data=shared_data / "faces", wflw=None, ibug=None, wider=None, limit=4
    )
    (labelled,) = evaluate.open_sets(arguments)
    part = evaluate.measure_landmarks(labelled.first(4), ["lite"], "onnxruntime")
    assert part["points"] == 68 and part["faces"] == 4
    assert all(way["subsets"]["full set"]["nme_percent"] < 10 for way in part["ways"].values())
    assert not out.exists()
