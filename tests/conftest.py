"""For the whole suite: the same commit gives the same outcome, on a slow machine as on a fast one.

`pytest --hypothesis-profile explore` draws other examples each time, and more of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

import profiles
from tensight import limits

profiles.choose("checks")


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """After Hypothesis has looked at `--hypothesis-profile`."""
    profiles.choose(settings.get_current_profile_name())


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """A machine that stands still for a while cuts no analysis short: its work is bounded, not its waiting."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "MAX_WAITING", 100.0)
        yield
