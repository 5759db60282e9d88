"""The invalid vectors: each has one fault, a known code and a reason."""

from __future__ import annotations

from proto import tables
from proto.invalid_cases import invalid_vectors
from proto.schema import load_schema
from proto.vector_cases import valid_vectors

VECTORS = list(invalid_vectors(load_schema()))


def test_each_has_a_known_code_and_a_reason():
    for name, _, description in VECTORS:
        assert description["error"] in tables.ERRORS and description["why"], name
        assert name.startswith(description["direction"] + "_")


def test_names_are_unique_and_no_valid_message_is_among_them():
    assert len({name for name, _, _ in VECTORS}) == len(VECTORS) == 96
    valid = {(description["direction"], data) for _, data, description in valid_vectors(load_schema())}
    for name, data, description in VECTORS:
        if "limits" not in description:
            assert (description["direction"], data) not in valid, name


def test_the_named_faults_exist():
    names = {name for name, _, _ in VECTORS}
    faults = ["client_truncated", "client_trailing_bytes", "client_deep_nesting", "client_not_msgpack"]
    faults += ["client_oversized", "client_frame_sequence_float", "client_id_unknown"]
    faults += ["server_packet_weight_nan", "server_packet_face_short", "server_packet_head_short"]
    assert names.issuperset(faults)
    codes = {description["error"] for _, _, description in VECTORS}
    assert codes == {
        "bad_message",
        "too_large",
        "unsupported_format",
        "too_many_pixels",
        "bad_image",
        "version",
    }
