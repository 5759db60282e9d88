"""Token buckets: how often something may happen, with a burst, and how long to wait when it is too often."""

from __future__ import annotations

import time
from collections.abc import Callable


class TokenBucket:
    """Holds up to `burst` tokens and gains `rate` of them per second; starts full."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.burst = burst
        self._clock = clock
        self._tokens = burst
        self._updated_s = clock()

    def take(self) -> bool:
        """Take one token; return False when none is there."""
        self._refill()
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def wait_s(self) -> float:
        """Seconds until one token is there; 0 when one is there now."""
        self._refill()
        return max(0.0, (1 - self._tokens) / self.rate)

    def _refill(self) -> None:
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._updated_s) * self.rate)
        self._updated_s = now


def frame_bucket(max_fps: float) -> TokenBucket:
    """A bucket for frames: a quarter of a second of burst, since networks deliver unevenly."""
    return TokenBucket(max_fps, max(2.0, max_fps / 4))
