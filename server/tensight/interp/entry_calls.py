"""One root that nobody calls: a function, or a class and its `forward`, run in rounds until nothing new is demanded."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import limits
from ..diagnostics import Diagnostic, Severity
from ..ops.defaults import DEFAULTS
from ..ops.errors import NOTES
from ..syntax.span import Span
from ..values import BoundMethod, ClassV, FunctionV, Instance, IteratorV, Reason, Tensor, Unknown, Value
from . import generators, ranks
from .annotated import Annotations, Compose
from .binding import Star
from .docstrings import ranks_said
from .errors import OutOfBudget, PyRaise, Settled
from .facts import EntryInput
from .frame import Code, Parameter
from .inputs import example, stated
from .invent import Arguments, is_size_name, stands_alone
from .parts import parts_composed, parts_of
from .ports import Cancelled
from .record import Recorder
from .roots import Entry, Root, rounds
from .says import may_be_tensor, says_other, says_size, says_tensor
from .tiers import Tier

if TYPE_CHECKING:
    from .analyse import _Run
    from .machine import Interp


def spent(it: Interp) -> bool:
    """Whether a limit of the whole analysis was reached: no further root is begun."""
    return any(word in ("time limit", "step limit") for word in it.limits)


def guarded(it: Interp, body: Callable[[], Any]) -> PyRaise | None:
    """Run a root's body, whatever ends it early; the exception that the program certainly raises."""
    try:
        with it.alarm:
            body()
    except Settled:
        pass
    except OutOfBudget as error:
        it.limits.append(error.what)
        DEFAULTS.followed = False  # it may have been inside of `with torch.device(…)`
    except PyRaise as error:
        if error.certain and it.root is not None:
            it.root.refused += 1
        return error if error.certain else None
    except RecursionError:
        it.limits.append("expressions or calls nest too deep")
    except Cancelled:
        raise
    except Exception as error:  # reported as an internal error, fatal to the tests
        it.internal_error(error)
    finally:
        NOTES.clear()  # what a rule noted before an early end belongs to no later root
    return None


