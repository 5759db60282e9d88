"""The tree of data errors: one base to catch, a code of its own for each kind."""

import pytest

from training.errors import DamagedDataError, DataError, MissingDataError


@pytest.mark.parametrize("kind", [MissingDataError, DamagedDataError])
def test_each_kind_is_a_data_error_with_its_own_code(kind):
    with pytest.raises(DataError) as caught:
        raise kind("what was expected, and what came")
    assert caught.value.code == kind.code != DataError.code
    assert str(caught.value) == "what was expected, and what came"


def test_codes_differ():
    assert len({DataError.code, MissingDataError.code, DamagedDataError.code}) == 3
