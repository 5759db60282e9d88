"""The Markdown report: every figure at its place, the paper's own beside ours on WFLW alone."""

from training.evaluation_report import PUBLISHED, WFLW_SUBSETS, to_markdown


def summary(nme: float) -> dict:
    return {"faces": 10, "nme_percent": nme, "failure_rate_percent": 3.0, "auc": 0.55}


def report(subsets) -> dict:
    table = {name: summary(4.0 + i) for i, name in enumerate(subsets)}
    ways = {"full, facecast analyze": {"found": 9, "subsets": table, "errors": []}}
    return {
        "date": "2026-01-02", "command": "python -m x", "plots": {"set": "ced.png"}, "detection": {},
        "networks": {"full": "landmarks_full 0123456789ab on openvino (bf16)"},
        "landmarks": {"set": {"points": 98, "faces": 10, "ways": ways}},
    }  # fmt: skip


def test_the_six_subsets_stand_beside_the_published_figures():
    text = to_markdown(report(WFLW_SUBSETS))
    columns = next(line for line in text.splitlines() if line.startswith("| | found"))
    assert [c.split(" (")[0] for c in columns.split(" | ")[2:]] == [*WFLW_SUBSETS[:-1], "blur"]
    ours = "| NME (%), full, facecast analyze | 9 | 4.00 | 5.00 | 6.00 | 7.00 | 8.00 | 9.00 | 10.00 |"
    assert ours in text
    assert "*MTHR-Face, as published* | | 4.39 | 7.38 | 4.61 | 4.32 | 3.76 | 5.11 | 4.90 |" in text
    assert "`python -m x`. Networks:\nlandmarks_full 0123456789ab on openvino (bf16)." in text
    assert "![Cumulative error distribution on set](ced.png)" in text and "## Detection" not in text


def test_another_set_has_no_published_figures():
    text = to_markdown(report(("full set", "common")))
    assert "as published" not in text and "| NME (%), full, facecast analyze | 9 | 4.00 | 5.00 |" in text


def test_a_subset_of_nobody_leaves_its_cells_empty():
    given = report(("full set", "common"))
    given["landmarks"]["set"]["ways"]["full, facecast analyze"]["subsets"]["common"] = {"faces": 0}
    assert "| NME (%), full, facecast analyze | 9 | 4.00 |  |" in to_markdown(given)


def test_detection_is_one_row_a_set():
    row = {"pictures": 5, "faces": 8, "recall": 0.75, "average_precision": 0.5, "false_boxes": 2}
    nobody = {"pictures": 3, "faces": 0, "recall": None, "average_precision": None, "false_boxes": 1}
    text = to_markdown({
        "date": "", "command": "", "plots": {"detection": "p.png"}, "landmarks": {}, "networks": {},
        "detection": {"a": row, "b": nobody},
    })  # fmt: skip
    assert "| a | 5 | 8 | 75.00% | 0.5000 | 2 |" in text and "| b | 3 | 0 |  |  | 1 |" in text


def test_published_rows_hold_a_figure_for_each_subset():
    assert all(len(row) == len(WFLW_SUBSETS) for rows in PUBLISHED.values() for row in rows)
