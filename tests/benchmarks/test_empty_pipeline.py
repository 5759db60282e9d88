"""The pipeline that computes nothing speaks the pipeline's language."""

from __future__ import annotations

from benchmarks.empty_pipeline import EmptyPipeline
from engines.face import Frame
from server import wire
from tests.server.running import running_server


async def test_it_serves_a_face_for_whatever_is_sent():
    with running_server(EmptyPipeline()) as server:
        async with server.client("both") as client:
            assert not any(each.estimated for each in client.manifest.estimates.values())
            await client.publish(b"no picture")
            packet = await client.expect(wire.Packet)
            assert len(packet.faces) == 1
            assert sum(packet.timings_ms.values()) == 0


def test_each_frame_gets_a_result_of_its_own():
    pipeline = EmptyPipeline()
    one, other = pipeline.process([(pipeline.open_stream(), Frame("jpeg", b"", 0.0)) for _ in range(2)])
    one.faces.clear()
    assert len(other.faces) == 1