class _Called:
    """What function and class roots share: the entries of the function that is called, and one round."""

    def __init__(self, it: Interp, run: _Run, root: Root) -> None:
        self.it, self.run, self.root = it, run, root
        root.where = it.here
        #: how to make the inputs that hold tensors, or none
        self.composed: dict[str, Compose] = {}
        #: the inputs that are one tensor, or unknown
        self.direct: set[str] = set()
        self.recorder = Recorder()
        #: sizes that nobody gave
        self.sizes: dict[str, Value] = {}
        #: inputs with a default that may be tensors, in order
        self.optional: list[Parameter] = []
        #: where the last round came to a certain end that is none: an exception, or None where a value is needed
        self.stuck: Span | None = None
        #: whether the module is called in evaluation mode
        self.evaluated = False

    def enter(self, function: FunctionV, *, method: bool) -> None:
        """The parameters without a default become entries, unless something says what they are."""
        it, root, code = self.it, self.root, function.code
        parameters = [p for p in code.parameters if p.kind in ("positional", "keyword")]
        required = code.n_positional - len(function.defaults)
        optional = {p.name for p in code.parameters[required : code.n_positional]} | set(function.kw_defaults)
        annotations = Annotations(it, root, function.module)
        for parameter in parameters[1:] if method else parameters:
            if stated(it, code, parameter, root, root.owner) is not None:
                self.direct.add(parameter.name)
                continue
            if parameter.name in optional:
                if may_be_tensor(parameter, function):
                    self.optional.append(parameter)
                continue
            self._add(parameter, annotations, code)

    def _add(self, parameter: Parameter, annotations: Annotations, code: Code) -> None:
        """Make an input of a parameter."""
        root = self.root
        composed = annotations.compose(parameter.annotation, parameter.name)
        keys = parts_of(code.node, parameter) if composed is None else None
        if composed is not None:
            self.composed[parameter.name] = composed
        elif keys is not None:
            self.composed[parameter.name] = parts_composed(root, parameter.name, keys)
        elif says_other(parameter):
            self.composed[parameter.name] = partial(Unknown, Reason.PARAMETER, parameter.name)
        else:
            self.direct.add(parameter.name)
            span = parameter.slot.span if parameter.slot is not None else None
            entry = Entry(parameter.name, parameter.name, root.owner, span, is_tensor=says_tensor(parameter))
            entry.said = ranks_said(code.node).get(parameter.name)
            root.entries[parameter.name] = entry

    def prepared(self, function: FunctionV, obj: Instance | None, *, method: bool) -> bool:
        """Find the inputs; False if that was ended early: without all of them the call would be another one.

        Annotations are looked up, and their classes may be in modules that nothing has imported yet."""
        done = False

        def prepare() -> None:
            nonlocal done
            self.enter(function, method=method)
            self.take_example(function, obj)
            done = True

        guarded(self.it, prepare)
        if not done:
            self.run.reset()
        return done

    def take_example(self, function: FunctionV, obj: Instance | None) -> None:
        """The inputs that a Lightning module names for its own `forward`, unless they are stated."""
        for name, value in example(function, obj).items():
            entry = self.root.entries.get(name)
            if entry is None or entry.source == "demand":
                self.root.entries.pop(name, None)
                self.direct.discard(name)
                self.composed[name] = lambda value=value: value  # type: ignore[misc]

    def arguments(self) -> dict[str, Value]:
        """What the entries are in this round."""
        out = {name: compose() for name, compose in self.composed.items()}
        for name in self.direct:
            entry = self.root.entries[name]
            known = self.root.value(entry)
            unknown = Unknown(Reason.PARAMETER, entry.name, entry.span, entry.key)
            out[entry.name] = unknown if known is None else known
        return out

    def call(self, function: FunctionV, callee: Value) -> Value:
        """One call with the entries. What `*args` holds nobody says, unless the function needs nothing at all."""
        arguments, vararg = self.arguments() | self.sizes, function.code.vararg
        further: list[Value] = []
        if vararg is not None and (arguments or isinstance(callee, BoundMethod)):
            further = [Star(Unknown(Reason.PARAMETER, vararg))]
            optional = function.code.positional[len(function.code.positional) - len(function.defaults) :]
            arguments = {**dict(zip(optional, function.defaults)), **arguments}
        result = self.it.call(callee, further, arguments)
        if isinstance(result, IteratorV):
            generators.wake(self.it, result, whole=True)
        generators.wake_all(self.it)
        return result

    def undone(self, body: Callable[[], Any], obj: Instance | None) -> None:
        """Run a body and take back what it changed: the next round begins as this one did."""
        it = self.it

        def moded() -> None:
            if self.evaluated and obj is not None:
                it.method(obj, "eval")
            body()

        it.journal.open()
        written = len(it.written_over)
        self.root.lacking = None
        try:
            error = guarded(it, moded)
            self.stuck = error.span or self.root.where() if error is not None else self.root.lacking
        finally:
            while it.journal.levels:
                it.journal.undo()
            it.take_back(written)
            self.run.reset()

    def settle(self, once: Callable[[], None], function: FunctionV, is_module: bool) -> None:
        """Rounds until nothing new is demanded. A call that certainly raises is made in another way: in evaluation
        mode, or with one of the inputs that it can do without."""
        if self._settled(once) or spent(self.it):
            return
        saved = self._saved()
        self.root.trying = True
        try:
            done = self._settled_otherwise(once, function, is_module)
        finally:
            self.root.trying = False
        if not done:
            self._restore(saved)
            ranks.settle(self.it, self.root, once)

    def _settled(self, once: Callable[[], None]) -> bool:
        rounds(self.root, once)
        if self.stuck is None:
            ranks.settle(self.it, self.root, once)
        return self.stuck is None

    def _settled_otherwise(self, once: Callable[[], None], function: FunctionV, is_module: bool) -> bool:
        it = self.it
        if is_module:
            saved = self._saved()
            self.evaluated = True
            if self._settled(once):
                return True
            self._restore(saved)
        annotations = Annotations(it, self.root, function.module)
        places, tries = {self.stuck}, 0
        left = list(self.optional)
        while left and tries < limits.MAX_OPTIONAL_INPUTS and not spent(it):
            tries += 1
            parameter = left.pop(0)
            kept = self._saved()
            guarded(it, lambda parameter=parameter: self._add(parameter, annotations, function.code))  # type: ignore[misc]
            if self._settled(once):
                return True
            if self.stuck in places:
                self._restore(kept)
            else:  # it gets further with this one: the others are tried beside it
                places.add(self.stuck)
                left = [p for p in self.optional if p.name not in self.direct and p.name not in self.composed]
        return False

    def _saved(self) -> tuple[Any, ...]:
        it = self.it
        state = self.root.snapshot(), set(self.direct), dict(self.composed), self.evaluated, self.stuck
        return (*state, it.recorder, it.diagnostics.found)

    def _restore(self, saved: tuple[Any, ...]) -> None:
        snapshot, direct, composed, self.evaluated, self.stuck, self.it.recorder, self.it.diagnostics.found = saved
        self.root.restore(snapshot)
        self.direct, self.composed = set(direct), dict(composed)

    def note_inputs(self) -> None:
        """What was worked out for the inputs, the sizes that fit, and whether none does."""
        root, run = self.root, self.run
        found, impossible, where = root.fits()
        for entry in root.entries.values():
            value = root.value(entry)
            if entry.span is None or value is None or not isinstance(value, Tensor):
                continue
            names = {s.name for d in value.dims or () if d is not ... and not isinstance(d, int) for s in d.symbols}
            fits = tuple({k: v for k, v in f.items() if k in names} for f in found)
            fits = tuple(f for i, f in enumerate(fits) if f and f not in fits[:i])
            run.inputs.append(
                EntryInput(root.owner, entry.name, entry.span, value, entry.source, fits, root.assumptions())
            )
        if impossible and root.severity is not Severity.OFF:
            span: Span | None = where or next((e.span for e in root.entries.values() if e.span is not None), None)
            if span is not None:
                text = "; ".join(root.assumptions()[:3])
                message = f"no input size fits every layer: {text}"
                run.report_no_size(root, Diagnostic("no-size-fits", span, message, Severity.ERROR))


