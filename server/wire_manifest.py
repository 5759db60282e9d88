"""The manifest, the first message of a connection: written by the server, read by a client."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from proto import tables
from server.errors import BadMessageError
from server.wire_fields import pack_message, shorten
from server.wire_messages import Estimate, Limits, Manifest, Participant

DEFAULT_LIMITS = Limits()


def encode_manifest(
    *,
    participant: int,
    room: str,
    name: str,
    role: str,
    server_time_us: int,
    server: str,
    profile: str,
    backend: str,
    models: Mapping[str, str],
    estimates: Mapping[str, Estimate],
    limits: Limits = DEFAULT_LIMITS,
    participants: Iterable[Participant] = (),
) -> bytes:
    """Pack the first message of a connection.

    `estimates` tells of each blendshape and action unit by name; one that it lacks is declared as
    not estimated.
    """
    content = {
        "protocol": tables.PROTOCOL_VERSION,
        "subprotocol": tables.SUBPROTOCOL,
        "server": server,
        "participant": participant,
        "room": room,
        "name": name,
        "role": role,
        "participants": [[other.id, other.name, other.role] for other in participants],
        "server_time_us": server_time_us,
        **_estimate_lists("blendshapes", tables.BLENDSHAPES, estimates),
        **_estimate_lists("action_units", tables.ACTION_UNITS, estimates),
        "stages": tables.STAGES,
        "landmarks": tables.LANDMARK_COUNT,
        "units": tables.UNITS,
        "axes": tables.AXES,
        "limits": limits.as_dict(),
        "formats": list(tables.FORMATS),
        "encodings": list(tables.ENCODINGS),
        "profile": profile,
        "backend": backend,
        "models": dict(models),
    }
    return pack_message(tables.MANIFEST, content)


def _estimate_lists(key: str, names: Sequence[str], estimates: Mapping[str, Estimate]) -> dict[str, Sequence]:
    rows = [estimates.get(name, Estimate(False)) for name in names]
    return {
        key: names,
        f"{key}_estimated": [row.estimated for row in rows],
        f"{key}_quality": [row.quality for row in rows],
    }


def read_manifest(content: dict) -> Manifest:
    blendshapes = _content(content, "blendshapes", tuple)
    action_units = _content(content, "action_units", tuple)
    estimates = _read_estimates(content, "blendshapes") | _read_estimates(content, "action_units")
    return Manifest(
        participant=_content(content, "participant", int),
        room=_content(content, "room", str),
        name=_content(content, "name", str),
        role=_content(content, "role", str),
        server_time_us=_content(content, "server_time_us", int),
        blendshapes=blendshapes,
        action_units=action_units,
        stages=_content(content, "stages", tuple),
        participants=tuple(_read_participant(row) for row in _content(content, "participants", tuple)),
        estimates=estimates,
        limits=_content(content, "limits", dict),
        content=content,
    )


def _content(content: dict, key: str, kind: type) -> object:
    value = content.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise BadMessageError(f"manifest.{key}: expected {kind.__name__}, got {shorten(value)}")
    return value


def _read_estimates(content: dict, key: str) -> dict[str, Estimate]:
    names = _content(content, key, tuple)
    estimated = _content(content, f"{key}_estimated", tuple)
    quality = _content(content, f"{key}_quality", tuple)
    if not len(names) == len(estimated) == len(quality):
        raise BadMessageError(f"manifest.{key}: expected equally long lists of names, estimated and quality")
    if not all(isinstance(name, str) for name in names):
        raise BadMessageError(f"manifest.{key}: expected names")
    return {name: _read_estimate(*row) for name, *row in zip(names, estimated, quality, strict=True)}


def _read_estimate(estimated: object, quality: object) -> Estimate:
    if not isinstance(estimated, bool) or not isinstance(quality, float | int | None):
        raise BadMessageError(
            f"manifest: expected estimated and quality, got {shorten((estimated, quality))}"
        )
    return Estimate(estimated, quality)


def _read_participant(row: object) -> Participant:
    if not isinstance(row, tuple) or len(row) < 3:
        raise BadMessageError(f"manifest.participants: expected [id, name, role], got {shorten(row)}")
    number, name, role = row[:3]
    if type(number) is not int or not isinstance(name, str) or not isinstance(role, str):
        raise BadMessageError(f"manifest.participants: expected a number and two texts, got {shorten(row)}")
    return Participant(number, name, role)
