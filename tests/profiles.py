"""The two ways to draw examples, and which of them this run was asked for.

PyTorch's test utilities load a profile of their own when they are imported; `restore` undoes that."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "checks",
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "explore", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
_chosen = ["checks"]


def choose(name: str) -> None:
    _chosen[0] = name
    restore()


def restore() -> None:
    settings.load_profile(_chosen[0])
