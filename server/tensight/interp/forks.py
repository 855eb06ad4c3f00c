"""Undecided branches: run an arm, take its changes back, run the next, join. See Journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import TYPE_CHECKING

from .. import limits
from ..values import Reason, Unknown, Value, join
from ..values.join import JoinDim, Ordered, join_dim, join_named
from ..values.unknown import Ordering
from .catching import note
from .changes import Delta
from .errors import PyRaise
from .frame import BREAK, CONTINUE, RETURN, Execute, Frame, Signal
from .watches import Watch

if TYPE_CHECKING:
    from .machine import Interp


class _Arm:
    __slots__ = ("delta", "raised", "signal", "value")

    def __init__(self, delta: Delta, signal: Signal, value: Value, raised: PyRaise | None) -> None:
        self.delta, self.signal, self.value, self.raised = delta, signal, value, raised


def _run(it: Interp, frame: Frame | None, arm: Callable[[], Signal]) -> _Arm:
    """One arm on its own; the state is as before afterwards. OutOfBudget and Cancelled close the level and go on."""
    it.journal.open()
    it.forks += 1
    if it.forks == limits.MAX_FORKS:
        it.deep_since = it.steps
    elif it.forks == 1:
        it.deep_steps = 0
    it.doubt += 1
    it.handlers.append(None)
    raised: PyRaise | None = None
    signal: Signal = None
    try:
        signal = arm()
    except PyRaise as error:
        raised = error
        error.noted = error.noted or note(it, error)
    except BaseException:
        it.journal.undo()
        raise
    finally:
        it.handlers.pop()
        it.doubt -= 1
        if it.forks == limits.MAX_FORKS:
            it.deep_steps += it.steps - it.deep_since
        it.forks -= 1
    return _Arm(it.journal.undo(), signal, frame.return_value if frame is not None else None, raised)


def alone(it: Interp, body: Callable[[], Value]) -> tuple[Value, Delta] | None:
    """What an expression gives that the program evaluates with other values, and what it would change: the state is as
    before afterwards. None where it raises."""
    held: list[Value] = []

    def arm() -> Signal:
        held.append(body())
        return None

    done = _run(it, None, arm)
    return (held[0], done.delta) if done.raised is None else None


def _named(it: Interp, dim: JoinDim) -> JoinDim:
    """In a root that nobody wrote, sizes that depend on what nobody said get names."""
    return join_named if dim is join_dim and it.root is not None and it.root.kind != "script" else dim


def joiner(test: Value) -> JoinDim:
    """How the sizes after both arms of an undecided test are joined."""
    return Ordered(test) if isinstance(test, Ordering) else join_dim


def branch(frame: Frame, arms: Sequence[Callable[[], Signal]], dim: JoinDim = join_dim) -> Signal:
    """Run statement arms of which exactly one is taken, nobody knows which. Returns the signal to go on with.

    An arm that always raises is a guard: it is dropped, and what the others know holds afterwards."""
    it = frame.it
    dim = _named(it, dim)
    if is_too_deep(it):
        return _given_up(frame, arms)
    results = [_run(it, frame, arm) for arm in arms]
    alive = [r for r in results if r.raised is None]
    it.survivor = results.index(alive[0]) if len(alive) == 1 and len(results) > 1 else None
    if not alive:
        error = results[0].raised
        assert error is not None
        error.certain = it.certain
        raise error
    if len(alive) == 1:
        only = alive[0]
        it.journal.apply(only.delta)
        if only.signal == RETURN:
            frame.return_value = only.value
        return only.signal
    normal = [r for r in alive if r.signal is None]
    others = [r for r in alive if r.signal is not None]
    if normal:
        for arm in others:
            _leave(frame, arm)
        it.journal.join([r.delta for r in normal], dim)
        return None
    for wanted in (CONTINUE, BREAK):
        group = [r for r in others if r.signal == wanted]
        if group:
            for arm in others:
                if arm.signal != wanted:
                    _leave(frame, arm)
            it.journal.join([r.delta for r in group])
            return wanted
    it.journal.join([r.delta for r in others])
    value = others[0].value
    for arm in others[1:]:
        value = join(value, arm.value, dim)
    frame.return_value = value
    return RETURN


def is_too_deep(it: Interp) -> bool:
    """Whether undecided branches inside of others have cost so much that no more are followed."""
    if it.forks < limits.MAX_FORKS:
        return False
    return it.deep_steps + it.steps - it.deep_since > limits.MAX_DEEP_STEPS


def _given_up(frame: Frame, arms: Sequence[Callable[[], Signal]]) -> Signal:
    """Too deep to follow every arm: the first says what the branch may write, and nothing is known of it afterwards. A
    function or a loop that it leaves is gone on with as well."""
    arm = _run(frame.it, frame, arms[0])
    if arm.raised is None:
        unknown = frame.it.unknown(Reason.LIMIT, "too many nested undecided branches")
        frame.it.journal.blur(arm.delta, unknown)
        if arm.signal is not None:
            arm.value, arm.delta = unknown, {}
            _leave(frame, arm)
    return None


def _leave(frame: Frame, arm: _Arm) -> None:
    """An arm left (return, break, continue) while another goes on: it waits, and what follows is in doubt."""
    watch = frame.it.journal.watch()
    if arm.signal == RETURN:
        frame.pending.append((arm.value, arm.delta, watch))
    else:
        frame.loop_pending[-1].append((arm.signal or 0, arm.delta, watch))
    doubt(frame)


def doubt(frame: Frame) -> None:
    """What follows in the frame may not be reached."""
    frame.it.doubt += 1
    frame.loose += 1


def rejoin(frame: Frame, delta: Delta, watch: Watch) -> None:
    """An arm that left and waited meets the present state."""
    frame.it.journal.meet(watch, delta)
    frame.it.doubt -= 1
    frame.loose -= 1


def aside(frame: Frame, rest: Execute) -> None:
    """Run what one path of several does while others wait that skip it: if it leaves, it waits as well; if it raises,
    the others are what is left."""
    arm = _run(frame.it, frame, lambda: rest(frame))
    if arm.raised is not None:
        return
    if arm.signal is None:
        frame.it.journal.apply(arm.delta)
    else:
        _leave(frame, arm)


def last_to_leave(frame: Frame) -> Signal:
    """The path that is run has no end: the arm that left the function last goes on. None if there is none."""
    if not frame.pending:
        return None
    frame.return_value, delta, watch = frame.pending.pop()
    _resume(frame, delta, watch)
    return RETURN


def _resume(frame: Frame, delta: Delta, watch: Watch) -> None:
    """An arm that left and waited is what the program goes on with."""
    frame.it.journal.resume(watch, delta)
    frame.it.doubt -= 1
    frame.loose -= 1


def left_by(frame: Frame, error: PyRaise) -> Signal:
    """An exception leaves the function, which arms before have left by `return`: one of them goes on. It is raised
    where there is none."""
    if not frame.pending:
        raise error
    error.noted = error.noted or note(frame.it, error)
    return last_to_leave(frame)


def pass_ended_by(frame: Frame, error: PyRaise) -> Signal:
    """An exception ends a pass of a loop, which arms before have left: one of them goes on."""
    waiting = frame.loop_pending[-1]
    if not waiting:
        raise error
    error.noted = error.noted or note(frame.it, error)
    arm = next((arm for arm in waiting if arm[0] == CONTINUE), waiting[0])
    waiting.remove(arm)
    _resume(frame, arm[1], arm[2])
    return arm[0]


def finish(frame: Frame) -> Value:
    """The value of a call at its end: what was returned last joins what earlier arms returned."""
    it = frame.it
    value = frame.return_value
    while frame.pending:
        early, delta, watch = frame.pending.pop()
        value = join(value, early)
        it.journal.meet(watch, delta)
    it.doubt -= frame.loose
    frame.loose = 0
    return value


def either(
    it: Interp, arms: Sequence[Callable[[], Value]], *, accepted: bool = False, dim: JoinDim = join_dim
) -> Value:
    """The join of expressions of which one is evaluated; arms that raise are dropped. `accepted`: so are those that
    PyTorch refuses."""
    dim = _named(it, dim)
    if is_too_deep(it):
        return it.unknown(Reason.LIMIT, "too many nested undecided branches")
    values: list[Value] = []

    def keep(arm: Callable[[], Value]) -> Callable[[], Signal]:
        def run() -> Signal:
            values.append(arm())
            return None

        return run

    results = [_run(it, None, keep(arm)) for arm in arms]
    alive = [r for r in results if r.raised is None]
    if not alive:
        error = results[0].raised
        assert error is not None
        raise error
    refused = [accepted and _is_refused(value) for value in values]
    likely = [i for i in range(len(values)) if not refused[i] or all(refused)]
    it.journal.join([alive[i].delta for i in likely], dim)
    return reduce(lambda a, b: join(a, b, dim), [values[i] for i in likely])


def _is_refused(value: Value) -> bool:
    return isinstance(value, Unknown) and value.reason is Reason.AFTER_ERROR


def each(it: Interp, options: Sequence[Value], function: Callable[[Value], Value]) -> Value:
    """The join of `function` over values of which one is there."""
    if len(options) == 1:
        return function(options[0])
    return either(it, [partial(function, option) for option in options])


def each_tensor(it: Interp, options: Sequence[Value], function: Callable[[Value], Value]) -> Value:
    """As `each`, for one operation: an option that PyTorch refuses is not the one that the program goes on with. Where
    it refuses each of them, it does so whichever is there."""
    values: list[Value] = []

    def kept(option: Value) -> Value:
        values.append(function(option))
        return values[-1]

    joined = either(it, [partial(kept, option) for option in options], accepted=True)
    if it.certain and len(values) == len(options) and all(map(_is_refused, values)):
        return function(next((option for option in options if option is not None), None))
    return joined


def maybe(frame: Frame, body: Execute) -> Signal:
    """Run a body that may not run at all (a loop over something unknown)."""
    return branch(frame, [lambda: body(frame), lambda: None])
