"""Read what a client asks for in the address and the subprotocols of its WebSocket request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proto import tables
from server.errors import BadRequestError, SubprotocolError


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """Which room a client wants to enter, as what, and under which name; an empty name gets a default."""

    room: str
    role: str
    name: str


def check_subprotocol(offered: Sequence[str]) -> None:
    """Check that the client offers the subprotocol of this server.

    Raises: SubprotocolError that names what is supported.
    """
    if tables.SUBPROTOCOL not in offered:
        came = ", ".join(offered)[:100] or "none"
        raise SubprotocolError(f"expected the WebSocket subprotocol {tables.SUBPROTOCOL}, got {came}")


def parse_request(query: Mapping[str, str]) -> StreamRequest:
    """Read room, role and name from the address.

    Raises: BadRequestError that says which is missing or wrong.
    """
    role = query.get("role", "")
    if role not in tables.ROLES:
        raise BadRequestError(f"expected role={'|'.join(tables.ROLES)} in the address, got {role[:40]!r}")
    room = _check_text("room", query.get("room", ""), tables.LIMITS["room_characters"])
    if not room:
        raise BadRequestError("expected room=NAME in the address, got none")
    name = _check_text("name", query.get("name", ""), tables.LIMITS["name_characters"])
    return StreamRequest(room, role, name)


def _check_text(key: str, value: str, longest: int) -> str:
    """Check a name that others will see: short and printable. Raises: BadRequestError."""
    if len(value) > longest:
        raise BadRequestError(f"expected a {key} of at most {longest} characters, got {len(value)}")
    if not value.isprintable():
        raise BadRequestError(f"expected a {key} of printable characters, got {value!r}")
    return value.strip()
