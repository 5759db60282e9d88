"""Skip what needs a GPU, with the reason in the report."""

from __future__ import annotations

import pytest

from engines.backends.device import ADAPTERS, Device, open_device, why_no_device


def open_or_skip(adapter: str) -> Device:
    """Open a GPU through an adapter; skip the test where there is none."""
    reason = why_no_device(adapter)
    if reason:
        pytest.skip(f"needs a GPU through {adapter}: {reason}")
    return open_device(adapter)


on_each_adapter = pytest.mark.parametrize("adapter", list(ADAPTERS))
