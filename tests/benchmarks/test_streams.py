"""The benchmark's clients: their frames on the wire, and what they count before a real server."""

from __future__ import annotations

import json
import struct
import time
from dataclasses import asdict

import pytest

from benchmarks.streams import (
    Counts,
    Plan,
    Stream,
    frame_head,
    open_socket,
    run_streams,
    split_frames,
)
from tests.server.fakes import FakePipeline
from tests.server.running import running_server


def make_streams(port: int, frames: list[bytes], count: int = 2) -> tuple[list[Stream], Counts]:
    counts = Counts()
    plan = Plan(port, list(range(count)), count, "", fps=50, warm_up_s=0.1, measure_s=0.4)
    return [Stream(plan, number, frames, counts) for number in plan.numbers], counts


def test_pictures_are_sent_answered_and_counted():
    with running_server(FakePipeline()) as server:
        streams, counts = make_streams(server.port, [b"x" * 300, b"y" * 70_000])
        run_streams(streams, time.monotonic())
        assert counts.due == 40
        assert 0 < counts.answered == counts.with_face == len(counts.round_trips_ms) <= 40
        assert counts.dropped == 40 - counts.answered
        assert (
            counts.pipeline_ms == [pytest.approx(1.5 * 7)] * counts.answered
        )  # 1.5 ms a stage, says the fake
        assert all(round_trip_ms > 0 for round_trip_ms in counts.round_trips_ms)
        assert server.service.counters.frames_received >= counts.answered
        assert set(counts.errors) <= {"rate"}


def test_pictures_without_an_answer_are_dropped_and_errors_counted():
    with running_server(FakePipeline()) as server:
        streams, counts = make_streams(server.port, [b"damaged", b"good"], 1)
        run_streams(streams, time.monotonic())
        assert counts.due == 20
        assert 0 < counts.answered <= 10
        assert counts.errors["bad_image"] > 0


def test_stream_that_the_server_ends_is_an_error():
    with running_server(FakePipeline(), max_bad_messages=3) as server:
        streams, _ = make_streams(server.port, [b"damaged"], 1)
        with pytest.raises(ConnectionError, match="the server ended a stream"):
            run_streams(streams, time.monotonic())


def test_refused_handshake_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("benchmarks.streams.tables.STREAM_PATH", "/nowhere")
    with (
        running_server(FakePipeline()) as server,
        pytest.raises(ConnectionError, match=r"expected HTTP 101, got HTTP/1\.1 403"),
    ):
        open_socket(server.port, "room")


@pytest.mark.parametrize("length", [0, 125, 126, 65535, 65536])
def test_client_frames_tell_their_length_in_the_fewest_bytes(length: int):
    head = frame_head(0x82, length)
    assert head[0] == 0x82 and head[1] & 0x80 and head[-4:] == bytes(4)
    short = head[1] & 0x7F
    assert short == (length if length < 126 else 126 if length < 65536 else 127)
    if short >= 126:
        assert struct.unpack(">H" if short == 126 else ">Q", head[2:-4]) == (length,)


def test_server_frames_are_split_however_they_arrive():
    sent = (
        b"\x82\x03abc"
        + b"\x82\x7e\x01\x00"
        + b"d" * 256
        + b"\x82\x7f"
        + struct.pack(">Q", 70_000)
        + b"e" * 70_000
    )
    inbox, frames = bytearray(), []
    for start in range(0, len(sent), 1000):
        inbox += sent[start : start + 1000]
        frames += split_frames(inbox)
    assert frames == [(0x82, b"abc"), (0x82, b"d" * 256), (0x82, b"e" * 70_000)]
    assert not inbox


def test_counts_of_several_processes_add_up():
    one = Counts(due=10, answered=8, round_trips_ms=[1.0], errors={"rate": 1})
    other = Counts(**json.loads(json.dumps(asdict(Counts(due=5, answered=5, errors={"rate": 2, "bad": 1})))))
    one.add(other)
    assert (one.due, one.answered, one.dropped) == (15, 13, 2)
    assert (one.round_trips_ms, one.errors) == ([1.0], {"rate": 3, "bad": 1})
