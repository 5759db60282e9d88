"""The codec against the vectors, against itself both ways, and against any bytes at all."""

from __future__ import annotations

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.errors import FacecastError, WeightsError
from proto import tables
from server import wire
from server.errors import (
    BadMessageError,
    EncodeError,
    FloodingError,
    ProtocolError,
    RateError,
    TooLargeError,
    UnknownMessageError,
)
from tests.server.wire_vectors import Vector, assert_equals_json, describe_packet, load_vectors

VALID = load_vectors("valid")
INVALID = load_vectors("invalid")
NAMES = {"valid": [v.name for v in VALID], "invalid": [v.name for v in INVALID]}

u16, u32, u64 = (st.integers(0, 2**bits - 1) for bits in (16, 32, 64))
i64 = st.integers(-(2**63), 2**63 - 1)
texts = st.text(max_size=64)


def by_type(kind: str) -> list[Vector]:
    return [vector for vector in VALID if vector.description["type"] == kind]


# The vectors ----------------------------------------------------------------------------------


def test_every_message_type_has_a_vector():
    assert {vector.description["type"] for vector in VALID} == set(tables.MESSAGES)


@pytest.mark.parametrize("vector", by_type("packet"), ids=lambda v: v.name)
def test_packets_decode_to_their_values(vector):
    assert_equals_json(describe_packet(vector.decode()), vector.description["message"])


def fields_of(message: object) -> dict:
    """Give a decoded message under the keys and in the forms of a vector's JSON."""
    if isinstance(message, wire.Options):
        chosen = {"encoding": message.encoding, "landmarks": message.landmarks}
        return {"options": {key: value for key, value in chosen.items() if value is not None}}
    names = [name for name in message.__dataclass_fields__ if name != "size_hw"]
    fields = {name: json_form(name, getattr(message, name)) for name in names}
    if isinstance(message, wire.Hello):
        fields |= fields_of(message.options)
    if isinstance(message, wire.FrameMessage):
        fields["height"], fields["width"] = message.size_hw or (None, None)
    return fields


