"""The manifest: complete, honest about what is not estimated, and checked when read."""

from __future__ import annotations

import msgpack
import pytest

from proto import tables
from server import wire
from server.errors import BadMessageError
from server.wire_manifest import encode_manifest


def make_manifest(**changes: object) -> bytes:
    values = {
        "participant": 4,
        "room": "lobby",
        "name": "Ada",
        "role": "both",
        "server_time_us": 2**60,
        "server": "facecast 0.1.0",
        "profile": "lite",
        "backend": "onnxruntime",
        "models": {"pnet": "0123456789ab"},
        "estimates": {"jawOpen": wire.Estimate(True, 0.97), "cheekPuff": wire.Estimate(False)},
    }
    return encode_manifest(**(values | changes))


def content_of(data: bytes) -> dict:
    return msgpack.unpackb(data)[1]


def test_it_has_every_key_of_the_schema():
    assert tuple(content_of(make_manifest())) == tables.MANIFEST_KEYS


def test_what_is_not_named_as_estimated_is_declared_so():
    manifest = wire.decode_server_message(make_manifest())
    assert manifest.estimates["jawOpen"] == wire.Estimate(True, 0.97)
    named = [name for name, estimate in manifest.estimates.items() if estimate.estimated]
    assert named == ["jawOpen"]
    assert set(manifest.estimates) == {*tables.BLENDSHAPES, *tables.ACTION_UNITS}


def test_participants_and_limits_come_back():
    there = [wire.Participant(1, "Bob", "publisher"), wire.Participant(2, "", "viewer")]
    limits = wire.Limits(frames_per_second=12.5)
    manifest = wire.decode_server_message(make_manifest(participants=there, limits=limits))
    assert list(manifest.participants) == there
    assert manifest.limits == limits.as_dict()
    assert manifest.server_time_us == 2**60 and manifest.stages == tables.STAGES


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("participant", "4"),
        ("participant", True),
        ("blendshapes", "jawOpen"),
        ("blendshapes", list(range(52))),
        ("blendshapes_estimated", [True]),
        ("blendshapes_estimated", [1] * 52),
        ("blendshapes_quality", ["good"] * 52),
        ("participants", [1]),
        ("participants", [[1, "Bob"]]),
        ("participants", [["1", "Bob", "viewer"]]),
        ("limits", []),
        ("room", None),
    ],
)
def test_a_wrong_value_is_refused(key, value):
    content = content_of(make_manifest()) | {key: value}
    with pytest.raises(BadMessageError, match="manifest"):
        wire.decode_server_message(msgpack.packb([tables.MANIFEST, content]))


@pytest.mark.parametrize("later", ["", "a later backend's very long name"])
def test_keys_of_a_later_version_are_kept_for_who_knows_them(later):
    content = content_of(make_manifest()) | {"later": later}
    assert wire.decode_server_message(msgpack.packb([tables.MANIFEST, content])).content["later"] == later
