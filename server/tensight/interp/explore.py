"""Roots that nobody calls: forwards of instances the script built, factories, classes and functions of the file."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import limits
from ..diagnostics import Diagnostic, Severity
from ..dims import symbol
from ..syntax.span import Span
from ..values import BoundMethod, ClassV, DictV, FunctionV, Instance, Reason, Scalar, Tensor, Unknown, Value
from .errors import OutOfBudget, PyRaise
from .factories import adds, form, leads_further, needs_nothing, shown
from .facts import EntryInput
from .frame import Code, Parameter
from .ports import Cancelled
from .record import Recorder
from .roots import Entry, Root, rounds

if TYPE_CHECKING:
    from .analyse import _Run
    from .machine import Interp


def explore(it: Interp, run: _Run) -> None:
    """All further roots, the most useful first; what the budget does not reach stays dark."""
    it.begin_exploration()
    definitions = list(it.definitions)
    _instances(it, run, 0)
    functions = [(node, value) for node, value, _ in definitions if isinstance(value, FunctionV)]
    _factories(it, run, functions)
    for _, value, _ in definitions:
        if isinstance(value, ClassV) and value.derives_from("torch.nn.Module"):
            _class_root(it, run, value)
    _functions(it, run, functions)
    for _, value, _ in definitions:
        if isinstance(value, ClassV) and not value.derives_from("torch.nn.Module"):
            _plain_class(it, run, value)


def _factories(it: Interp, run: _Run, functions: list[tuple[Any, FunctionV]]) -> None:
    """Functions that need no argument, as long as they lead to places that no root has seen."""
    idle = 0
    for node, value in functions:
        if node in it.reached or not needs_nothing(value) or not leads_further(it, value):
            continue
        known, before = len(run.facts), len(it.built)
        _function_root(it, run, value, None, value.name, Severity.WARNING)
        _instances(it, run, before)
        idle = 0 if adds(run, known) else idle + 1
        if idle >= limits.MAX_IDLE_FACTORIES:
            return


def _functions(it: Interp, run: _Run, functions: list[tuple[Any, FunctionV]]) -> None:
    """Functions that nothing called, except those that would show nothing: factories like one that showed nothing."""
    silent = {form(value) for node, value in functions if node in it.reached and not shown(run, value)} - {None}
    for node, value in functions:
        if node not in it.reached and form(value) not in silent:
            _function_root(it, run, value, None, value.name, Severity.OFF)
            if not shown(run, value):
                silent |= {form(value)} - {None}


def _instances(it: Interp, run: _Run, start: int) -> None:
    """`forward`, then the other methods, of each instance whose class no root has entered."""
    done: set[Any] = set()
    for obj in list(it.built[start:]):
        forward = obj.cls.lookup("forward")
        if isinstance(forward, FunctionV) and forward.code.node not in it.reached and forward.code.user:
            if forward.code.node in done:
                continue
            done.add(forward.code.node)
            _function_root(it, run, forward, obj, obj.cls.name, Severity.WARNING)
    for obj in list(it.built[start:]):
        _methods(it, run, obj)


def _methods(it: Interp, run: _Run, obj: Instance) -> None:
    for cls in obj.cls.mro:
        if cls.span is None:
            continue
        for value in list(cls.namespace.values()):
            if isinstance(value, FunctionV) and value.code.user and value.code.node not in it.reached:
                if not value.name.startswith("__") or value.name == "__call__":
                    _function_root(it, run, value, obj, f"{cls.name}.{value.name}", Severity.OFF)


def _spent(it: Interp) -> bool:
    """Whether a limit of the whole analysis was reached: no further root is begun."""
    return any(word in ("time limit", "step limit") for word in it.limits)


def _class_root(it: Interp, run: _Run, cls: ClassV) -> None:
    """A module class that nothing built: constructed from defaults, annotations and symbols, then called."""
    if _spent(it):
        return
    init = cls.lookup("__init__")
    forward = cls.lookup("forward")
    reached_init = isinstance(init, FunctionV) and init.code.node in it.reached
    wanted = isinstance(forward, FunctionV) and forward.code.node not in it.reached and forward.code.user
    if not wanted and (reached_init or not isinstance(init, FunctionV)):
        return
    if any(obj.cls is cls for obj in it.built):
        return
    made: list[Instance] = []
    severity = Severity.WARNING
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    root = Root("class", cls.name, Severity.WARNING)
    if isinstance(init, FunctionV) and init.code.user:
        args, kwargs, invented = _constructor_arguments(it, init, root)
        if invented:
            severity = root.severity = Severity.OFF
    elif isinstance(init, FunctionV):
        return

    def build() -> None:
        obj = it.instantiate(cls, args, kwargs)
        if isinstance(obj, Instance):
            made.append(obj)

    it.recorder = Recorder()
    it.root = root
    it.begin_root()
    start = len(it.built)
    _run_once(it, run, build)
    run.absorb(it.recorder)
    if made:
        if wanted:
            assert isinstance(forward, FunctionV)
            _function_root(it, run, forward, made[0], cls.name, severity, root)
        _methods(it, run, made[0])
    del it.built[start:]


def _constructor_arguments(it: Interp, init: FunctionV, root: Root) -> tuple[list[Value], dict[str, Value], bool]:
    """Arguments for a constructor nobody calls; whether any of them was invented."""
    code, args, invented = init.code, [], False
    kwargs: dict[str, Value] = {}
    required = code.n_positional - len(init.defaults)
    for parameter in code.parameters[1:required]:
        args.append(_invent(it, parameter, root))
        invented = True
    for parameter in code.parameters:
        if parameter.kind == "keyword" and parameter.name not in init.kw_defaults:
            kwargs[parameter.name] = _invent(it, parameter, root)
            invented = True
    return args, kwargs, invented


_KINDS = {"float": "float", "bool": "bool", "str": "str"}


def _invent(it: Interp, parameter: Parameter, root: Root) -> Value:
    """A value for a constructor's parameter: a symbol of its name, unless its annotation says otherwise."""
    annotation = ast.unparse(parameter.annotation) if parameter.annotation is not None else ""
    if annotation in _KINDS:
        return Scalar(_KINDS[annotation])
    name = parameter.name
    if annotation in ("int", "") and not _plural(name):
        made = root.symbols.get(name)
        if made is None:
            made = root.symbols[name] = symbol(name)
        return made
    return Unknown(Reason.PARAMETER, name)


