"""The error tree against the schema's codes."""

from __future__ import annotations

import inspect

import pytest

from engines import errors as engine_errors
from engines.errors import FacecastError, WeightsError
from proto import tables
from server import errors
from server.errors import BadMessageError, FloodingError, FrameFormatError, UnknownMessageError, error_spec


def error_classes(module: object) -> list[type[FacecastError]]:
    """Every error class that a module defines."""
    classes = [member for _, member in inspect.getmembers(module, inspect.isclass)]
    return [c for c in classes if issubclass(c, FacecastError) and c.__module__ == module.__name__]


@pytest.mark.parametrize(
    "kind", error_classes(errors) + error_classes(engine_errors), ids=lambda c: c.__name__
)
def test_every_error_has_a_code_of_the_schema(kind):
    assert kind.code in tables.ERRORS


def test_every_code_of_the_schema_has_an_error():
    from engines.stages import calibrate

    raised = {kind.code for module in (errors, engine_errors, calibrate) for kind in error_classes(module)}
    assert raised | {"no_face"} == set(tables.ERRORS)


def test_fatal_errors_have_a_close_code():
    assert error_spec(FloodingError("much")).close == 4429
    assert error_spec(FloodingError("much")).fatal
    assert error_spec(BadMessageError("odd")) == tables.ERRORS["bad_message"]
    assert not error_spec(BadMessageError("odd")).fatal


def test_an_unlisted_code_counts_as_internal():
    class OddError(FacecastError):
        code = "odd"

    assert error_spec(OddError("x")) == error_spec(WeightsError("x")) == tables.ERRORS["internal"]


def test_frame_errors_are_of_both_trees_and_name_the_frame():
    error = FrameFormatError("expected jpeg", 7)
    assert isinstance(error, engine_errors.FormatError) and isinstance(error, errors.ProtocolError)
    assert error.sequence == 7 and str(error) == "expected jpeg"
    assert BadMessageError("x").sequence is None


def test_an_unknown_message_is_a_bad_message():
    assert issubclass(UnknownMessageError, BadMessageError) and UnknownMessageError.code == "bad_message"
