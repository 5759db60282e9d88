"""The character, built once for all of its tests."""

import pytest

from character.head import make_head
from character.part import Part
from character.skin import Skin, make_skin


@pytest.fixture(scope="session")
def head() -> list[Part]:
    return make_head()


@pytest.fixture(scope="session")
def skin() -> Skin:
    return make_skin()
