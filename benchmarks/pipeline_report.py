"""The report of `facecast bench pipeline`: JSON, a page of Markdown, and a plot."""

from __future__ import annotations

from pathlib import Path

from benchmarks.report import table, write_files

# The most that a frame may take, in times of MediaPipe on the same frame.
BARS = {"lite": 1.0, "full": 3.0}
MANY_BAR = 5.0  # eight faces against one
SINGLE, MANY = "one face", "eight faces"
REFERENCE = "mediapipe"
TIMES = ("median_ms", "mean_ms", "p95_ms")


def write_report(result: dict, out: Path) -> list[Path]:
    """Write JSON, Markdown and the plot. Returns: what was written."""
    return write_files(result, out, markdown, draw_plot)


def markdown(result: dict, plot: str | None) -> str:
    """Write the page."""
    runs = "; ".join(
        f"`{name}` in {what['precision']} on {what['backend']} ({what['device']})"
        for name, what in result["ours"].items()
    )
    parts = [
        "# Pipeline\n",
        f"Measured {result['date']} on {result['cores']} {result['machine']} cores with "
        f"`{result['command']}`: {runs}. 640 × 480 frames of a real clip, from pixels (or JPEG) to smoothed "
        "blendshapes; all systems in one process, a second of video each in turn, the same frames.\n",
        table(("what", "bar", "measured"), lines_of_bars(result["scenes"])),
        "\n## Every frame\n",
        table(
            ("scene", "system", "median", "mean", "95 %", "faces found"), lines_of_scenes(result["scenes"])
        ),
        "\nThe mean holds the searches for new faces once a second. MediaPipe: FaceLandmarker 1.2.2 in video "
        "mode on the CPU, with blendshapes and head matrix; it is told how many faces there are, Facecast "
        "is not.\n",
    ]
    if plot:
        parts.append(f"\n![Time per frame]({plot})\n")
    return "\n".join(parts)


def lines_of_bars(scenes: dict) -> list[tuple[str, str, str]]:
    """Compare with what was to be reached; without the reference the line says that it was not run."""
    lines, single = [], scenes[SINGLE]
    reference = single.get(REFERENCE)
    for name, bar in BARS.items():
        if name not in single:
            continue
        ours = single[name]["median_ms"]
        said = f"{ours:.2f} ms; MediaPipe not yet run"
        if reference:
            theirs = reference["median_ms"]
            said = f"{ours / theirs:.2f} × ({ours:.2f} against {theirs:.2f} ms)"
        lines.append((f"1 face, `{name}`, tracked, median", f"≤ {bar} × MediaPipe", said))
    for name in (name for name in (*BARS, REFERENCE) if name in single):
        one, many = single[name]["median_ms"], scenes[MANY][name]["median_ms"]
        bar = f"≤ {MANY_BAR:g} ×" if name in BARS else "–"
        lines.append((f"8 faces against 1, `{name}`", bar, f"{many / one:.2f} × ({many:.2f} ms)"))
    return lines


def lines_of_scenes(scenes: dict) -> list[tuple[str, ...]]:
    """One line for each scene and system."""
    return [
        (scene, f"`{name}`", *(f"{times[key]:.2f} ms" for key in TIMES), str(times["faces"]))
        for scene, systems in scenes.items()
        for name, times in systems.items()
    ]  # fmt: skip


def draw_plot(result: dict, path: Path) -> bool:
    """Draw a bar per scene and system. Returns: whether matplotlib is there."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    from matplotlib import pyplot

    scenes = result["scenes"]
    names = list(next(iter(scenes.values())))
    figure, axes = pyplot.subplots(figsize=(8, 3.5))
    for place, name in enumerate(names):
        heights = [systems[name]["median_ms"] for systems in scenes.values()]
        at = [scene + (place - (len(names) - 1) / 2) * 0.27 for scene in range(len(scenes))]
        bars = axes.bar(at, heights, 0.25, label=name)
        axes.bar_label(bars, fmt="%.1f", fontsize=8)
    axes.set_xticks(range(len(scenes)), list(scenes))
    axes.set_ylabel("median per frame, ms")
    axes.legend()
    axes.grid(axis="y", alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, dpi=100, metadata={"Software": None})
    pyplot.close(figure)
    return True
