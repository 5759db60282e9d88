"""Show how far a build is, where somebody looks at it."""

from __future__ import annotations

import time

from tqdm import tqdm

SHOW_EVERY_S = 0.1


class Bar:
    """One progress bar for the phases of a build."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None

    def tell(self, network: str, what: str, done: int, steps: int) -> None:
        """Show that a network's phase has done so many of its steps."""
        if self._bar is None:
            layout = "{desc}: {n_fmt}/{total_fmt} |{bar}| {elapsed}"
            self._bar = tqdm(leave=False, bar_format=layout, disable=None)  # silent where nobody looks
            self._shown = 0.0
        self._bar.total, self._bar.n = steps, done
        self._bar.set_description_str(f"{network}: {what}", refresh=False)
        if time.monotonic() - self._shown > SHOW_EVERY_S:
            self._shown = time.monotonic()
            self._bar.refresh()

    def close(self) -> None:
        """Take the bar away; the next `tell` makes another."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
