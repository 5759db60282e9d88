"""The server's clock, as the wire carries it."""

from __future__ import annotations

import time


def server_time_us() -> int:
    """Microseconds of a monotonic clock of any origin."""
    return time.monotonic_ns() // 1000
