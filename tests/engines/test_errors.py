"""The error tree: one base, and every code is one that the wire knows."""

from engines import errors
from engines.stages.calibrate import CalibrationError
from proto import tables


def test_one_base_and_only_codes_of_the_wire():
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert len(classes) > 5 and CalibrationError not in classes
    for error in [*classes, CalibrationError]:
        assert issubclass(error, errors.FacecastError)
        assert error.code in tables.ERRORS, error


def test_faults_of_the_input_are_not_internal():
    for error in (errors.ImageError, errors.FormatError, errors.TooManyPixelsError):
        assert error.code != errors.FacecastError.code == "internal"
