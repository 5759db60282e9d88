"""Every error that Facecast raises on purpose, one small tree.

`code` is the name that travels on the wire (proto/schema.toml lists them all); the message says
what was expected and what came.
"""

from __future__ import annotations


class FacecastError(Exception):
    """Base of all; `code` names the kind of fault to a client."""

    code = "internal"


class ImageError(FacecastError):
    """A picture could not be decoded: damaged, empty, or of the wrong length for its size."""

    code = "bad_image"


class FormatError(FacecastError):
    """A picture's format is not one that is supported, or is not the one declared."""

    code = "unsupported_format"


class TooManyPixelsError(FacecastError):
    """A picture has more pixels than allowed; found before decoding it."""

    code = "too_many_pixels"


class ShapeError(FacecastError):
    """An array has another shape or type than a stage expects: a fault of the caller."""


class WeightsError(FacecastError):
    """A weight file is missing, damaged, or not the one that the manifest describes."""


class BackendError(FacecastError):
    """An inference backend is unknown, not installed, or cannot run a model."""


class SourceError(FacecastError):
    """A file, folder, video or camera cannot be read."""
