"""The detector's benchmark, laid out as tables."""

from __future__ import annotations

COMMAND = "python -m training.detection.evaluate --data FACES --videos CLIPS --reference FACENET_PYTORCH_DATA"

# Title, part of the report, key, format.
ROWS = [
    ("dev_helen: found, IoU 0.5", "faces", "recall_iou_50", "{:.2%}"),
    ("dev_helen: found, centre and size", "faces", "recall_centre", "{:.2%}"),
    ("dev_helen: median IoU with the landmarks' box", "faces", "median_iou", "{:.3f}"),
    ("dev_helen: median CPU time, ms", "faces", "median_ms", "{:.2f}"),
    ("no_faces, the half that never trained: false boxes", "empty", "false_boxes_held_out", "{}"),
    ("no_faces, all (half of it trained ours): false boxes", "empty", "false_boxes_all", "{}"),
    ("no_faces: median CPU time, ms", "empty", "median_ms", "{:.2f}"),
    ("average precision, dev_helen and that half", "ranking", "average_precision", "{:.4f}"),
    (
        "the same, unlabelled people that both see ignored",
        "ranking",
        "average_precision_unlabelled_ignored",
        "{:.4f}",
    ),
    (
        "the same: the surest false box scores",
        "ranking",
        "highest_score_of_a_false_box",
        "{:.4f}",
    ),
    ("the same: the least sure face scores", "ranking", "lowest_score_of_a_face", "{:.4f}"),
]


def to_markdown(report: dict) -> str:
    """Lay out the parts that the report has."""
    names = list(next(report[part] for part in ("faces", "empty", "ranking") if part in report))
    lines = [
        "# The detector beside the original MTCNN",
        "",
        f"Written by `{COMMAND}`; see there for the rules.",
        "",
        f"Machine: {report['machine']}; {report['date']}. One thread, one photograph a call. The two columns",
        "differ in the networks and their thresholds alone: same cascade code, pyramid, runtime.",
        "",
        *table_head(["", *names]),
    ]
    for title, part, key, form in ROWS:
        if part in report:
            values = (form.format(entry[key]) for entry in report[part].values())
            lines.append(table_row([title, *values]))
    for part, lay_out in (
        ("ranking", ranking_lines),
        ("looks", looks_lines),
        ("mosaics", mosaic_lines),
        ("videos", video_lines),
    ):
        if part in report:
            lines += ["", *lay_out(report[part])]
    return "\n".join(lines) + "\n"


def table_row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def table_head(cells: list[str]) -> list[str]:
    return [table_row(cells), "|---" * len(cells) + "|"]


def ranking_lines(report: dict[str, dict]) -> list[str]:
    """Recall at so many false boxes, and the picture of the curve."""
    first = next(iter(report.values()))
    lines = [
        "## Recall over false boxes",
        "",
        f"{first['faces']} faces on {first['photographs']} photographs, every box that a detector considers;",
        f"{first['unlabelled_people']} unlabelled people whom both detectors see are ignored.",
        "",
        *table_head(["recall at false boxes", *first["recall_at_false_boxes"]]),
    ]
    for name, entry in report.items():
        lines.append(table_row([name, *(f"{r:.2%}" for r in entry["recall_at_false_boxes"].values())]))
    return [*lines, "", "![Recall over false boxes](detector_recall.png)"]


def looks_lines(report: dict) -> list[str]:
    """Recall by look."""
    recall = report["recall"]
    lines = [
        "## Hard looks",
        "",
        f"Faces found (centre and size) on copies of {report['photographs']} photographs held out of",
        "training (`training/detection/stress.py`).",
        "",
        *table_head(["look", *next(iter(recall.values()))]),
    ]
    return lines + [table_row([title, *(f"{r:.2%}" for r in row.values())]) for title, row in recall.items()]


def mosaic_lines(report: dict) -> list[str]:
    """Recall in pictures of several people."""
    shares = ", ".join(f"{name} {share:.2%}" for name, share in report["recall"].items())
    return [
        "## Several people",
        "",
        f"Of {report['faces']} faces in {report['pictures']} mosaics of the photographs held out of training",
        f"are found: {shares}.",
    ]


def video_lines(report: dict[str, dict]) -> list[str]:
    """Agreement on clips."""
    lines = [
        "## Clips that never trained",
        "",
        *table_head(["clip", "frames", "original finds", "both", "share", "ours alone"]),
    ]
    for name, clip in report.items():
        counts = (str(clip[key]) for key in ("frames", "original", "both"))
        lines.append(table_row([name, *counts, f"{clip['share']:.2%}", str(clip["ours_alone"])]))
    return lines
