"""The wire's codec: messages as bytes and back, without any I/O.

A message is one msgpack array in one binary WebSocket message, its type's id first (proto/SPEC.md).
Whatever the bytes are, decoding raises nothing but the error tree. The values live in
server/wire_messages.py; reading and checking any message in server/wire_fields.py, the manifest in
server/wire_manifest.py, the packed part of a packet in server/wire_packet.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from engines.errors import FacecastError
from proto import tables
from server.errors import (
    BadMessageError,
    EncodeError,
    FrameFormatError,
    FrameImageError,
    FramePixelsError,
    TooLargeError,
    VersionError,
    error_spec,
)
from server.wire_fields import pack_message, read_message, shorten
from server.wire_manifest import encode_manifest, read_manifest
from server.wire_messages import (
    Calibrate,
    ClientMessage,
    ErrorMessage,
    Estimate,
    Event,
    FrameMessage,
    Hello,
    Limits,
    Manifest,
    Neutral,
    Options,
    Packet,
    PacketFace,
    Participant,
    Ping,
    Pong,
    ServerMessage,
    SetNeutral,
)
from server.wire_packet import decode_packet, encode_packet

__all__ = [
    "Calibrate",
    "ClientMessage",
    "ErrorMessage",
    "Estimate",
    "Event",
    "FrameMessage",
    "Hello",
    "Limits",
    "Manifest",
    "Neutral",
    "Options",
    "Packet",
    "PacketFace",
    "Participant",
    "Ping",
    "Pong",
    "ServerMessage",
    "SetNeutral",
    "decode_client_message",
    "decode_server_message",
    "encode_calibrate",
    "encode_error",
    "encode_event",
    "encode_frame",
    "encode_hello",
    "encode_manifest",
    "encode_neutral",
    "encode_options",
    "encode_packet",
    "encode_ping",
    "encode_pong",
    "encode_set_neutral",
]

DEFAULT_LIMITS = Limits()
NO_OPTIONS = Options()

_limits_by_name = lru_cache(maxsize=8)(Limits.as_dict)  # a server has one; it is needed for every message
_FORMAT_NAMES = {number: name for name, number in tables.FORMATS.items()}
_EVENT_NAMES = {number: name for name, number in tables.EVENTS.items()}


# What a server reads --------------------------------------------------------------------------


def decode_client_message(data: bytes | str, limits: Limits = DEFAULT_LIMITS) -> ClientMessage:
    """Decode what a client sent.

    Raises: TooLargeError, BadMessageError, VersionError, and for frames FrameFormatError,
    FramePixelsError, FrameImageError (these three with the frame's sequence).
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise BadMessageError("expected a binary message, got text")
    if len(data) > limits.message_bytes:
        raise TooLargeError(f"expected a message of at most {limits.message_bytes} bytes, got {len(data)}")
    spec, values = read_message(data, "client", _limits_by_name(limits))
    if spec.id == tables.FRAME:
        return _read_frame(values, limits)
    return _CLIENT_READERS[spec.id](*values)


def _read_frame(values: list, limits: Limits) -> FrameMessage:
    sequence, capture_time_us, number, payload, width, height = values
    name = _FORMAT_NAMES.get(number)
    if name is None:
        known = ", ".join(f"{known} {text}" for known, text in _FORMAT_NAMES.items())
        raise FrameFormatError(f"expected a format of {known}, got {number}", sequence)
    if name not in tables.RAW_FORMATS:
        return FrameMessage(sequence, capture_time_us, name, payload)
    if not width or not height:
        text = f"expected the width and height of a {name} frame, got {width}x{height}"
        raise BadMessageError(text, sequence)
    if width * height > limits.pixels:
        raise FramePixelsError(f"expected at most {limits.pixels} pixels, got {width}x{height}", sequence)
    expected = _raw_bytes(name, width, height)
    if expected is None:
        raise FrameImageError(f"expected even sides for {name}, got {width}x{height}", sequence)
    if len(payload) != expected:
        text = f"expected {expected} bytes of {name} for {width}x{height}, got {len(payload)}"
        raise FrameImageError(text, sequence)
    return FrameMessage(sequence, capture_time_us, name, payload, (height, width))


def _raw_bytes(name: str, width: int, height: int) -> int | None:
    """Count the bytes of a raw picture; None when the format cannot have this size."""
    if name != "nv12":
        return width * height * 3
    return None if width % 2 or height % 2 else width * height * 3 // 2


def _read_hello(version: int, client: str | None, options: dict | None, neutral: bytes | None) -> Hello:
    if version != tables.PROTOCOL_VERSION:
        raise VersionError(f"expected protocol version {tables.PROTOCOL_VERSION}, got {version}")
    return Hello(version, client, _read_options(options or {}), neutral)


def _read_options(options: dict) -> Options:
    encoding, landmarks = options.get("encoding"), options.get("landmarks")
    if encoding is not None and (not isinstance(encoding, str) or encoding not in tables.ENCODINGS):
        known = ", ".join(tables.ENCODINGS)
        raise BadMessageError(f"expected an encoding of {known}, got {shorten(encoding)}")
    if landmarks is not None and not isinstance(landmarks, bool):
        raise BadMessageError(f"expected landmarks to be true or false, got {shorten(landmarks)}")
    return Options(encoding, landmarks)


_CLIENT_READERS: dict[int, Callable[..., ClientMessage]] = {
    tables.HELLO: _read_hello,
    tables.CALIBRATE: Calibrate,
    tables.SET_NEUTRAL: SetNeutral,
    tables.PING: Ping,
    tables.OPTIONS: _read_options,
}


# What a server writes -------------------------------------------------------------------------


def encode_event(
    kind: str,
    participant: int,
    name: str | None = None,
    track: int | None = None,
    role: str | None = None,
    clock_offset_us: int | None = None,
) -> bytes:
    """Pack something that happened in the room; `kind` is a name of tables.EVENTS."""
    if kind not in tables.EVENTS:
        raise EncodeError(f"expected an event of {', '.join(tables.EVENTS)}, got {kind!r}")
    return pack_message(tables.EVENT, tables.EVENTS[kind], participant, name, track, role, clock_offset_us)


def encode_neutral(data: bytes) -> bytes:
    """Pack a captured neutral calibration."""
    return pack_message(tables.NEUTRAL, data)


def encode_pong(ping: Ping, receive_time_us: int, send_time_us: int) -> bytes:
    """Pack the answer to a ping, with the server's clock at its arrival and now."""
    return pack_message(tables.PONG, ping.id, ping.client_time_us, receive_time_us, send_time_us)


def encode_error(error: FacecastError, sequence: int | None = None) -> bytes:
    """Pack a fault; a code that the schema does not list is sent as internal, without its text."""
    code, text = error.code, str(error)
    if code not in tables.ERRORS or code == "internal":
        code, text = "internal", tables.ERRORS["internal"].meaning
    if sequence is None:
        sequence = getattr(error, "sequence", None)
    return pack_message(tables.ERROR, code, text, error_spec(error).fatal, sequence)


# What a client writes -------------------------------------------------------------------------


def encode_hello(
    client: str | None = None, options: Options = NO_OPTIONS, neutral: bytes | None = None
) -> bytes:
    """Pack who this client is and what it wants."""
    return pack_message(tables.HELLO, tables.PROTOCOL_VERSION, client, _options_map(options) or None, neutral)


def encode_frame(
    sequence: int,
    capture_time_us: int,
    format: str,
    payload: bytes | memoryview,
    size_hw: tuple[int, int] | None = None,
) -> bytes:
    """Pack one camera picture; `size_hw` is needed for raw formats."""
    if format not in tables.FORMATS:
        raise EncodeError(f"expected a format of {', '.join(tables.FORMATS)}, got {format!r}")
    height, width = size_hw or (None, None)
    return pack_message(
        tables.FRAME, sequence, capture_time_us, tables.FORMATS[format], payload, width, height
    )


def encode_calibrate() -> bytes:
    """Pack the wish to capture the face at rest."""
    return pack_message(tables.CALIBRATE)


def encode_set_neutral(data: bytes) -> bytes:
    """Pack a stored neutral calibration."""
    return pack_message(tables.SET_NEUTRAL, data)


def encode_ping(
    id: int, client_time_us: int, clock_offset_us: int | None = None, round_trip_us: int | None = None
) -> bytes:
    """Pack the question for the server's clock, with what earlier pongs taught."""
    return pack_message(tables.PING, id, client_time_us, clock_offset_us, round_trip_us)


def encode_options(options: Options) -> bytes:
    """Pack a change of what this connection receives."""
    return pack_message(tables.OPTIONS, _options_map(options))


def _options_map(options: Options) -> dict[str, object]:
    chosen = {"encoding": options.encoding, "landmarks": options.landmarks}
    return {key: value for key, value in chosen.items() if value is not None}


# What a client reads --------------------------------------------------------------------------


def decode_server_message(data: bytes | str) -> ServerMessage:
    """Decode what a server sent.

    Raises: BadMessageError; its kind UnknownMessageError for an id of a later version, to be ignored.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise BadMessageError("expected a binary message, got text")
    spec, values = read_message(data, "server", tables.LIMITS)
    return _SERVER_READERS[spec.id](*values)


def _read_event(
    kind: int,
    participant: int,
    name: str | None,
    track: int | None,
    role: str | None,
    clock_offset_us: int | None,
) -> Event:
    known = _EVENT_NAMES.get(kind, "unknown")
    return Event(known, participant, name, track, role, clock_offset_us)


_SERVER_READERS: dict[int, Callable[..., ServerMessage]] = {
    tables.MANIFEST: read_manifest,
    tables.PACKET: decode_packet,
    tables.EVENT: _read_event,
    tables.NEUTRAL: Neutral,
    tables.PONG: Pong,
    tables.ERROR: ErrorMessage,
}
