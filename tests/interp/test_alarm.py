"""The clock that interrupts work which looks at none."""

from __future__ import annotations

import sys
import threading
import time
import weakref

import pytest

from tensight.interp.alarm import Alarm
from tensight.interp.errors import OutOfBudget


class Node:
    pass


def _work(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(50))


def test_work_is_interrupted() -> None:
    alarm, hook = Alarm(0.0), sys.unraisablehook
    try:
        with pytest.raises(OutOfBudget), alarm:
            _work(20)
        with pytest.raises(OutOfBudget), alarm:
            pytest.fail("nothing more may begin")
    finally:
        alarm.stop()
    assert sys.unraisablehook == hook


def test_an_interruption_that_a_callback_swallows_comes_again() -> None:
    """What is raised in the callback of a weak reference is dropped by Python."""
    alarm = Alarm(0.0)
    swallowed = []

    def gone(_: object) -> None:
        try:
            _work(20)
        except OutOfBudget:
            swallowed.append(True)
            raise

    try:
        with pytest.raises(OutOfBudget), alarm:
            node = Node()
            watched = weakref.ref(node, gone)
            del node
            assert swallowed and watched() is None
            _work(20)
    finally:
        alarm.stop()
    assert len(swallowed) == 1


def test_nobody_keeps_watch_over_what_has_ended() -> None:
    """Also where `stop` is forgotten."""
    before = threading.active_count()
    alarms = [Alarm(0.0) for _ in range(20)]
    for alarm in alarms[:10]:
        with pytest.raises(OutOfBudget), alarm:
            _work(20)
    end = time.monotonic() + 20
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.05)
    assert threading.active_count() <= before and alarms
