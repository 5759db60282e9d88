"""What the reports of `facecast bench` share: the files that are written, and tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path


def write_files(
    result: dict,
    out: Path,
    markdown: Callable[[dict, str | None], str],
    draw_plot: Callable[[dict, Path], bool],
) -> list[Path]:
    """Write OUT.json, OUT.md and, where matplotlib is installed, OUT.png. Returns: what was written.

    `markdown` gets the result and the plot's name or None; `draw_plot` tells whether it drew.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    paths = [out.with_suffix(".json"), out.with_suffix(".md")]
    paths[0].write_text(json.dumps(result, indent=1) + "\n")
    if draw_plot(result, out.with_suffix(".png")):
        paths.append(out.with_suffix(".png"))
    paths[1].write_text(markdown(result, paths[2].name if len(paths) == 3 else None))
    return paths


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
