"""One client against the real server over a real socket; the pipeline behind it is a fake."""

from __future__ import annotations

import numpy as np
import pytest

from proto import tables
from server import wire
from tests.server.fakes import NEUTRAL, make_face
from tests.server.running import RunningServer


async def test_manifest_comes_first(server: RunningServer):
    async with server.client("publisher", room="stage", name="Ada") as client:
        manifest = client.manifest
        assert (manifest.room, manifest.name, manifest.role) == ("stage", "Ada", "publisher")
        assert manifest.blendshapes == tables.BLENDSHAPES
        assert client.connection.subprotocol == tables.SUBPROTOCOL


async def test_published_frame_reaches_viewer(server: RunningServer):
    async with server.client("viewer") as viewer, server.client("publisher") as publisher:
        joined = await viewer.expect(wire.Event)
        assert (joined.kind, joined.participant) == ("joined", publisher.manifest.participant)
        sequence = await publisher.publish()
        data = await viewer.receive_bytes()
        packet = wire.decode_server_message(data)
        assert len(data) <= tables.LIMITS["packet_bytes"]
        assert (packet.participant, packet.sequence) == (publisher.manifest.participant, sequence)
        assert packet.capture_time_us == sequence * 1000
        assert packet.timings_ms["landmarks"] == 1.5
        (face,) = packet.faces
        np.testing.assert_allclose(face.blendshapes_01, make_face().blendshapes_01, atol=0.5 / 255)
