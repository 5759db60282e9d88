"""The server's clock."""

from __future__ import annotations

import time

from server.clock import server_time_us


def test_clock_counts_microseconds_and_never_goes_back():
    first_us = server_time_us()
    time.sleep(0.02)
    assert 20_000 <= server_time_us() - first_us < 5_000_000
