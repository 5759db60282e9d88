"""Read any message of the wire against the schema: type, fields, ranges and limits; and pack one."""

from __future__ import annotations

from collections.abc import Mapping

import msgpack

from proto import tables
from server.errors import BadMessageError, EncodeError, UnknownMessageError

# What one message may hold, whatever its size: far above any real one, far below what hurts.
_MAX_ITEMS = 1024  # of an array or a map
_MAX_TEXT_BYTES = 65536

_INTEGERS = {"u8": (0, 2**8 - 1), "u16": (0, 2**16 - 1), "u32": (0, 2**32 - 1), "u64": (0, 2**64 - 1)}
_INTEGERS["i64"] = (-(2**63), 2**63 - 1)
_TYPES = {"bool": bool, "str": str, "bin": bytes, "list": tuple, "map": dict}
_SPECS = {(spec.sender, spec.id): spec for spec in tables.MESSAGES.values()}


def read_message(data: bytes, sender: str, limits: Mapping[str, float]) -> tuple[tables.MessageSpec, list]:
    """Unpack a message of one side and check each field's type, range and limit.

    Raises: BadMessageError; its kind UnknownMessageError when the id is unknown.
    """
    items = _unpack_array(data)
    number = items[0]
    if type(number) is not int:
        raise BadMessageError(f"expected a message id, got {shorten(number)}")
    spec = _SPECS.get((sender, number))
    if spec is None:
        raise UnknownMessageError(f"expected a {sender}'s message id, got {number}")
    values = [
        _read_field(spec.name, field, items[index] if index < len(items) else None, limits)
        for index, field in enumerate(spec.fields, start=1)
    ]
    return spec, values


def _unpack_array(data: bytes) -> tuple:
    try:
        items = msgpack.unpackb(
            data,
            use_list=False,
            strict_map_key=True,
            max_array_len=_MAX_ITEMS,
            max_map_len=_MAX_ITEMS,
            max_str_len=_MAX_TEXT_BYTES,
            max_bin_len=len(data),
            max_ext_len=_MAX_TEXT_BYTES,
        )
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException) as error:
        raise BadMessageError(f"expected one msgpack array, got {shorten(str(error), 120)}") from error
    if not isinstance(items, tuple) or not items:
        raise BadMessageError(f"expected an array that starts with a message id, got {shorten(items)}")
    return items


def _read_field(message: str, field: tables.FieldSpec, value: object, limits: Mapping[str, float]) -> object:
    where = f"{message}.{field.name}"
    if value is None:
        if field.optional:
            return None
        raise BadMessageError(f"{where}: expected {field.type}, got nothing")
    if field.type in _INTEGERS:
        low, high = _INTEGERS[field.type]
        if type(value) is not int or not low <= value <= high:  # bool is an int to isinstance
            raise BadMessageError(f"{where}: expected {field.type} ({low}..{high}), got {shorten(value)}")
    elif not isinstance(value, _TYPES[field.type]):
        raise BadMessageError(f"{where}: expected {field.type}, got {shorten(value)}")
    elif field.limit and len(value) > limits[field.limit]:
        unit = "characters" if field.type == "str" else "bytes"
        raise BadMessageError(f"{where}: expected at most {limits[field.limit]} {unit}, got {len(value)}")
    return value


def shorten(value: object, length: int = 40) -> str:
    """Describe a received value in few characters, however large it is."""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, tuple | dict):
        return f"{type(value).__name__} of {len(value)}"
    text = repr(value) if not isinstance(value, str) else value
    return text if len(text) <= length else f"{text[:length]}… ({len(text)} characters)"


def pack_message(number: int, *values: object) -> bytes:
    """Pack one message; optional fields that are nil at the end are left away."""
    items = [number, *values]
    while items[-1] is None:
        items.pop()
    try:
        return msgpack.packb(items)
    except (ValueError, TypeError, OverflowError) as error:
        raise EncodeError(f"expected values that msgpack can hold: {error}") from error
