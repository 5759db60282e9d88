"""The report of `facecast bench engines`: JSON, a page of Markdown, and a plot."""

from __future__ import annotations

from pathlib import Path

from benchmarks.report import table, write_files

LOSS_BAR = 0.02  # of fp32's NME, for int8


def write_report(result: dict, out: Path) -> list[Path]:
    """Write JSON, Markdown and the plot. Returns: what was written."""
    return write_files(result, out, markdown, draw_plot)


def markdown(result: dict, plot: str | None) -> str:
    """Write the page."""
    taken = "; ".join(f"{name}: {precision}" for name, precision in result["chosen"].items())
    parts = [
        "# Networks per backend and precision\n",
        f"Measured {result['date']} on {result['cores']} {result['machine']} cores with "
        f"`{result['command']}`. Medians of one call, from uint8 crops to decoded results. "
        f"`--precision auto` takes: {taken}.\n",
        table(
            ("network", "backend", "precision", "1 item", "8 items", "NME 68", "inner 51", "loss"),
            [_line(line, result["lines"]) for line in result["lines"]],
        ),
        "\nNME: on the development photographs, crops placed by the labels; loss: against fp32 on the same "
        f"backend, at most {LOSS_BAR:.0%} is allowed for int8. P-Net's item is the largest level of the "
        "pyramid of a 640 × 480 frame.\n",
    ]
    if result["skipped"]:
        parts.append("\n## Not run here\n")
        parts += [f"- {reason} ({len(cases)} of the cases)" for reason, cases in result["skipped"].items()]
    if plot:
        parts.append(f"\n![Time of the landmark networks]({plot})")
    return "\n".join(parts) + "\n"


def _line(line: dict, lines: list[dict]) -> tuple[str, ...]:
    error = ("–", "–", "–")
    if "nme68" in line:
        error = (f"{line['nme68']:.3f} %", f"{line['nme51']:.3f} %", loss(line, lines))
    times = (f"{line[key]:.2f} ms" for key in ("batch_1_ms", "batch_8_ms"))
    return (f"`{line['network']}`", line["backend"], line["precision"], *times, *error)


def loss(line: dict, lines: list[dict]) -> str:
    """Tell a line's error against fp32's on the same backend."""
    same = ("network", "backend")
    exact = [
        other["nme68"]
        for other in lines
        if other["precision"] == "fp32" and all(other[key] == line[key] for key in same)
    ]
    return f"{line['nme68'] / exact[0] - 1:+.2%}" if exact else "–"


def draw_plot(result: dict, path: Path) -> bool:
    """Draw a bar for each landmark network, backend and precision. Returns: whether matplotlib is there."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    from matplotlib import pyplot

    lines = [line for line in result["lines"] if line["network"].startswith("landmarks")]
    figure, axes = pyplot.subplots(figsize=(8, 0.6 + 0.32 * max(len(lines), 1)))
    names = [
        f"{line['network'].removeprefix('landmarks_')} {line['backend']} {line['precision']}"
        for line in lines
    ]
    bars = axes.barh(names, [line["batch_1_ms"] for line in lines])
    axes.bar_label(bars, fmt="%.1f", fontsize=8, padding=2)
    axes.invert_yaxis()
    axes.set_xlabel("one crop, median, ms")
    axes.grid(axis="x", alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=100, metadata={"Software": None})
    pyplot.close(figure)
    return True
