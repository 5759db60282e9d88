"""Token buckets against a clock that the test moves."""

from __future__ import annotations

import pytest

from server.limits import TokenBucket, frame_bucket


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_bucket_gives_its_burst_then_its_rate():
    clock = HandClock()
    bucket = TokenBucket(rate=8, burst=3, clock=clock)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    assert bucket.wait_s() == pytest.approx(0.125)
    clock.now_s += 0.125
    assert bucket.wait_s() == 0
    assert [bucket.take(), bucket.take()] == [True, False]


def test_bucket_keeps_no_more_than_its_burst():
    clock = HandClock()
    bucket = TokenBucket(rate=8, burst=3, clock=clock)
    clock.now_s += 3600
    assert sum(bucket.take() for _ in range(10)) == 3


def test_frames_at_the_rate_pass_even_when_they_arrive_in_bunches():
    bucket = frame_bucket(60)
    assert sum(bucket.take() for _ in range(15)) == 15
    assert sum(bucket.take() for _ in range(15)) < 15


def test_slow_rate_still_allows_two_frames_at_once():
    bucket = frame_bucket(0.5)
    assert [bucket.take() for _ in range(3)] == [True, True, False]
