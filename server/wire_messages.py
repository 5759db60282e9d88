"""The messages of the wire as plain values; server/wire.py turns them into bytes and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from proto import tables


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server takes; the manifest tells it to every client."""

    message_bytes: int = tables.LIMITS["message_bytes"]
    pixels: int = tables.LIMITS["pixels"]
    frames_per_second: float = tables.LIMITS["frames_per_second"]
    faces: int = tables.LIMITS["faces"]
    neutral_bytes: int = tables.LIMITS["neutral_bytes"]
    name_characters: int = tables.LIMITS["name_characters"]
    room_characters: int = tables.LIMITS["room_characters"]
    room_participants: int = tables.LIMITS["room_participants"]

    def as_dict(self) -> dict[str, float]:
        """Give the limits by name, as the manifest carries them."""
        return asdict(self)


# From clients ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Options:
    """What a connection wants to receive; None leaves a choice as it is."""

    encoding: str | None = None
    landmarks: bool | None = None


@dataclass(frozen=True, slots=True)
class Hello:
    """Who a client is and what it wants; the message is optional."""

    version: int = tables.PROTOCOL_VERSION
    client: str | None = None
    options: Options = Options()
    neutral: bytes | None = None


@dataclass(frozen=True, slots=True)
class FrameMessage:
    """One camera picture of a publisher; `size_hw` is set for raw formats."""

    sequence: int
    capture_time_us: int
    format: str
    payload: bytes
    size_hw: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Calibrate:
    """Capture the face at rest during the next half second."""


@dataclass(frozen=True, slots=True)
class SetNeutral:
    """Use a stored neutral calibration."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """Ask for the server's clock; `clock_offset_us` estimates server clock minus the client's."""

    id: int
    client_time_us: int
    clock_offset_us: int | None = None
    round_trip_us: int | None = None


ClientMessage = Hello | FrameMessage | Calibrate | SetNeutral | Ping | Options


# From the server ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in the room."""

    id: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """Whether a coefficient is really estimated, and its measured correlation with the reference."""

    estimated: bool = True
    quality: float | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The first message of a server. `content` holds every key, also unknown ones."""

    participant: int
    room: str
    name: str
    role: str
    server_time_us: int
    blendshapes: tuple[str, ...]
    action_units: tuple[str, ...]
    stages: tuple[str, ...]
    participants: tuple[Participant, ...]
    estimates: Mapping[str, Estimate]
    limits: Mapping[str, float]
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class PacketFace:
    """One face of a packet. Boxes and points are fractions of the image; times its size they are pixels.

    Axes as in engines.face.Face.
    """

    track: int
    score: float
    box_xyxy_01: np.ndarray  # (4,)
    rotation_xyzw: np.ndarray  # (4,) unit quaternion
    translation_m: np.ndarray  # (3,)
    gaze_rad: np.ndarray  # (2, 2) [left eye, right eye] x [yaw, pitch]
    blendshapes_01: np.ndarray  # (52,)
    action_units_05: np.ndarray  # (18,)
    landmarks_01: np.ndarray | None = None  # (98, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Packet:
    """The faces of one frame of one publisher."""

    participant: int
    sequence: int
    capture_time_us: int
    size_hw: tuple[int, int]
    timings_ms: Mapping[str, float]
    encoding: str
    faces: Sequence[PacketFace]


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened in the room; `kind` is a name of tables.EVENTS or "unknown"."""

    kind: str
    participant: int
    name: str | None = None
    track: int | None = None
    role: str | None = None
    clock_offset_us: int | None = None


@dataclass(frozen=True, slots=True)
class Neutral:
    """The neutral calibration just captured, for the client to keep."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Pong:
    """The answer to a ping, with the server's clock at its arrival and at the answer's departure."""

    id: int
    client_time_us: int
    receive_time_us: int
    send_time_us: int

    def clock_offset_us(self, arrival_time_us: int) -> int:
        """Estimate server clock minus client clock from the client time at which the pong came."""
        return (self.receive_time_us - self.client_time_us + self.send_time_us - arrival_time_us) // 2

    def round_trip_us(self, arrival_time_us: int) -> int:
        """Time on the way, there and back, without the server's own."""
        return (arrival_time_us - self.client_time_us) - (self.send_time_us - self.receive_time_us)


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """A fault that the server reports."""

    code: str
    text: str
    fatal: bool
    sequence: int | None = None


ServerMessage = Manifest | Packet | Event | Neutral | Pong | ErrorMessage