#: Parameter names that are not sizes, by what people call things.
_NOT_SIZES = frozenset({
    "config", "cfg", "args", "opt", "opts", "options", "params", "hparams", "model", "encoder", "decoder",
    "backbone", "block", "norm_layer", "activation", "act", "layer", "module", "fn", "net", "device", "dtype",
    "dropout", "drop", "p", "name", "mode", "bias", "vocab", "tokenizer", "norm", "loss", "optimizer",
    "generator", "discriminator", "act_layer", "layers", "kwargs", "self_attn", "feed_forward", "src_attn",
    "attn", "embedding", "embed", "sublayer", "transformer", "features", "classifier",
})  # fmt: skip


def _plural(name: str) -> bool:
    return name in _NOT_SIZES or name.endswith(("_layer", "_fn", "_cfg", "_config", "_args", "_model", "_net", "_list"))


def _plain_class(it: Interp, run: _Run, cls: ClassV) -> None:
    for value in list(cls.namespace.values()):
        if isinstance(value, FunctionV) and value.code.user and value.code.node not in it.reached:
            obj = Instance(cls, {}, None, open=True)
            _function_root(it, run, value, obj, f"{cls.name}.{value.name}", Severity.OFF)


def _run_once(it: Interp, run: _Run, body: Callable[[], None]) -> None:
    """A root's body; whatever ends it early, the interpreter is as before."""
    try:
        body()
    except OutOfBudget as error:
        it.limits.append(error.what)
    except PyRaise:
        pass
    except RecursionError:
        it.limits.append("expressions or calls nest too deep")
    except Cancelled:
        raise
    except Exception as error:  # reported as an internal error, fatal to the tests
        it.internal_error(error)
    finally:
        run.reset()


