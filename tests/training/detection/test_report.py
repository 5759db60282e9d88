"""The report as tables: every part that was measured is shown, no other."""

from __future__ import annotations

from training.detection.report import to_markdown

HEAD = {"machine": "test", "date": "2026-01-02"}
FACES = {"improved": {"recall_iou_50": 0.5, "recall_centre": 0.75, "median_iou": 0.8, "median_ms": 1.5}}
EMPTY = {"improved": {"false_boxes_held_out": 3, "false_boxes_all": 7, "median_ms": 2.0}}
RANKING = {
    "improved": {
        "photographs": 9, "faces": 8, "unlabelled_people": 4, "average_precision": 0.25,
        "average_precision_unlabelled_ignored": 0.375, "recall_at_false_boxes": {"0": 0.125, "5": 0.625},
        "highest_score_of_a_false_box": 0.8125, "lowest_score_of_a_face": 0.1875,
    }
}  # fmt: skip
LOOKS = {"photographs": 6, "recall": {"dark": {"improved": 0.4375}}}
MOSAICS = {"pictures": 21, "faces": 23, "recall": {"improved": 0.3125}}
VIDEOS = {"all": {"frames": 9, "original": 8, "both": 6, "ours_alone": 1, "share": 0.75}}


def test_every_measure_is_shown():
    parts = {"faces": FACES, "empty": EMPTY, "ranking": RANKING, "looks": LOOKS, "mosaics": MOSAICS}
    text = to_markdown(HEAD | parts | {"videos": VIDEOS})
    for expected in (
        "50.00%", "75.00%", "0.800", "1.50", "| 3 |", "| 7 |", "0.2500", "0.3750", "12.50%", "62.50%",
        "0.8125", "0.1875", "8 faces on 9 photographs", "4 unlabelled people",
        "of 6 photographs", "| dark | 43.75% |",
        "Of 23 faces in 21 mosaics", "improved 31.25%",
        "| all | 9 | 8 | 6 | 75.00% | 1 |", "2026-01-02",
    ):  # fmt: skip
        assert expected in text


def test_a_part_that_was_not_measured_is_left_out():
    text = to_markdown(HEAD | {"empty": EMPTY})
    assert "dev_helen" not in text and "Hard looks" not in text and "| 7 |" in text
