"""One thread, latest wins, cancellation by token."""

import threading
from concurrent.futures import CancelledError

import pytest

from tensight.interp.ports import Cancelled
from tensight.lsp.scheduler import Scheduler


class Work:
    """Analyses that wait until the test lets them go."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.done: list[str] = []
        self.cancelled: list[str] = []
        self.gate = threading.Event()
        self.moved = threading.Condition()

    def __call__(self, key, poll) -> None:
        self._note(self.started, key)
        try:
            while not self.gate.wait(0.001):
                poll()
            poll()
        except Cancelled:
            self._note(self.cancelled, key)
            raise
        self._note(self.done, key)

    def _note(self, where: list[str], key: str) -> None:
        with self.moved:
            where.append(key)
            self.moved.notify_all()

    def until(self, holds) -> None:
        with self.moved:
            assert self.moved.wait_for(holds, 5)


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def scheduler(work):
    scheduler = Scheduler(work)
    scheduler.start()
    yield scheduler
    work.gate.set()
    scheduler.stop()


def test_a_change_stops_what_runs_and_it_is_done_again(scheduler, work):
    scheduler.analyse("a")
    work.until(lambda: work.started == ["a"])
    scheduler.post(lambda: None)
    work.until(lambda: work.cancelled == ["a"] and work.started == ["a", "a"])
    work.gate.set()
    work.until(lambda: work.done == ["a"])


def test_changes_run_before_analyses_and_in_order(scheduler, work):
    order: list[int] = []
    work.gate.set()
    for number in range(20):
        scheduler.post(lambda number=number: order.append(number))
        scheduler.analyse("a")
    work.until(lambda: work.done)
    assert order == list(range(20)) or not order  # the thread may still be at the changes
    scheduler.submit(lambda poll: None).result(5)
    assert order == list(range(20))


def test_the_last_asked_comes_first_and_each_key_once(scheduler, work):
    scheduler.analyse("a")
    work.until(lambda: work.started == ["a"])
    for key in ("b", "c", "b"):
        scheduler.analyse(key)
    scheduler.analyse("d", urgent=False)
    work.gate.set()
    work.until(lambda: len(work.done) == 4)
    assert work.done == ["a", "b", "c", "d"]


def test_tasks_wait_for_analyses_and_fall_with_changes(scheduler, work):
    scheduler.analyse("a")
    work.until(lambda: work.started == ["a"])
    dropped = scheduler.submit(lambda poll: 1)
    scheduler.post(lambda: None)
    with pytest.raises(CancelledError):
        dropped.result(5)
    kept = scheduler.submit(lambda poll: 2)
    work.gate.set()
    assert kept.result(5) == 2
    assert work.done == ["a"]


def test_a_running_task_is_stopped_by_a_change(scheduler):
    running = threading.Event()

    def endless(poll):
        running.set()
        while True:
            poll()

    future = scheduler.submit(endless)
    assert running.wait(5)
    scheduler.post(lambda: None)
    with pytest.raises(Cancelled):
        future.result(5)


def test_a_failure_does_not_end_the_thread(scheduler, caplog):
    scheduler.post(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        scheduler.submit(lambda poll: 1 / 0).result(5)
    assert scheduler.submit(lambda poll: 3).result(5) == 3
    assert "ZeroDivisionError" in caplog.text


def test_pending_and_forgotten(scheduler, work):
    scheduler.analyse("a")
    work.until(lambda: work.started == ["a"])
    scheduler.analyse("b")
    assert scheduler.pending("a")
    assert scheduler.pending("b")
    scheduler.forget("b")
    assert not scheduler.pending("b")
    work.gate.set()
    scheduler.submit(lambda poll: None).result(5)
    assert work.done == ["a"]
