"""What several backends' tests share."""

import pytest

from tests.engines.backends.fake_device import FakeDevice


@pytest.fixture
def device() -> FakeDevice:
    """A device that queues and computes on the CPU."""
    return FakeDevice()
