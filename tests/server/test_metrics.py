"""Metrics in the Prometheus text format."""

from __future__ import annotations

import re
from dataclasses import fields

from server import wire
from server.metrics import MEANINGS, Counters, Histogram
from tests.server.running import RunningServer


def read_metrics(server: RunningServer) -> dict[str, float]:
    text = server.http("/metrics").text
    assert text.endswith("\n")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for line in lines:
        assert re.fullmatch(r'facecast_[a-z_]+(\{le="([0-9.]+|\+Inf)"\})? \d+(\.\d+)?', line), line
        name = re.sub(r"_(bucket\{.*|sum|count)$", "", line.split()[0])
        kind = "histogram" if name != line.split()[0] else "counter" if name.endswith("_total") else "gauge"
        assert f"# TYPE {name} {kind}\n" in text
        assert f"# HELP {name} " in text
    return {name.removeprefix("facecast_"): float(value) for name, value in (line.split() for line in lines)}


def test_every_counter_has_a_meaning():
    assert set(MEANINGS) == {field.name for field in fields(Counters)}


def test_histogram_counts_up_to_and_with_its_bounds():
    histogram = Histogram((1, 2, 4))
    for value in (1, 2, 3, 4, 5, 50):
        histogram.add(value)
    assert (histogram.counts, histogram.count, histogram.sum) == ([1, 1, 2, 2], 6, 65)


async def test_metrics_count_what_happened(server: RunningServer):
    async with server.client("both") as client:
        for payload in (b"", b"", b"damaged"):
            await client.publish(payload)
            await client.receive()
        now = read_metrics(server)
        assert (now["ready"], now["rooms"], now["participants"], now["sessions"]) == (1, 1, 1, 1)
        assert (now["frames_received_total"], now["frames_processed_total"]) == (3, 3)
        assert now["errors_sent_total"] == 1
        assert (now["passes_total"], now["batch_frames_sum"], now["frame_wait_seconds_count"]) == (3, 3, 3)
        assert (now['batch_frames_bucket{le="1"}'], now['batch_frames_bucket{le="+Inf"}']) == (3, 3)
        await client.send(wire.encode_ping(1, 0))
        await client.expect(wire.Pong)
    server.wait_until(lambda: not server.service.sessions, "left")
    later = read_metrics(server)
    assert (later["packets_sent_total"], later["connections_total"], later["participants"]) == (2, 1, 0)
    assert later["bytes_sent_total"] > now["bytes_sent_total"]