def json_form(name: str, value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return (
        str(value) if name.endswith("time_us") or (name == "clock_offset_us" and value is not None) else value
    )


OTHERS = [vector for vector in VALID if vector.description["type"] not in ("packet", "manifest")]


@pytest.mark.parametrize("vector", OTHERS, ids=lambda v: v.name)
def test_other_messages_decode_to_their_values(vector):
    assert fields_of(vector.decode()) == vector.description["message"]


@pytest.mark.parametrize("vector", by_type("manifest"), ids=lambda v: v.name)
def test_manifests_decode_to_their_values(vector):
    manifest, expected = vector.decode(), vector.description["message"]
    assert manifest.participant == expected["participant"]
    assert str(manifest.server_time_us) == expected["server_time_us"]
    assert list(manifest.blendshapes) == expected["blendshapes"]
    assert manifest.limits == expected["limits"]
    assert set(manifest.content) >= set(expected)
    rows = [[other.id, other.name, other.role] for other in manifest.participants]
    assert rows == expected["participants"]
    for key in ("blendshapes", "action_units"):
        estimates = [manifest.estimates[name] for name in expected[key]]
        assert [estimate.estimated for estimate in estimates] == expected[f"{key}_estimated"]
        assert [estimate.quality for estimate in estimates] == expected[f"{key}_quality"]


@pytest.mark.parametrize("vector", INVALID, ids=lambda v: v.name)
def test_invalid_vectors_are_refused_with_their_code(vector):
    with pytest.raises(ProtocolError) as caught:
        vector.decode()
    assert caught.value.code == vector.description["error"]
    assert len(str(caught.value)) < 300


def encode_again(message: object) -> bytes:
    match message:
        case wire.Hello():
            return wire.encode_hello(message.client, message.options, message.neutral)
        case wire.FrameMessage():
            size = message.size_hw
            times = (message.sequence, message.capture_time_us)
            return wire.encode_frame(*times, message.format, message.payload, size)
        case wire.Calibrate():
            return wire.encode_calibrate()
        case wire.SetNeutral():
            return wire.encode_set_neutral(message.data)
        case wire.Ping():
            times = (message.clock_offset_us, message.round_trip_us)
            return wire.encode_ping(message.id, message.client_time_us, *times)
        case wire.Options():
            return wire.encode_options(message)
        case wire.Event():
            details = (message.name, message.track, message.role, message.clock_offset_us)
            return wire.encode_event(message.kind, message.participant, *details)
        case wire.Neutral():
            return wire.encode_neutral(message.data)
        case wire.Pong():
            ping = wire.Ping(message.id, message.client_time_us)
            return wire.encode_pong(ping, message.receive_time_us, message.send_time_us)
    raise AssertionError(f"no encoder for {message}")


CANONICAL = [v for v in OTHERS if v.description["canonical"] and v.description["type"] != "error"]


@pytest.mark.parametrize("vector", CANONICAL, ids=lambda v: v.name)
def test_canonical_messages_encode_to_the_same_bytes(vector):
    assert encode_again(vector.decode()) == vector.data


# Round trips ----------------------------------------------------------------------------------


@settings(deadline=None)
@given(u32, u64, st.sampled_from(["jpeg", "png", "webp"]), st.binary(max_size=300))
def test_frames_come_back(sequence, time_us, format, payload):
    data = wire.encode_frame(sequence, time_us, format, payload)
    assert wire.decode_client_message(data) == wire.FrameMessage(sequence, time_us, format, payload)


@settings(deadline=None)
@given(st.sampled_from(["rgb8", "bgr8", "nv12"]), st.integers(1, 20), st.integers(1, 20))
def test_raw_frames_come_back_with_their_size(format, half_width, half_height):
    size_hw = (2 * half_height, 2 * half_width)
    pixels = size_hw[0] * size_hw[1]
    payload = bytes(pixels * 3 if format != "nv12" else pixels * 3 // 2)
    decoded = wire.decode_client_message(wire.encode_frame(1, 2, format, memoryview(payload), size_hw))
    assert decoded == wire.FrameMessage(1, 2, format, payload, size_hw)


@settings(deadline=None)
@given(st.none() | texts, st.sampled_from([None, *tables.ENCODINGS]), st.none() | st.booleans())
def test_hellos_and_options_come_back(client, encoding, landmarks):
    options = wire.Options(encoding, landmarks)
    hello = wire.decode_client_message(wire.encode_hello(client, options, b"\x01\x02"))
    assert hello == wire.Hello(1, client, options, b"\x01\x02")
    assert wire.decode_client_message(wire.encode_options(options)) == options


@settings(deadline=None)
@given(u32, u64, st.none() | i64, st.none() | u32)
def test_pings_come_back(id, time_us, offset_us, trip_us):
    data = wire.encode_ping(id, time_us, offset_us, trip_us)
    assert wire.decode_client_message(data) == wire.Ping(id, time_us, offset_us, trip_us)


@settings(deadline=None)
@given(st.sampled_from(list(tables.EVENTS)), u16, st.none() | texts, st.none() | u32, st.none() | i64)
def test_events_come_back(kind, participant, name, track, offset_us):
    data = wire.encode_event(kind, participant, name, track, "viewer", offset_us)
    expected = wire.Event(kind, participant, name, track, "viewer", offset_us)
    assert wire.decode_server_message(data) == expected


def test_errors_carry_code_text_fatal_and_sequence():
    message = wire.decode_server_message(wire.encode_error(RateError("expected 60 a second"), 5))
    assert message == wire.ErrorMessage("rate", "expected 60 a second", False, 5)
    message = wire.decode_server_message(wire.encode_error(BadMessageError("odd", sequence=9)))
    assert message.sequence == 9
    assert wire.decode_server_message(wire.encode_error(FloodingError("much"))).fatal


def test_inner_faults_are_told_without_their_text():
    message = wire.decode_server_message(wire.encode_error(WeightsError("/secret/path is missing")))
    assert message.code == "internal" and "secret" not in message.text


# What the server's own mistakes do ------------------------------------------------------------


def test_values_that_no_field_holds_are_refused_when_writing():
    with pytest.raises(EncodeError):
        wire.encode_event("danced", 1)
    with pytest.raises(EncodeError):
        wire.encode_frame(1, 2, "tiff", b"")
    with pytest.raises(EncodeError):
        wire.encode_ping(1, 2**64)


# Any bytes ------------------------------------------------------------------------------------


def assert_only_the_error_tree(data: bytes) -> None:
    for decode in (wire.decode_client_message, wire.decode_server_message):
        try:
            decode(data)
        except FacecastError as error:
            assert error.code in tables.ERRORS and wire.encode_error(error)


@settings(deadline=None, max_examples=400)
@given(st.binary(max_size=400))
def test_random_bytes_raise_only_the_error_tree(data):
    assert_only_the_error_tree(data)


@settings(deadline=None, max_examples=500)
@given(st.data())
def test_damaged_messages_raise_only_the_error_tree(data):
    damaged = bytearray(data.draw(st.sampled_from([v.data for v in VALID])))
    for _ in range(data.draw(st.integers(1, 4))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert_only_the_error_tree(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
    assert_only_the_error_tree(bytes(damaged))


scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=8)
scalars |= st.binary(max_size=120)
keys = st.text(max_size=10) | st.integers(-5, 300)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
ids = st.sampled_from([spec.id for spec in tables.MESSAGES.values()])


@settings(deadline=None, max_examples=600)
@given(ids, st.lists(values, max_size=7))
def test_any_values_after_a_real_id_raise_only_the_error_tree(number, fields):
    assert_only_the_error_tree(msgpack.packb([number, *fields]))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(tables.MANIFEST_KEYS), values)
def test_a_manifest_with_any_value_raises_only_the_error_tree(key, value):
    content = msgpack.unpackb(by_type("manifest")[0].data)[1]
    assert_only_the_error_tree(msgpack.packb([tables.MANIFEST, content | {key: value}]))


def test_text_is_refused():
    for decode in (wire.decode_client_message, wire.decode_server_message):
        with pytest.raises(BadMessageError, match="text"):
            decode("hello")


def test_an_unknown_id_is_told_apart():
    with pytest.raises(UnknownMessageError):
        wire.decode_server_message(msgpack.packb([99]))


def test_the_limit_of_bytes_is_exact():
    data = wire.encode_frame(1, 2, "jpeg", bytes(100))
    assert wire.decode_client_message(data, wire.Limits(message_bytes=len(data))).payload == bytes(100)
    with pytest.raises(TooLargeError):
        wire.decode_client_message(data, wire.Limits(message_bytes=len(data) - 1))


def test_the_limit_of_pixels_is_exact():
    data = wire.encode_frame(1, 2, "rgb8", bytes(600), (10, 20))
    assert wire.decode_client_message(data, wire.Limits(pixels=200)).size_hw == (10, 20)
    with pytest.raises(FacecastError) as caught:
        wire.decode_client_message(data, wire.Limits(pixels=199))
    assert caught.value.code == "too_many_pixels" and caught.value.sequence == 1
