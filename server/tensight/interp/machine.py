"""Interp: the state of one analysis, and the operations of Python on abstract values under one roof.

Each operation lives in a module of its own (`attributes`, `calls`, `operators`, …) as functions that take the
Interp first; the methods here are the vocabulary that natives use."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any

from .. import limits
from ..dims import Dim, FreshNames
from ..ops.defaults import DEFAULTS
from ..ops.errors import NOTES, ShapeError
from ..syntax.span import Span
from ..values import (
    ClassV,
    FunctionV,
    Instance,
    IteratorV,
    ListV,
    ModuleV,
    Reason,
    Scalar,
    Tensor,
    Unknown,
    Value,
    forget,
    overwrite,
)
from . import (
    attribute_writes,
    attributes,
    calls,
    classes,
    comparison,
    diagnose,
    forks,
    imports,
    items,
    iteration,
    operators,
    truth,
)
from .alarm import Alarm
from .autocast import Region
from .catching import Catch
from .deferred import Deferred
from .errors import OutOfBudget, PyRaise
from .frame import Frame, Place
from .journal import Journal
from .ports import Request
from .record import Recorder
from .summaries import Summaries
from .world import World

#: What is said of `parameter.data = integers`.
_NO_FLOATS = "data set to a tensor that requires gradients must be floating point or complex dtype"


class Interp:
    """One analysis. `world` (cached library modules, native classes) outlives it; everything else does not."""

    def __init__(self, request: Request, world: World) -> None:
        self.request, self.world = request, world
        DEFAULTS.reset()
        self.journal = Journal(world.births)
        self.recorder = Recorder()
        self.modules: dict[str, ModuleV] = {}
        #: tensors that were given other data, and what they were
        self.written_over: list[tuple[Tensor, Any, Any, Any]] = []
        #: views of which elements are known, by the identity of what they are views of (which they hold)
        self.views: dict[int, list[Tensor]] = {}
        #: modules of the user's that nothing has needed yet
        self.deferred = Deferred()
        self.frames: list[Frame] = []
        #: > 0 inside an undecided branch: nothing there is certain
        self.doubt = 0
        #: open levels of the journal that belong to branches
        self.forks = 0
        #: the steps when the last branch was entered whose arms are followed at any price, and those that were spent in
        #: such branches since the outermost was entered
        self.deep_since = self.deep_steps = 0
        #: what enclosing `try` statements catch; a None marks the edge of a branch
        self.handlers: list[Catch | None] = []
        #: how many of them the program may already have left by an exception
        self.escaped = 0
        self.steps = 0
        #: the last statement that the present root may execute
        self.last_step = limits.MAX_STEPS
        self.deadline = time.monotonic() + request.seconds
        #: CPU time at which what runs just now must end, less than the whole analysis has
        self.allowance: float | None = None
        self.started, self.began = time.thread_time(), time.monotonic()
        self.root_until = self.explore_until = math.inf
        self.alarm = Alarm(request.seconds)
        self.user_files = {source.file for source in request.files} | {request.entry.file}
        self.library_depth = 0
        self.internal_errors: list[str] = []
        self.limits: list[str] = []
        self.missing: list[tuple[str, Span]] = []
        self.diagnostics = diagnose.Diagnostics()
        self.root: Any = None
        #: functions of the recorded files that a root has entered, so that no later root repeats them
        self.reached: set[Place] = set()
        #: functions of the recorded files that were made
        self.functions: list[FunctionV] = []
        #: those that the present root has entered
        self.entered: set[Place] = set()
        self.assumed: list[tuple[Dim, Dim]] = []
        self.grad_enabled: Value = True
        #: the region of torch.autocast that the program is in
        self.autocast: Region | None = None
        #: exceptions being handled, for a bare `raise`: one of each list
        self.handling: list[list[PyRaise]] = []
        #: calls of module instances so far: loops that make some are left after a few passes
        self.module_calls = 0
        #: after an undecided `if`: the arm that was left, if the others raised
        self.survivor: int | None = None
        #: a library module is being imported inside a `try` of the program
        self.guarded_import = False
        #: attributes that the program put on tensors: id → (tensor, attributes)
        self.tensor_attrs: dict[int, tuple[Tensor, dict[str, Value]]] = {}
        #: the program says of some tensor that it needs no gradient: of copies of it nothing is known
        self.frozen = False
        #: some step was made without gradients, or some tensor was taken out of them
        self.detached = False
        #: module-level functions and classes of the recorded files, in order
        self.definitions: list[tuple[Any, Value, ModuleV]] = []
        #: the names of sizes that depend on data
        self.fresh = FreshNames()
        #: instances of the user's module classes, in order of construction
        self.built: list[Instance] = []
        #: for each library module that runs, the files of the user's that it imports (True: not run yet)
        self.reaching: list[dict[str, bool]] = []
        #: those that run again because a library module imports them that an earlier analysis has run
        self.rerun: set[str] = set()
        #: generators that were made, and perhaps not asked for a value yet
        self.sleeping: list[IteratorV] = []
        #: what is known of calls, while a root runs that may take it over
        self.summaries: Summaries | None = None
        #: refusals and diagnostics so far
        self.trouble = 0
        #: lazy layers whose first call has not been seen
        self.lazy: list[Instance] = []

    def close(self, keep: bool) -> None:
        """After the last root: what was run of the user's is let go, unless the next version may take it over.

        Globals hold functions, which hold their globals: without this, each keystroke leaves thousands of objects that
        only the garbage collector can free, and it stops every thread while it looks for them."""
        self.alarm.stop()
        self.journal.unpatch()
        self.journal.restore()
        if keep:
            self.modules = {}
        for module in self.modules.values():
            module.namespace.clear()
        for table in (self.modules, self.tensor_attrs, self.definitions, self.built, self.reached, self.frames):
            table.clear()
        self.deferred = Deferred()
        self.recorder = Recorder()
        DEFAULTS.reset()

    # ---- budget
    def tick(self) -> None:
        """Once per statement. Raises OutOfBudget or Cancelled."""
        self.steps += 1
        if self.steps & 63 == 0:
            self.request.poll()
            if self.allowance is not None and time.thread_time() > self.allowance:
                raise OutOfBudget("time limit of the scripts that use the file")
            if time.monotonic() > self.deadline:
                self._look_at_the_clock()
        if self.steps > self.last_step:
            raise OutOfBudget("step limit" if self.steps > limits.MAX_STEPS else "step limit of one function")

    def _look_at_the_clock(self) -> None:
        """The limit is one of work: on a busy machine the clock runs on while nothing is done."""
        now = time.thread_time()
        left = self.request.seconds - (now - self.started)
        waited = time.monotonic() - self.began
        left = min(left, self.explore_until - now)
        if left <= 0 or waited > self.request.seconds * limits.MAX_WAITING:
            raise OutOfBudget("time limit")
        if now >= self.root_until:
            raise OutOfBudget("time limit of one root")
        self.deadline = time.monotonic() + min(left, self.root_until - now)

    def begin_exploration(self) -> None:
        """The script has run: roots that nobody wrote follow, for a while."""
        self.explore_until = time.thread_time() + limits.MAX_EXPLORE_SECONDS

    def begin_root(self, invented: bool = False, seconds: float = limits.MAX_ROOT_SECONDS) -> None:
        """A root that the script did not reach begins: its time is bounded, so that others have their turn.

        `invented`: so are its arguments, and nothing that it does is certain."""
        self.last_step = min(limits.MAX_STEPS, self.steps + limits.MAX_INVENTED_STEPS) if invented else limits.MAX_STEPS
        self.root_until = time.thread_time() + seconds
        self.deadline = min(self.deadline, time.monotonic() + seconds)

    def postpone(self, seconds: float) -> None:
        """What was done is not the root's own work, as the import of a library that it is the first to need: the limit
        of its time comes later. One that is imported by another counts once."""
        if not any(frame.locals is frame.globals and frame.module.file not in self.user_files for frame in self.frames):
            self.root_until += seconds

    # ---- certainty
    @property
    def certain(self) -> bool:
        """Whether the program certainly gets here."""
        return self.doubt == 0 and not self.escaped

    # ---- unknowns and errors
    def unknown(self, reason: Reason, detail: str = "") -> Unknown:
        return Unknown(reason, detail, self.here())

    def here(self) -> Span | None:
        """The innermost call site in the user's code."""
        return diagnose.user_span(self)

    def fail(self, exception: str, message: str = "") -> Value:
        """The program raises `exception` here (a builtin class name) unless Tensight is mistaken: it goes to an
        enclosing handler that catches it; where there is none, the result is Unknown and the analysis goes on."""
        return diagnose.fail(self, exception, message)

    def may_raise(self, exception: str = "Exception") -> None:
        """The program may raise that exception here, or one derived from it: enclosing handlers may run."""
        if self.handlers:
            diagnose.may_raise(self, exception)

    def not_none(self, options: Sequence[Value]) -> list[Value]:
        """Those with which the program goes on where None is refused."""
        found = [option for option in options if option is not None]
        if len(found) < len(options):
            self.may_raise("TypeError")
        return found

    def refuse(self, error: ShapeError, rule: str, args: Sequence[Value], layer: Instance | None = None) -> Value:
        """PyTorch certainly refuses this call: a diagnostic if we certainly get here; then as `fail`."""
        return diagnose.refuse(self, error, rule, args, layer)

    def internal_error(self, error: Exception) -> Unknown:
        """A defect of Tensight: logged with its traceback, fatal to the tests, Unknown to the user."""
        text = "".join(traceback.format_exception(error))
        import logging

        logger = logging.getLogger("tensight")
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())  # whoever wants to see it says where
        logger.getChild("interp").error("internal error at %s\n%s", self.here(), text)
        self.internal_errors.append(text)
        return Unknown(Reason.INTERNAL, f"{type(error).__name__}: {error}", self.here())

    def refuse_with(self, code: str, message: str, exception: str, args: Sequence[Value]) -> Value:
        """As `refuse`, for what the interpreter itself knows PyTorch or Python to refuse."""
        return diagnose.refuse(self, ShapeError(code, message, exception), "", args, None)

    # ---- what frames tell
    def defined(self, node: Any, value: Value, frame: Frame) -> None:
        """A function or class was defined; those at module level of the recorded files can become roots."""
        if frame.locals is frame.globals and frame.module.file in self.user_files and self.root is not None:
            self.definitions.append((node, value, frame.module))

    def set_tensor_attr(self, tensor: Tensor, name: str, value: Value) -> None:
        """`tensor.name = value`: tensors are immutable here; what changes no shape is kept aside. Only `.data = x`
        gives an object another shape: whoever holds it sees that."""
        if name == "data" and isinstance(value, Tensor | Unknown) and tensor.dims is not None:
            if isinstance(value, Tensor) and value.dtype is not None and self._trains(tensor):
                if not (value.dtype.is_floating_point or value.dtype.is_complex):
                    self.refuse_with("dtype-mismatch", _NO_FLOATS, "RuntimeError", [value])
                    return
            known = isinstance(value, Tensor) and self.certain
            self.written_over.append((tensor, tensor.dims, tensor.dtype, tensor.device))
            if not isinstance(value, Tensor) or value.dims != tensor.dims:
                overwrite(tensor, "dims", value.dims if known and isinstance(value, Tensor) else None)
            if not isinstance(value, Tensor) or value.dtype is not tensor.dtype:
                overwrite(tensor, "dtype", value.dtype if known and isinstance(value, Tensor) else None)
            if not isinstance(value, Tensor) or value.device != tensor.device:
                overwrite(tensor, "device", value.device if known and isinstance(value, Tensor) else None)
            forget(tensor)
            return
        if name == "requires_grad" and value is not True:
            self.frozen = True
            value = value if self.certain else Scalar("bool")
        self.tensor_attrs.setdefault(id(tensor), (tensor, {}))[1][name] = value

    def take_back(self, count: int) -> None:
        """Tensors that were given other data since there were so many are what they were."""
        while len(self.written_over) > count:
            tensor, *before = self.written_over.pop()
            for field, value in zip(("dims", "dtype", "device"), before):
                if getattr(tensor, field) is not value:
                    overwrite(tensor, field, value)

    def _trains(self, tensor: Tensor) -> bool:
        """Whether it certainly requires gradients: a parameter of which nobody said otherwise."""
        said = self.tensor_attrs.get(id(tensor))
        if said is not None and "requires_grad" in said[1]:
            return said[1]["requires_grad"] is True
        return tensor.parameter and not self.frozen

    # ---- the vocabulary of natives
    def call(self, function: Value, args: Sequence[Value] = (), kwargs: dict[str, Value] | None = None) -> Value:
        """`function(*args, **kwargs)`."""
        return calls.call(self, function, list(args), kwargs or {})

    def method(self, obj: Value, name: str, *args: Value, **kwargs: Value) -> Value:
        """`obj.name(*args, **kwargs)`."""
        return calls.call(self, attributes.get(self, obj, name), list(args), kwargs)

    def getattr(self, obj: Value, name: str) -> Value:
        """`obj.name`; AttributeError goes through `fail`."""
        return attributes.get(self, obj, name)

    def find_attr(self, obj: Value, name: str) -> Value | None:
        """`obj.name`, or None if there certainly is no such attribute (Python's None is never None here: it is
        returned as `attributes.NONE`)."""
        return attributes.find(self, obj, name)

    def setattr(self, obj: Value, name: str, value: Value) -> None:
        """`obj.name = value`, through `__setattr__`, properties and the journal."""
        attribute_writes.set_(self, obj, name, value)

    def getitem(self, obj: Value, index: Value) -> Value:
        """`obj[index]`."""
        return items.get(self, obj, index)

    def setitem(self, obj: Value, index: Value, value: Value) -> None:
        """`obj[index] = value`."""
        items.set_(self, obj, index, value)

    def iterate(self, value: Value, whole: bool = True) -> iteration.Items:
        """What `for x in value` sees: known items, then `rest` for further ones of unknown number (or None)."""
        return iteration.iterate(self, value, whole)

    def truth(self, value: Value) -> bool | None:
        """`bool(value)`; None if undecided."""
        return truth.of(self, value)

    def binary(self, operator: str, a: Value, b: Value) -> Value:
        """`a + b`, …; `operator` is Python's token ("+", "//", "@", "**", "<<", …)."""
        return operators.binary(self, operator, a, b)

    def compare(self, operator: str, a: Value, b: Value) -> Value:
        """`a < b`, `a is b`, `a in b`, …: True, False, Scalar("bool") if undecided, or what `__eq__` gives."""
        return comparison.compare(self, operator, a, b)

    def is_instance(self, value: Value, cls: Value) -> bool | None:
        """isinstance(value, cls); `cls` may be a tuple. None if undecided."""
        return classes.is_instance(self, value, cls)

    def class_of(self, value: Value) -> ClassV:
        """type(value)."""
        return classes.class_of(self, value)

    def native_class(self, name: str) -> ClassV:
        """The class value of a registered native class ("torch.nn.Linear", "builtins.list")."""
        return self.world.native_class(name)

    def instantiate(self, cls: ClassV, args: Sequence[Value] = (), kwargs: dict[str, Value] | None = None) -> Value:
        """`cls(*args, **kwargs)`."""
        return classes.instantiate(self, cls, list(args), kwargs or {})

    def new(self, native: str, **attrs: Value) -> Instance:
        """A bare instance of a native class with these attributes (no `__init__` is run)."""
        return Instance(self.native_class(native), dict(attrs), self.here())

    def either(self, *arms: Callable[[], Value]) -> Value:
        """The join of what the arms give, each run as an undecided branch from the present state."""
        return forks.either(self, arms)

    def import_module(self, name: str) -> Value:
        """The module of that absolute name: a ModuleV, or Unknown(import)."""
        return imports.import_module(self, name)

    def op(self, name: str, *args: Value, **kwargs: Value) -> Value:
        """The torch operation of that qualified name on these arguments."""
        return calls.call_op(self, name, list(args), kwargs)

    def append(self, target: ListV, value: Value) -> None:
        """list.append through the journal."""
        self.journal.touch(target)
        target.items.append(value)

    def take_notes(self) -> None:
        """Collect what op rules assumed and demanded since the last time."""
        if NOTES.assumptions or NOTES.demands or NOTES.either or NOTES.sizes:
            diagnose.take_notes(self)


__all__ = ["Interp", "Scalar", "Tensor"]
