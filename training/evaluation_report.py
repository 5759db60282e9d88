"""The evaluation's tables in Markdown, with the paper's own figures beside ours."""

from __future__ import annotations

# MTHR-Face, table 1: NME %, FR %, AUC at 0.1 on WFLW, in the order of the subsets below.
WFLW_SUBSETS = ("full set", "pose", "expression", "illumination", "make-up", "occlusion", "blur")
PUBLISHED = {
    "LAB": (
        (5.27, 10.24, 5.51, 5.23, 5.15, 6.79, 6.32),
        (7.56, 28.83, 6.37, 6.73, 7.77, 13.72, 10.74),
        (0.5323, 0.2345, 0.4951, 0.5433, 0.5394, 0.4490, 0.4630),
    ),
    "HRNetV2-W18": (
        (4.60, 7.86, 4.79, 4.57, 4.26, 5.42, 5.36),
        (3.24, 16.8, 2.23, 3.01, 1.94, 5.98, 4.53),
        (0.5528, 0.2860, 0.5360, 0.5616, 0.5763, 0.4862, 0.4886),
    ),
    "MTHR-Face": (
        (4.39, 7.38, 4.61, 4.32, 3.76, 5.11, 4.90),
        (3.02, 14.8, 2.19, 2.83, 1.86, 5.64, 4.12),
        (0.5871, 0.3242, 0.5579, 0.5692, 0.5957, 0.5388, 0.5536),
    ),
}
METRICS = (
    ("nme_percent", "NME (%)", "{:.2f}"),
    ("nme51_percent", "NME inner 51 (%)", "{:.2f}"),
    ("failure_rate_percent", "failures (%)", "{:.2f}"),
    ("auc", "AUC at 0.1", "{:.4f}"),
)
PUBLISHED_METRICS = {"nme_percent": 0, "failure_rate_percent": 1, "auc": 2}
RULES = (
    "NME: mean distance of the points over that of the true outer eye corners. Failure: NME above 10 %.",
    "*facecast analyze*: the command end to end, detection included; a missed face counts as 100 % error.",
    "*given crops*: the landmark network alone, one read of a crop placed by the labels.",
)


def cell(value: float | int | None, form: str) -> str:
    return "" if value is None else form.format(value)


def landmark_table(name: str, part: dict) -> list[str]:
    """One row a way and metric, one column a subset."""
    ways = part["ways"]
    subsets = list(next(iter(ways.values()))["subsets"])
    counts = [next(iter(ways.values()))["subsets"][subset]["faces"] for subset in subsets]
    lines = [
        f"## {name}: {part['faces']} faces, {part['points']} points",
        "",
        "| | found | " + " | ".join(f"{s} ({n})" for s, n in zip(subsets, counts, strict=True)) + " |",
        "|---|---|" + "---|" * len(subsets),
    ]
    for key, title, form in METRICS:
        if key not in next(iter(ways.values()))["subsets"][subsets[0]]:
            continue
        for way, row in ways.items():
            values = [cell(row["subsets"][subset].get(key), form) for subset in subsets]
            lines.append(f"| {title}, {way} | {row['found']} | " + " | ".join(values) + " |")
        if tuple(subsets) == WFLW_SUBSETS and key in PUBLISHED_METRICS:
            lines += published_rows(title, PUBLISHED_METRICS[key], form)
    return lines


def published_rows(title: str, metric: int, form: str) -> list[str]:
    """The paper's rows of one metric."""
    return [
        f"| {title}, *{name}, as published* | | " + " | ".join(form.format(v) for v in rows[metric]) + " |"
        for name, rows in PUBLISHED.items()
    ]


def detection_table(sets: dict[str, dict]) -> list[str]:
    """One row a set."""
    lines = [
        "## Detection",
        "",
        "A face is found by a box of IoU 0.5 with it. Recall and false boxes are at the threshold that is",
        "served; average precision takes all points of the precision-recall curve. Faces that their set",
        "marks invalid are not judged, nor are boxes on them. dev_helen labels one face a picture: a box on",
        "somebody else in it counts as false here.",
        "",
        "| set | pictures | faces | recall | average precision | false boxes |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in sets.items():
        lines.append(
            f"| {name} | {row['pictures']} | {row['faces']} | {cell(row['recall'], '{:.2%}')} "
            f"| {cell(row['average_precision'], '{:.4f}')} | {row['false_boxes']} |"
        )
    return lines


def to_markdown(report: dict) -> str:
    """Lay the whole report out."""
    lines = [
        "# Evaluation by the paper's definitions",
        "",
        f"Measured {report['date']} with `{report['command']}`. Networks:",
        ", ".join(report["networks"].values()) + ".",
        "",
    ]
    if report["landmarks"]:
        lines += [*RULES, ""]
    for name, part in report["landmarks"].items():
        lines += [*landmark_table(name, part), ""]
        if name in report["plots"]:
            lines += [f"![Cumulative error distribution on {name}]({report['plots'][name]})", ""]
    if report["detection"]:
        lines += [*detection_table(report["detection"]), ""]
    if "detection" in report["plots"]:
        lines += [f"![Precision over recall]({report['plots']['detection']})", ""]
    return "\n".join(lines)
