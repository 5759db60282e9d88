"""The manifest of one connection."""

from __future__ import annotations

from proto import tables
from server.clock import server_time_us
from server.manifest import build_manifest, limits_in_force, product_version, read_estimates
from server.rooms import Participant
from server.settings import Settings
from server.wire import decode_server_message
from tests.server.fakes import FakePipeline


def test_manifest_tells_who_what_and_how_well():
    limits = limits_in_force(Settings(max_fps=25, max_message_bytes=4096, max_pixels=10_000, max_faces=3))
    present = [Participant(4, "Bob", "viewer", "stage")]
    before_us = server_time_us()
    data = build_manifest(Participant(9, "Ada", "both", "stage"), present, FakePipeline().describe(), limits)
    manifest = decode_server_message(data)
    assert (manifest.participant, manifest.name, manifest.role, manifest.room) == (9, "Ada", "both", "stage")
    assert [(other.id, other.name, other.role) for other in manifest.participants] == [(4, "Bob", "viewer")]
    assert before_us <= manifest.server_time_us <= server_time_us()
    assert manifest.blendshapes == tables.BLENDSHAPES
    assert manifest.limits["frames_per_second"] == 25
    assert manifest.limits["message_bytes"] == 4096
    assert manifest.limits["pixels"] == 10_000
    assert manifest.limits["faces"] == 3
    assert manifest.content["models"] == {"pnet": "0123456789ab"}
    assert manifest.content["server"] == f"facecast {product_version()}"
    assert set(manifest.content) == set(tables.MANIFEST_KEYS)


def test_coefficient_that_is_not_estimated_is_declared_so():
    estimates = read_estimates(FakePipeline().describe()["coefficients"])
    assert estimates["jawOpen"].estimated is True
    assert estimates["jawOpen"].quality == 0.9
    assert estimates["tongueOut"].estimated is False
    assert estimates["tongueOut"].quality is None
