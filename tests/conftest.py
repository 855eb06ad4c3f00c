"""Hypothesis for the whole suite: the same commit gives the same outcome, on a slow machine as on a fast one.

`pytest --hypothesis-profile explore` draws other examples each time, and more of them.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "checks", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "explore", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("checks")
