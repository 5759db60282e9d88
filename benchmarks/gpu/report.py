"""The report, as JSON and Markdown; a line that nothing could show stays there as "not yet run"."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

BATCH_OF_THE_BAR = 64
NOT_RUN = "not yet run"


@dataclass
class Report:
    """What was measured so far. Every part is written to disk at once: a run that is cut short keeps it."""

    out: Path
    command: str
    machine: dict = field(default_factory=dict)
    candidates: list[dict] = field(default_factory=list)
    floors: dict = field(default_factory=dict)
    networks: list[dict] = field(default_factory=list)
    frames: dict = field(default_factory=dict)
    server: dict = field(default_factory=dict)

    def save(self) -> None:
        """Write gpu.json and gpu.md."""
        self.out.mkdir(parents=True, exist_ok=True)
        content = {name: value for name, value in vars(self).items() if name != "out"}
        (self.out / "gpu.json").write_text(json.dumps(content, indent=1) + "\n")
        (self.out / "gpu.md").write_text(self.to_markdown())

    def to_markdown(self) -> str:
        """Write the page."""
        parts = [
            "# On a GPU\n", f"Written by `{self.command}`.\n", self._machine(), "## The bars\n", self._bars(),
            "## What ran\n", self._candidates(), "## Landmarks: agreement with ONNX Runtime on the CPU\n",
            self._agreement(), "## Landmarks: time\n", self._times(),
            "## Frames: decode and crops\n", self._frames(),
        ]  # fmt: skip
        return "\n".join(parts)

    def _machine(self) -> str:
        gpu = self.machine.get("gpu", {})
        name = gpu.get("name") or f"no GPU ({gpu.get('why_not', 'not looked for')})"
        if "compute_capability" in gpu:
            name += f", compute capability {gpu['compute_capability']}, {gpu['memory_gb']} GB"
        libraries = ", ".join(f"{k} {v}" for k, v in self.machine.get("packages", {}).items())
        return (
            f"Machine: {name}; driver {self.machine.get('driver')}; {self.machine.get('processor')}, "
            f"{self.machine.get('cores')} cores; Python {self.machine.get('python')}; {libraries}. "
            f"Date: {self.machine.get('date')}.\n"
        )

    def best_at_bar(self) -> dict | None:
        """Find the fastest network of the full profile at the bar's batch; None if none ran."""
        lines = [
            {**line, "title": network["title"]}
            for network in self.networks
            if network["profile"] == "full"
            for line in network.get("batches", [])
            if line["batch"] == BATCH_OF_THE_BAR and "faces_per_s" in line
        ]
        return max(lines, key=lambda line: line["faces_per_s"], default=None)

    def _bars(self) -> str:
        best = self.best_at_bar() if "name" in self.machine.get("gpu", {}) else None
        faces = NOT_RUN
        if best:
            faces = f"{best['faces_per_s']:,.0f} ({best['title']}), {_ratio(best)}"
        single, streams = NOT_RUN, NOT_RUN
        if self.server.get("on_gpu"):
            one = self.server["single"]
            streams = str(self.server["streams"]["most"])
            single = NOT_RUN
            if one["median_ms"] is not None:
                single = f"{one['median_ms']:.1f} ms, {one['p99_ms']:.1f} ms"
                single += f", {one['dropped']} of {one['due']} lost"
        rows = [
            ("`full`, fp16, batch 64: faces per second through landmarks", "≥ 10,000 on an H200", faces),
            ("streams at 30 frames per second through the real server on loopback", "≥ 150", streams),
            ("one stream, picture sent to packet received", "median ≤ 5 ms, 99 % ≤ 12 ms", single),
        ]
        return _table(("line", "bar", "measured"), rows) + self._server_remark()

    def _server_remark(self) -> str:
        if not self.server:
            return ""
        if "not_run" in self.server:
            return f"\nThe server's lines were not run: {self.server['not_run']}\n"
        told = f"\nThe server ran with {self.server['what']}"
        if self.server["on_gpu"]:
            return told + ".\n"
        one, most = self.server["single"], self.server["streams"]["most"]
        return told + f", no GPU: {most} streams, {one['answered_per_s']:.0f} pictures a second of one.\n"

    def _candidates(self) -> str:
        rows = [
            (c["title"], c.get("word", "can run") if c["reason"] is None else f"cannot run: {c['reason']}")
            for c in self.candidates
        ]
        return _table(("in the order of preference", ""), rows)

    def _agreement(self) -> str:
        if not self.networks:
            return f"{NOT_RUN}\n"
        rows = []
        for network in self.networks:
            if "agreement" not in network:
                rows.append((network["profile"], network["title"], network["not_run"], "", "", ""))
                continue
            a = network["agreement"]
            off = "{points_mean_px:.3f} / {points_p99_px:.3f} / {points_max_px:.3f}".format(**a)
            appearance = f"{a['appearance_max']:.3f}" if "appearance_max" in a else "–"
            numbers = (off, f"{a['nme_percent']:.3f}", f"{a['confidence_max']:.3f}", appearance)
            rows.append((network["profile"], network["title"], *numbers))
        head = (
            "profile", "what", "points off, px of 256: mean / 99 % / most", "NME to the reference, %",
            "confidence, most", "appearance, most",
        )  # fmt: skip
        return _table(head, rows)

    def _times(self) -> str:
        if not self.networks:
            return f"{NOT_RUN}\n"
        rows = [
            (network["profile"], network["title"], *_time_cells(line))
            for network in self.networks
            for line in network.get("batches", [{"batch": "all", "not_run": network.get("not_run")}])
        ]
        head = (
            "profile", "what", "batch", "crops in the host's memory, ms",
            "crops on the device, ms: median / 99 %",
            "faces per second", "least possible, ms", "ratio",
        )  # fmt: skip
        remark = ""
        if self.floors:
            matrix, copy = self.floors["matrix"], self.floors["copy"]
            rate = f"{matrix['tflops']:.0f} TFLOP/s" if matrix["tflops"] else "unknown"
            remark = (
                f"\nLeast possible: the larger of the work at the matrix rate ({rate}, {matrix['source']}) "
                f"and the copy of the crops at {copy['gb_per_s']:.1f} GB/s ({copy['source']}). Ratio: time "
                "with the crops on the device over the work at the matrix rate.\n"
            )
        return _table(head, rows) + remark

    def _frames(self) -> str:
        if not self.frames:
            return f"{NOT_RUN}\n"
        rows = [(what, *_frame_cells(frames)) for what, frames in self.frames.items()]
        head = (
            "frames on", "640 × 480 JPEGs a pass", "decode and upload, ms", "with both crops of each, ms",
            "JPEGs decoded by", "decoded pixels off, mean grey levels",
            "crops off, most grey levels: warp / box",
        )  # fmt: skip
        return _table(head, rows)