class FunctionRoot(_Called):
    """A function or method, called with what its parameters say and what demand finds out."""

    def __init__(
        self,
        it: Interp,
        run: _Run,
        function: FunctionV,
        obj: Instance | None,
        owner: str,
        severity: Severity,
        tier: Tier = Tier.BUILT,
        *,
        invented: bool | None = None,
    ) -> None:
        super().__init__(it, run, Root("function", owner, severity))
        self.function, self.obj, self.tier = function, obj, tier
        #: whether nobody wrote what its arguments are
        self.invented = severity is Severity.OFF if invented is None else invented
        #: what the last round gave
        self.result: Value = None

    def explore(self) -> None:
        """Run the rounds; the facts of the last one stay."""
        it = self.it
        if spent(it):
            return
        it.begin_root(self.invented, limits.MAX_ROOT_SECONDS if self.invented else limits.MAX_WRITTEN_SECONDS)
        if not self.prepared(self.function, self.obj, method=self.obj is not None):
            return
        callee: Value = self.function if self.obj is None else BoundMethod(self.function, self.obj)
        kept = dict(it.diagnostics.found)

        def call() -> None:
            self.result = self.call(self.function, callee)

        def once() -> None:
            it.root = self.root
            it.recorder = Recorder()
            it.diagnostics.found = dict(kept)
            self.result = None
            if self.obj is None and not self.direct and not self.composed:
                self._build(call)
            else:
                self.undone(call, self.obj)

        it.summaries = self.run.builds.calls_of(self.obj)
        try:
            self.settle(once, self.function, self.obj is not None and self.obj.cls.derives_from("torch.nn.Module"))
        finally:
            it.summaries = None
        self.run.absorb(it.recorder, self.tier)
        self.note_inputs()

    def _build(self, call: Callable[[], None]) -> None:
        """The factory is called, unless what it builds is known."""

        def built() -> tuple[Value, bool]:
            failed = self._called(call)
            return self.result, not failed and self.root.untouched

        self.result = self.run.builds.run(self.it, self.function.code.place, built)

    def _called(self, call: Callable[[], None]) -> bool:
        """Call a factory: what it builds is called afterwards. A size that may be left out, without a number for
        that (`num_classes: int | None = None`), is one that nobody knows. Gives whether it raised."""
        it, function = self.it, self.function
        positional = function.code.parameters[: function.code.n_positional]
        left_out = {p.name for p, value in zip(reversed(positional), reversed(function.defaults)) if value is None}
        left_out |= {name for name, value in function.kw_defaults.items() if value is None}
        for parameter in function.code.parameters:
            if parameter.name in left_out and says_size(parameter) and is_size_name(parameter.name):
                size = self.root.symbols.get(parameter.name)
                self.sizes[parameter.name] = self.root.symbol(parameter.name) if size is None else size
        error = guarded(it, call)
        self.run.reset()
        if error is not None and self.sizes:
            self.sizes.clear()
            guarded(it, call)
            self.run.reset()
        return error is not None