def _function_root(
    it: Interp,
    run: _Run,
    function: FunctionV,
    self: Instance | None,
    owner: str,
    severity: Severity,
    base: Root | None = None,
) -> None:
    """Call a function with what its parameters say and what demand finds out."""
    if _spent(it):
        return
    it.begin_root()
    code: Code = function.code
    root = Root("function", owner, severity)
    if base is not None:
        root.symbols, root.learned = base.symbols, base.learned
    root.where = it.here
    parameters = [p for p in code.parameters if p.kind in ("positional", "keyword")]
    if self is not None:
        parameters = parameters[1:]
    required = code.n_positional - len(function.defaults)
    optional = {p.name for p in code.parameters[required : code.n_positional]} | set(function.kw_defaults)
    fixed: dict[str, Value] = {}
    for parameter in parameters:
        stated = _stated(it, code, parameter, root, owner)
        if stated is not None:
            continue
        if parameter.name not in optional:
            value = _by_annotation(it, parameter, root)
            if value is not None:
                fixed[parameter.name] = value
            else:
                span = parameter.slot.span if parameter.slot is not None else None
                entry = Entry(parameter.name, parameter.name, owner, span, is_tensor=_says_tensor(parameter))
                root.entries[parameter.name] = entry
    callee: Value = function if self is None else BoundMethod(function, self)
    last: list[tuple[Recorder, dict[Any, Diagnostic]]] = []
    kept = dict(it.diagnostics.found)

    def once() -> None:
        it.root = root
        it.recorder = Recorder()
        it.diagnostics.found = dict(kept)
        it.journal.open()
        arguments = dict(fixed)
        for entry in root.entries.values():
            value = root.value(entry)
            arguments[entry.name] = (
                value if value is not None else Unknown(Reason.PARAMETER, entry.name, entry.span, entry.key)
            )
        try:
            _run_once_keeping(it, lambda: it.call(callee, [], arguments))
        finally:
            while len(it.journal.levels) > 1:
                it.journal.undo()
            if it.journal.levels:
                it.journal.undo()
            run.reset()
        last[:] = [(it.recorder, it.diagnostics.found)]

    rounds(root, once)
    if not last:
        return
    run.absorb(last[0][0])
    _note_inputs(it, run, root)


def _run_once_keeping(it: Interp, body: Callable[[], Any]) -> None:
    try:
        body()
    except OutOfBudget as error:
        it.limits.append(error.what)
    except PyRaise:
        pass
    except RecursionError:
        it.limits.append("expressions or calls nest too deep")
    except Cancelled:
        raise
    except Exception as error:  # reported as an internal error, fatal to the tests
        it.internal_error(error)


def _says_tensor(parameter: Parameter) -> bool:
    if parameter.annotation is None:
        return False
    return ast.unparse(parameter.annotation) in (
        "Tensor",
        "torch.Tensor",
        "torch.FloatTensor",
        "torch.LongTensor",
        "'Tensor'",
    )


def _by_annotation(it: Interp, parameter: Parameter, root: Root) -> Value | None:
    annotation = ast.unparse(parameter.annotation) if parameter.annotation is not None else ""
    if annotation == "int":
        return root.symbol(parameter.name)
    if annotation in _KINDS:
        return Scalar(_KINDS[annotation])
    if annotation and "Tensor" not in annotation and annotation[:1].islower() and annotation not in ("any", "object"):
        return Unknown(Reason.PARAMETER, parameter.name)
    return None


def _stated(it: Interp, code: Code, parameter: Parameter, root: Root, owner: str) -> Entry | None:
    """`# tensight: x = (B, 3, 224, 224)` in the function or on the lines right above it."""
    if code.span is None or parameter.slot is None:
        return None
    first = min([code.span.line, *(d.lineno for d in getattr(code.node, "decorator_list", []))])
    for stated in it.request.stated.get(code.span.file, ()):
        if stated.name == parameter.name and first - 1 <= stated.line <= code.span.end_line:
            dims: list[Any] = []
            for item in stated.shape:
                if item == "...":
                    dims.append(...)
                elif isinstance(item, str):
                    dims.append(root.symbols.get(item) or root.symbol(item))
                else:
                    dims.append(item)
            entry = Entry(parameter.name, parameter.name, owner, parameter.slot.span, tuple(dims), True, "stated")
            root.entries[parameter.name] = entry
            return entry
    return None


def _note_inputs(it: Interp, run: _Run, root: Root) -> None:
    """What was worked out for the inputs, the sizes that fit, and whether none does."""
    found, impossible, where = root.fits()
    for entry in root.entries.values():
        value = root.value(entry)
        if entry.span is None or value is None or not isinstance(value, Tensor):
            continue
        names = {s.name for d in value.dims or () if d is not ... and not isinstance(d, int) for s in d.symbols}
        fits = tuple({k: v for k, v in f.items() if k in names} for f in found)
        fits = tuple(f for i, f in enumerate(fits) if f and f not in fits[:i])
        run.inputs.append(EntryInput(root.owner, entry.name, entry.span, value, entry.source, fits, root.assumptions()))
    if impossible and root.severity is not Severity.OFF:
        span: Span | None = where or next((e.span for e in root.entries.values() if e.span is not None), None)
        if span is not None:
            text = "; ".join(root.assumptions()[:3])
            message = f"no input size fits every layer: {text}"
            run.report_no_size(root, Diagnostic("no-size-fits", span, message, Severity.ERROR))


__all__ = ["DictV", "explore"]
