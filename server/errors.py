"""Errors of the wire and of the server: the protocol's branch of the error tree.

Each code is one of proto/schema.toml, which also says whether it is fatal and which close code follows.
"""

from __future__ import annotations

from engines.errors import FacecastError, FormatError, ImageError, TooManyPixelsError
from proto import tables


class ProtocolError(FacecastError):
    """Base of what a peer did wrong on the wire; `sequence` is the frame concerned, where one is known."""

    code = "bad_message"

    def __init__(self, message: str, sequence: int | None = None) -> None:
        super().__init__(message)
        self.sequence = sequence


class BadMessageError(ProtocolError):
    """A message is not what the specification says."""


class UnknownMessageError(BadMessageError):
    """A message's id is not known: a client ignores it, for it may be of a later version."""


class TooLargeError(ProtocolError):
    """A message has more bytes than allowed."""

    code = "too_large"


class FrameFormatError(ProtocolError, FormatError):
    """A frame declares a format that does not exist."""

    code = "unsupported_format"


class FramePixelsError(ProtocolError, TooManyPixelsError):
    """A raw frame declares more pixels than allowed."""

    code = "too_many_pixels"


class FrameImageError(ProtocolError, ImageError):
    """A raw frame's payload has another length than its declared size needs."""

    code = "bad_image"


class RateError(ProtocolError):
    """Frames come faster than allowed."""

    code = "rate"


class OverloadedError(ProtocolError):
    """A frame waited too long for its turn."""

    code = "overloaded"


class FloodingError(ProtocolError):
    """Far too many messages, or too many bad ones."""

    code = "flooding"


class WrongRoleError(ProtocolError):
    """A participant's role does not allow this message."""

    code = "wrong_role"


class NoFaceError(ProtocolError):
    """A neutral capture saw too few frames with a face."""

    code = "no_face"


class BadRequestError(ProtocolError):
    """The address of the stream lacks something or asks for something that does not exist."""

    code = "bad_request"


class SubprotocolError(ProtocolError):
    """The WebSocket subprotocol is missing or not supported."""

    code = "subprotocol"


class VersionError(ProtocolError):
    """The client speaks another protocol version."""

    code = "version"


class RoomFullError(ProtocolError):
    """The room has its highest number of participants."""

    code = "room_full"


class ServerFullError(ProtocolError):
    """The server has its highest number of participants."""

    code = "server_full"


class ShuttingDownError(ProtocolError):
    """The server is stopping."""

    code = "shutting_down"


class EncodeError(FacecastError):
    """What should be sent cannot be: a value is not finite or out of its field's range. A fault of ours."""


def error_spec(error: FacecastError) -> tables.ErrorSpec:
    """Tell whether an error is fatal and which close code follows; an unlisted code counts as internal."""
    return tables.ERRORS.get(error.code, tables.ERRORS["internal"])
