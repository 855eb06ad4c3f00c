"""A few random programs whose control flow nobody can foresee: no size that a run contradicts, no false alarm.

`python -m fuzz.flow` runs as many as there is time for."""

from __future__ import annotations

from fuzz.flow import drawn, wrong

PROGRAMS, STATEMENTS = 24, 6
#: What may be said of a program: that it takes too long to follow, or that a line is not reached which no run decided.
ALLOWED = ("LIMIT", "DARK")


def test_random_control_flow() -> None:
    found = []
    for seed in range(PROGRAMS):
        code = drawn(seed, STATEMENTS)
        found += [f"seed {seed}: {kind} {detail}" for kind, _, detail in wrong(code, seed) if kind not in ALLOWED]
    assert not found, "\n".join(found)
