"""The manifest of one connection: who it is, what the numbers mean, what runs and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from server.clock import server_time_us
from server.rooms import Participant
from server.settings import Settings
from server.wire import Estimate, Limits, encode_manifest


def product_version() -> str:
    """The installed version, or a word for a checkout that is not installed."""
    try:
        return version("facecast")
    except PackageNotFoundError:
        return "0+checkout"


def limits_in_force(settings: Settings) -> Limits:
    """The wire's limits as these settings set them."""
    return Limits(
        message_bytes=settings.max_message_bytes,
        pixels=settings.max_pixels,
        frames_per_second=settings.max_fps,
        faces=settings.max_faces,
        room_participants=settings.max_participants,
    )


def read_estimates(coefficients: dict[str, dict]) -> dict[str, Estimate]:
    """Take from `Pipeline.describe()` which coefficients are estimated, and how well."""
    return {
        name: Estimate(bool(entry["estimated"]), entry.get("quality")) for name, entry in coefficients.items()
    }


def build_manifest(
    participant: Participant, present: Iterable[Participant], description: dict, limits: Limits
) -> bytes:
    """Pack the first message for a participant; `description` is what `Pipeline.describe()` gave."""
    return encode_manifest(
        participant=participant.id,
        room=participant.room,
        name=participant.name,
        role=participant.role,
        server_time_us=server_time_us(),
        server=f"facecast {product_version()}",
        profile=description["profile"],
        backend=description["backend"],
        models=description["models"],
        estimates=read_estimates(description["coefficients"]),
        limits=limits,
        participants=present,
    )