def _time_cells(line: dict) -> tuple[str, ...]:
    if "not_run" in line:
        return str(line["batch"]), f"{NOT_RUN}: {line['not_run']}", "", "", "", ""
    device = line["on_device"]
    floor = line.get("floor", {}).get("floor_ms")
    return (
        str(line["batch"]), f"{line['from_host']['median_ms']:.2f}",
        f"{device['median_ms']:.2f} / {device['p99_ms']:.2f}", f"{line['faces_per_s']:,.0f}",
        "–" if floor is None else f"{floor:.3f}", _ratio(line),
    )  # fmt: skip


def _frame_cells(frames: dict) -> tuple[str, ...]:
    if "not_run" in frames:
        return f"{NOT_RUN}: {frames['not_run']}", "", "", "", "", ""
    return (
        str(frames["frames"]), f"{frames['decode']['median_ms']:.2f}",
        f"{frames['decode_and_crops']['median_ms']:.2f}", frames["jpeg"],
        f"{frames['jpeg_mean_grey_levels']:.2f}",
        f"{frames['warp_max_grey_levels']} / {frames['box_max_grey_levels']}",
    )  # fmt: skip


def _ratio(line: dict) -> str:
    matrix_ms = line.get("floor", {}).get("matrix_ms")
    return f"{line['on_device']['median_ms'] / matrix_ms:.1f} × the least" if matrix_ms else "–"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"
