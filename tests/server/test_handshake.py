"""What a client may ask for in its address, and the subprotocol."""

from __future__ import annotations

import pytest

from proto.tables import SUBPROTOCOL
from server.errors import BadRequestError, SubprotocolError
from server.handshake import StreamRequest, check_subprotocol, parse_request


def test_request_is_read():
    query = {"room": " stage 1 ", "role": "both", "name": "Ada Lovelace"}
    assert parse_request(query) == StreamRequest("stage 1", "both", "Ada Lovelace")


def test_name_may_be_missing():
    assert parse_request({"room": "r", "role": "viewer"}).name == ""


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({"room": "r"}, "role=publisher|viewer|both"),
        ({"room": "r", "role": "director"}, "'director'"),
        ({"room": "r", "role": "VIEWER"}, "'VIEWER'"),
        ({"role": "viewer"}, "room=NAME"),
        ({"role": "viewer", "room": "   "}, "room=NAME"),
        ({"role": "viewer", "room": "x" * 65}, "at most 64 characters, got 65"),
        ({"role": "viewer", "room": "a\nb"}, "printable"),
        ({"role": "viewer", "room": "r", "name": "n" * 65}, "at most 64 characters, got 65"),
        ({"role": "viewer", "room": "r", "name": "\x00"}, "printable"),
    ],
)
def test_wrong_request_is_refused_and_says_why(query: dict, text: str):
    with pytest.raises(BadRequestError) as caught:
        parse_request(query)
    assert text in str(caught.value)


def test_longest_names_are_taken():
    assert parse_request({"role": "viewer", "room": "r" * 64, "name": "n" * 64}).name == "n" * 64


def test_our_subprotocol_may_be_one_of_several():
    check_subprotocol(["facecast.v2.msgpack", SUBPROTOCOL])


@pytest.mark.parametrize("offered", [[], ["facecast.v9.msgpack"], ["x" * 1000]])
def test_other_subprotocols_are_refused_naming_ours(offered: list[str]):
    with pytest.raises(SubprotocolError) as caught:
        check_subprotocol(offered)
    assert SUBPROTOCOL in str(caught.value)
    assert len(str(caught.value)) < 250
