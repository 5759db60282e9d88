"""The pipeline benchmark's page: ratios against the bars, with and without the reference."""

from benchmarks.pipeline_report import lines_of_bars, markdown, write_report


def timing(median):
    return {"median_ms": median, "mean_ms": median + 1, "p95_ms": median + 2, "faces": 1.0, "frames": 9}


def result(*names):
    scenes = {
        "one face": {name: timing(4.0 if name != "full" else 10.0) for name in names},
        "eight faces": {name: timing(18.0) for name in names},
    }
    ours = {name: {"backend": "openvino", "precision": "int8", "device": "cpu"} for name in names[:2]}
    about = {"date": "2026-11-20", "cores": 2, "machine": "x86_64", "command": "c"}
    return about | {"ours": ours, "scenes": scenes}


def test_ratios_are_those_of_the_medians():
    lines = dict((line[0], line[2]) for line in lines_of_bars(result("lite", "full", "mediapipe")["scenes"]))
    assert lines["1 face, `lite`, tracked, median"].startswith("1.00 × (4.00 against 4.00")
    assert lines["1 face, `full`, tracked, median"].startswith("2.50 ×")
    assert lines["8 faces against 1, `lite`"].startswith("4.50 ×")


def test_without_the_reference_nothing_is_claimed():
    page = markdown(result("lite", "full"), None)
    assert page.count("MediaPipe not yet run") == 2 and "× (4.00 against" not in page


def test_the_report_is_written(tmp_path):
    paths = write_report(result("lite", "full", "mediapipe"), tmp_path / "deep" / "pipeline")
    assert [path.suffix for path in paths] == [".json", ".md", ".png"]
    assert "(pipeline.png)" in paths[1].read_text()
