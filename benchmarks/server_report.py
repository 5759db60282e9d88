"""The report of `facecast bench server`: JSON, a page of Markdown, and a plot."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from benchmarks.report import table, write_files

GPU_COMMAND = (
    "facecast bench server --backend tensorrt --profile full --precision fp16 "
    "--out docs/benchmarks/server_gpu"
)
OVERHEAD_BAR_MS = 1.5
SHARE_BAR = 0.8
GPU_STREAMS_BAR = 150
GPU_MEDIAN_BAR_MS, GPU_P99_BAR_MS = 5, 12


def write_report(result: dict, out: Path) -> list[Path]:
    """Write JSON, Markdown and the plot. Returns: what was written."""
    return write_files(result, out, markdown, draw_plot)


def markdown(result: dict, plot: str | None) -> str:
    """Write the page."""
    pipeline, picture_kb = result["pipeline"], result["picture_bytes"] / 1e3
    parts = [
        "# Server\n",
        f"Measured {result['date']} with `{result['command']}` on {result['cores']} cores: profile "
        f"`{result['profile']}` on {result['backend']}, {pipeline['precision']}; server and clients on the "
        f"same machine, over loopback. Each stream sends JPEG pictures of 640 × 360 ({picture_kb:.0f} kB) of "
        f"a real clip at {result['fps']:g} a second and gets its own packets back.\n",
        table(("what", "bar", "measured"), lines_of_bars(result)),
        "\nOverhead: from a picture's first byte sent by the client to its packet read by the client, minus "
        "the stages that the packet itself reports; the client's own time is in it. Without drops: not one "
        f"picture of the measured seconds without an answer. The pipeline alone, called in a loop, takes "
        f"{pipeline['frame_ms']:.1f} ms a picture ({pipeline['frame_median_ms']:.1f} ms median; "
        f"{pipeline['frame_of_batch_ms']:.1f} ms in batches of {pipeline['batch']}), the searches for new "
        "faces once a second among them.\n",
        "\n## Streams\n",
        crowds(result["streams"]["tried"]),
        "\n## The server alone\n",
        "The same with a pipeline that computes nothing and decodes no picture: what sockets, protocol, "
        "batcher and packets cost and carry.\n",
        crowds([result["alone"]["single"], *result["alone"]["streams"]["tried"]]),
    ]
    if plot:
        parts.append(f"\n![Latency and drops against the number of streams]({plot})")
    return "\n".join(parts) + "\n"


def lines_of_bars(result: dict) -> list[tuple[str, str, str]]:
    """Compare what was measured with what was to be reached; what this machine cannot show is not yet run."""
    single, streams, pipeline = result["single"], result["streams"], result["pipeline"]
    on_gpu = pipeline["device"] == "gpu"
    share = streams["most"] / pipeline["ideal_streams"]
    not_run = f"not yet run: `{GPU_COMMAND}`"
    latency = f"{_ms(single['median_ms'])}, {_ms(single['p99_ms'])}"
    return [
        (
            "server overhead, one publisher, median", f"≤ {OVERHEAD_BAR_MS} ms",
            f"{_ms(single['overhead_median_ms'], 2)} (99 %: {_ms(single['overhead_p99_ms'], 2)})",
        ),
        (
            "the same without a pipeline", "–",
            f"{_ms(result['alone']['single']['overhead_median_ms'], 2)}",
        ),
        (
            f"streams at {result['fps']:g} a second without drops, one process",
            f"≥ {SHARE_BAR:.0%} of 1 / (pipeline time)",
            f"{streams['most']}, {share:.0%} of {pipeline['ideal_streams']:.1f}",
        ),
        ("the same without a pipeline", "–", f"{result['alone']['streams']['most']}"),
        ("one stream, picture sent to packet read: median, 99 %", "–", latency),
        (
            "GPU, `full`: streams without drops", f"≥ {GPU_STREAMS_BAR}",
            str(streams["most"]) if on_gpu else not_run,
        ),
        (
            "GPU, `full`: one stream, median and 99 %",
            f"≤ {GPU_MEDIAN_BAR_MS} ms, ≤ {GPU_P99_BAR_MS} ms", latency if on_gpu else not_run,
        ),
    ]  # fmt: skip


def crowds(tried: Iterable[dict]) -> str:
    """One line for each crowd."""
    head = ("streams", "pictures", "without an answer", "answers a second", "with a face", "median", "99 %",
            "overhead, median", "server's CPU a picture", "clients'")  # fmt: skip
    return table(head, [
        (
            str(each["streams"]), str(each["due"]), str(each["dropped"]), f"{each['answered_per_s']:.0f}",
            str(each["with_face"]), _ms(each["median_ms"]), _ms(each["p99_ms"]),
            _ms(each["overhead_median_ms"], 2), _ms(each["server_cpu_ms"], 2), _ms(each["clients_cpu_ms"], 2),
        )
        for each in tried
    ])  # fmt: skip




def _ms(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{value:.{digits}f} ms"


def draw_plot(result: dict, path: Path) -> bool:
    """Draw latency and drops against the number of streams. Returns: whether matplotlib is there."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4))
    panels = (
        ("with the pipeline", [result["single"], *result["streams"]["tried"]]),
        ("the server alone", [result["alone"]["single"], *result["alone"]["streams"]["tried"]]),
    )
    for panel, (title, tried) in zip(axes, panels, strict=True):
        _draw_panel(panel, title, sorted(tried, key=lambda each: each["streams"]))
    axes[0].axvline(
        result["pipeline"]["ideal_streams"], color="grey", linestyle=":", label="1 / (pipeline time)"
    )
    for panel in axes:
        panel.set_xlim(left=0)
        panel.legend()
    figure.suptitle(
        f"Streams at {result['fps']:g} pictures a second, {result['profile']} on {result['backend']}"
    )
    figure.tight_layout()
    figure.savefig(path, dpi=100, metadata={"Software": None})
    pyplot.close(figure)
    return True


def _draw_panel(panel: object, title: str, tried: list[dict]) -> None:
    tried = [each for each in tried if each["median_ms"] is not None]
    streams = [each["streams"] for each in tried]
    panel.plot(streams, [each["median_ms"] for each in tried], "o-", label="median")
    panel.plot(streams, [each["p99_ms"] for each in tried], "s--", label="99 %")
    lossy = [each for each in tried if each["dropped"]]
    panel.plot([each["streams"] for each in lossy], [each["median_ms"] for each in lossy], "rx", ms=12,
               label="pictures without an answer")  # fmt: skip
    panel.set(title=title, xlabel="streams", ylabel="picture sent to packet read, ms", yscale="log")
    panel.grid(alpha=0.3)
