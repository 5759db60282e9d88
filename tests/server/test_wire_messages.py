"""The messages' own arithmetic: clock offset and limits."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from proto import tables
from server.wire_messages import Limits, Options, Pong


def test_the_clock_offset_of_the_specification():
    pong = Pong(2, 5_100_000, 9_000_400, 9_000_450)
    assert pong.clock_offset_us(5_100_850) == 3_900_000
    assert pong.round_trip_us(5_100_850) == 800


def test_the_offset_ignores_how_long_the_server_took():
    offset, way = -7_000_000, 300
    for busy in (0, 50, 20_000):
        arrival = 1_000_000 + way + offset
        pong = Pong(1, 1_000_000, arrival, arrival + busy)
        back = 1_000_000 + 2 * way + busy
        assert pong.clock_offset_us(back) == offset and pong.round_trip_us(back) == 2 * way


def test_limits_are_the_schemas_by_default():
    names = set(tables.LIMITS) - {"packet_bytes"}  # a promise, not a setting
    assert Limits().as_dict() == {name: tables.LIMITS[name] for name in names}


def test_messages_do_not_change():
    with pytest.raises(FrozenInstanceError):
        Options().encoding = "u8"
