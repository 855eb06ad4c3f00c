"""For the whole suite: the same commit gives the same outcome, on a slow machine as on a fast one.

`pytest --hypothesis-profile explore` draws other examples each time, and more of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tensight import limits

settings.register_profile(
    "checks", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "explore", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("checks")


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """A machine that stands still for a while cuts no analysis short: its work is bounded, not its waiting."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "MAX_WAITING", 100.0)
        yield
