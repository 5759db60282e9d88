"""The tree of data errors: one base to catch, a code of its own for each kind."""

import pytest

from engines.errors import BackendError
from training.errors import DamagedDataError, DataError, MissingDataError, told_plainly


@pytest.mark.parametrize("kind", [MissingDataError, DamagedDataError])
def test_each_kind_is_a_data_error_with_its_own_code(kind):
    with pytest.raises(DataError) as caught:
        raise kind("what was expected, and what came")
    assert caught.value.code == kind.code != DataError.code
    assert str(caught.value) == "what was expected, and what came"


def test_codes_differ():
    assert len({DataError.code, MissingDataError.code, DamagedDataError.code}) == 3


@pytest.mark.parametrize("kind", [MissingDataError, BackendError])
def test_a_command_ends_with_one_coded_line(kind):
    with pytest.raises(SystemExit, match=f"^{kind.code}: a file$"), told_plainly():
        raise kind("a file")


def test_other_faults_keep_their_traceback():
    with pytest.raises(ZeroDivisionError), told_plainly():
        _ = 1 / 0