class ClassRoot(_Called):
    """A class that nobody builds: constructed from defaults, annotations and symbols, then `forward` is called.

    A symbol of the constructor that turns out to be another size is that from the next round on: the object is
    built again."""

    def __init__(
        self,
        it: Interp,
        run: _Run,
        cls: ClassV,
        init: FunctionV | None,
        forward: FunctionV | None,
        tier: Tier = Tier.ALONE,
    ) -> None:
        super().__init__(it, run, Root("class", cls.name, Severity.WARNING))
        self.cls, self.init, self.forward, self.tier = cls, init, forward, tier
        self.made: Instance | None = None
        self.built_with: dict[str, Any] | None = None
        #: the parameters that were known to be sizes when it was built
        self.known_sizes: set[str] = set()

    def explore(self) -> Instance | None:
        """Run the rounds; the instance, with the effects of its constructor only."""
        it = self.it
        if spent(it):
            return None
        # of one that has a default for everything somebody wrote all that it is built from
        seconds = limits.MAX_WRITTEN_SECONDS if stands_alone(self.cls) else limits.MAX_ROOT_SECONDS
        it.begin_root(seconds=seconds)
        start = len(it.built)
        if self.forward is not None and not self.prepared(self.forward, None, method=True):
            return None
        kept = dict(it.diagnostics.found)
        after_build = kept
        built = Recorder()

        def once() -> None:
            nonlocal after_build, built
            it.root = self.root
            if self._must_build():
                built = it.recorder = Recorder()
                it.diagnostics.found = dict(kept)
                self._build()
                if self.forward is not None:
                    self.take_example(self.forward, self.made)
                after_build = dict(it.diagnostics.found)
            it.recorder = Recorder()
            it.diagnostics.found = dict(after_build)
            if self.made is not None and self.forward is not None:
                forward, callee = self.forward, BoundMethod(self.forward, self.made)
                self.undone(lambda: self.call(forward, callee), self.made)

        if self.forward is not None:
            self.settle(once, self.forward, self.cls.derives_from("torch.nn.Module"))
        else:
            rounds(self.root, once)
        self.run.absorb(built, self.tier)
        self.run.absorb(it.recorder, self.tier)
        self.note_inputs()
        del it.built[start:]
        return self.made

    def _must_build(self) -> bool:
        """Whether it is the first round, or something was learned of the sizes that it was built with."""
        if self.built_with is None:
            return True
        learned = self.root.learned
        if self.root.sizes > self.known_sizes:
            return True
        return any(learned.get(name) != value for name, value in self.built_with.items())

    def _build(self) -> None:
        it, root = self.it, self.root
        arguments = Arguments(it, root)
        self.made, self.known_sizes = None, set(root.sizes)

        def build() -> None:
            kwargs = arguments.of(self.init) if self.init is not None else {}
            if arguments.invented:
                root.severity = Severity.OFF
            obj = it.instantiate(self.cls, [], kwargs)
            if isinstance(obj, Instance):
                self.made = obj

        root.lacking = None
        guarded(it, build)
        if root.lacking is not None:  # somebody has to give what its defaults lack
            root.severity = Severity.OFF
        self.run.reset()
        self.built_with = {name: root.learned.get(name) for name in arguments.names}
