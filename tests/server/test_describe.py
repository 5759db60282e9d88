"""What `watch` shows of packets and events."""

from __future__ import annotations

import json

import pytest

from engines.face import FrameResult
from proto import tables
from server.describe import describe_event, describe_packet, event_record, face_record, packet_record
from server.wire import Event, Packet, decode_server_message, encode_packet
from tests.server.fakes import make_face


def packet_of(*tracks: int, landmarks: bool = False) -> Packet:
    result = FrameResult((480, 640), [make_face(track) for track in tracks], timings_ms={"landmarks": 7.5})
    return decode_server_message(encode_packet(3, 12, 5_000, result, "f32", landmarks))


def test_line_tells_who_how_large_how_old_and_the_strongest_weights():
    line = describe_packet(packet_of(1), "Ada", 146, 41.23)
    assert line.startswith("Ada #12  146 B    41.2 ms (server 7.5)")
    assert "face 1: yaw +0 pitch +0 roll +0" in line
    assert "tongueOut 1.00 noseSneerRight 0.98 noseSneerLeft 0.96" in line
    assert "\n" not in line


def test_line_without_face_or_clock():
    line = describe_packet(packet_of(), "", 40, None)
    assert line.startswith("3 #12   40 B       ? ms") and line.endswith("nobody")


def test_record_is_named_and_in_pixels():
    record = packet_record(packet_of(1, 2, landmarks=True), "Ada", 900, 41.23456)
    assert json.loads(json.dumps(record)) == record
    assert (record["type"], record["participant"], record["sequence"], record["bytes"]) == (
        "packet",
        3,
        12,
        900,
    )
    assert record["latency_ms"] == 41.235
    assert record["size"] == [480, 640]
    assert record["ms"]["landmarks"] == 7.5
    face = record["faces"][1]
    assert face["track"] == 2
    assert face["box"] == pytest.approx([160, 120, 320, 360], abs=0.1)
    assert face["head"] == {
        "yaw": 0,
        "pitch": 0,
        "roll": 0,
        "translation": pytest.approx([0.05, -0.02, -0.6]),
    }
    assert list(face["blendshapes"]) == list(tables.BLENDSHAPES)
    assert list(face["action_units"]) == list(tables.ACTION_UNITS)
    assert (face["blendshapes"]["tongueOut"], face["action_units"]["AU01"]) == (1, 5)
    assert face["landmarks"][0] == pytest.approx([170, 130], abs=0.02)
    assert len(face["landmarks"]) == 98


def test_landmarks_are_left_out_when_not_sent():
    packet = packet_of(1)
    assert "landmarks" not in face_record(packet.faces[0], packet.size_hw)


@pytest.mark.parametrize(
    ("event", "line", "extra"),
    [
        (Event("joined", 3, role="viewer"), "-- Ada joined as viewer", {"role": "viewer"}),
        (Event("left", 3), "-- Ada left", {}),
        (Event("lost_face", 3, track=4), "-- Ada lost face 4", {"track": 4}),
        (Event("clock", 3, clock_offset_us=0), "-- the clock of Ada is known", {"clock_offset_us": 0}),
        (Event("unknown", 3), "-- Ada: an event that this version does not know", {}),
    ],
)
def test_events(event: Event, line: str, extra: dict):
    assert describe_event(event, "Ada") == line
    assert event_record(event, "Ada") == {
        "type": "event",
        "kind": event.kind,
        "participant": 3,
        "name": "Ada",
        **extra,
    }
