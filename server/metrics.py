"""Counters and gauges of the server in the Prometheus text format."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.batcher import BatcherCounts
    from server.service import Service


@dataclass(slots=True)
class Counters:
    """What sessions count; everything else is read where it lives."""

    connections: int = 0
    refused: int = 0
    frames_received: int = 0
    frames_over_rate: int = 0
    packets_sent: int = 0
    packets_dropped: int = 0
    bytes_received: int = 0
    bytes_sent: int = 0
    errors_sent: int = 0
    clients_cut: int = 0


class Histogram:
    """Counts values by size. One thread adds, others may read."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)  # the last: above every bound
        self.sum = 0.0

    @property
    def count(self) -> int:
        """How many values there were."""
        return sum(self.counts)

    def add(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


MEANINGS = {
    "connections": "WebSocket connections accepted",
    "refused": "connections refused: address, subprotocol, version or full",
    "frames_received": "frames that publishers sent",
    "frames_over_rate": "frames dropped because a publisher sent too many a second",
    "packets_sent": "packets sent to viewers",
    "packets_dropped": "packets replaced by a newer one before a slow viewer took them",
    "bytes_received": "bytes of messages received",
    "bytes_sent": "bytes of messages sent",
    "errors_sent": "coded errors sent to clients",
    "clients_cut": "clients disconnected because they took nothing",
}


def metrics_text(service: Service) -> str:
    """Write all metrics of a service."""
    lines: list[str] = []
    for field in fields(Counters):
        value = getattr(service.counters, field.name)
        lines += _metric(f"{field.name}_total", "counter", MEANINGS[field.name], value)
    lines += _metric("ready", "gauge", "1 when frames are taken", int(service.ready))
    lines += _metric("sessions", "gauge", "connections open now", len(service.sessions))
    lines += _metric("rooms", "gauge", "rooms in use", len(service.rooms.rooms))
    lines += _metric("participants", "gauge", "participants in all rooms", service.rooms.participant_count)
    lines += _metric("frames_waiting", "gauge", "frames that wait for a pass", len(service.slots))
    lines += _metric(
        "frames_replaced_total", "counter", "frames replaced by a newer one", service.slots.replaced
    )
    lines += _metric("frames_expired_total", "counter", "frames that waited too long", service.slots.expired)
    batcher = service.batcher
    if batcher is not None:
        lines += _batcher_metrics(batcher.counts)
    return "\n".join(lines) + "\n"


def _batcher_metrics(counts: BatcherCounts) -> list[str]:
    frames = counts.batch_frames
    return [
        *_metric("passes_total", "counter", "passes of the pipeline", frames.count),
        *_metric("passes_failed_total", "counter", "passes, or searches, that failed", counts.failures),
        *_metric("frames_processed_total", "counter", "frames that went through it", round(frames.sum)),
        *_metric("busy_seconds_total", "counter", "time spent in passes", f"{counts.busy_s:.6f}"),
        *_metric("fills_total", "counter", "passes that waited for more publishers", counts.fills),
        *_metric("fill_seconds_total", "counter", "time spent so", f"{counts.fill_s:.6f}"),
        *_metric(
            "search_seconds_total", "counter", "time between passes to search", f"{counts.search_s:.6f}"
        ),
        *_histogram("batch_frames", "frames of one pass", frames),
        *_histogram("frame_wait_seconds", "time from a frame's arrival to its pass", counts.frame_wait_s),
    ]


def _histogram(name: str, meaning: str, histogram: Histogram) -> list[str]:
    full, total = f"facecast_{name}", 0
    lines = [f"# HELP {full} {meaning}", f"# TYPE {full} histogram"]
    for bound, count in zip((*histogram.bounds, "+Inf"), histogram.counts, strict=True):
        total += count
        lines.append(f'{full}_bucket{{le="{bound}"}} {total}')
    return [*lines, f"{full}_sum {histogram.sum:.6f}", f"{full}_count {total}"]


def _metric(name: str, kind: str, meaning: str, value: object) -> list[str]:
    full = f"facecast_{name}"
    return [f"# HELP {full} {meaning}", f"# TYPE {full} {kind}", f"{full} {value}"]
