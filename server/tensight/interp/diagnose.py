"""From what went wrong to a diagnostic: certainty, severity, the place, the way there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..diagnostics import CODES, Diagnostic, Related, Severity
from ..dims import Expr, is_unknown
from ..ops.errors import NOTES, ShapeError
from ..syntax.span import Span
from ..values import ClassV, Instance, ListV, Provenance, Reason, Tensor, Unknown, Value, dim_text, shape_text
from . import catching
from .backwards import demand_source
from .errors import PyRaise, Settled
from .record import MAX_ASSUMED, places

if TYPE_CHECKING:
    from .machine import Interp


class Diagnostics:
    """Findings so far, one for each code and place; the worst severity wins."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, Span], Diagnostic] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        key = (diagnostic.code, diagnostic.span)
        old = self.found.get(key)
        if old is None or (old.severity is Severity.WARNING and diagnostic.severity is Severity.ERROR):
            self.found[key] = diagnostic

    def errors(self) -> int:
        """How many of them are certain."""
        return sum(found.severity is Severity.ERROR for found in self.found.values())


def user_span(it: Interp) -> Span | None:
    """Where the analysis stands in the user's code: the innermost user expression being evaluated."""
    for frame in reversed(it.frames):
        if frame.at is not None:
            return frame.at.span
    return None


def _mark(it: Interp) -> Span | None:
    return next((frame.at.mark for frame in reversed(it.frames) if frame.at is not None), None)


def _way_here(it: Interp) -> list[Related]:
    spans = places(it)
    return [Related(span, "called from here") for span in reversed(spans[:-1])]


def caught_by(it: Interp, cls: ClassV, *, through_forks: bool) -> bool:
    """Whether an enclosing `try` of the program catches an exception of this class."""
    for catch in reversed(it.handlers):
        if catch is None:
            if not through_forks:
                return False
            continue
        if catching.catches(catch.classes, cls):
            return True
    return False


def expected(it: Interp, name: str) -> bool:
    """Whether the innermost `try` of the program that catches this exception names it: it only tries what is there."""
    cls = exception_class(it, name)
    for catch in reversed(it.handlers):
        for handler in () if catch is None else catch.classes:
            if isinstance(handler, ClassV) and cls.is_subclass(handler):
                return handler is cls
    return False


def _only_tried(it: Interp, cls: ClassV) -> bool:
    """Whether what raises an exception that the program certainly catches is no mistake: a `try` that names TypeError
    asks which arguments something takes, and library code that catches its own knows why."""
    catch = next(catch for catch in reversed(it.handlers) if catch is not None and catching.catches(catch.classes, cls))
    return catch.copes(it, cls) or (cls.name == "TypeError" and expected(it, cls.name))


def exception_class(it: Interp, name: str) -> ClassV:
    from .natives.registry import BASES

    for qualified in (f"builtins.{name}", name, "builtins.RuntimeError"):
        if qualified in BASES:
            return it.native_class(qualified)
    raise KeyError(name)


def make_exception(it: Interp, name: str, message: str) -> Instance:
    return Instance(exception_class(it, name), {"args": (message,) if message else ()}, user_span(it))


def lacks(it: Interp) -> None:
    """The program goes on with None where something else is needed: an input that was left out may be missing."""
    if it.root is not None and it.root.lacking is None and it.certain:
        it.root.lacking = user_span(it)
        if it.root.trying:
            raise Settled


def fail(it: Interp, exception: str, message: str) -> Value:
    """An error that Python raises (KeyError, AttributeError, …): handled if the program handles it, else Unknown."""
    throw(it, make_exception(it, exception, message))
    if "'NoneType'" in message:
        lacks(it)
    return Unknown(Reason.AFTER_ERROR, f"{exception}: {message}", user_span(it))


def throw(it: Interp, exc: Instance) -> None:
    """The exception, if the program catches it: for certain, or where an undecided branch ends."""
    error = PyRaise(exc, user_span(it), it.certain, reported=True)
    if caught_by(it, exc.cls, through_forks=False):
        raise error
    catching.note(it, error)


def may_raise(it: Interp, exception: str) -> None:
    """See Interp.may_raise."""
    exc = make_exception(it, exception, "")
    catching.note(it, PyRaise(exc, user_span(it), False, reported=True, vague=True))


def ends_arm(it: Interp, exception: str, message: str) -> Value:
    """As `fail`, for what cannot be mistaken (a number is not iterable): an arm that does it is never taken."""
    if it.forks:
        raise PyRaise(make_exception(it, exception, message), user_span(it), it.certain, reported=True)
    return fail(it, exception, message)


def report(
    it: Interp,
    code: str,
    message: str,
    *,
    caught: bool = False,
    related: Sequence[Related] = (),
    notes: Sequence[str] = (),
    data: dict[str, Any] | None = None,
    span: Span | None = None,
) -> None:
    """Record a diagnostic at the present place if the program certainly gets here in this root."""
    it.trouble += 1
    where = span or user_span(it)
    if it.root is not None and where is not None:
        it.root.troubled.add(where)
    if not it.certain or where is None or where.file not in it.user_files:
        return
    severity = CODES[code].severity
    if it.root is not None and it.root.severity is not None:
        if it.root.severity is Severity.OFF or code != "no-size-fits":
            severity = it.root.severity
    if severity is Severity.OFF:
        return
    if caught and severity is Severity.ERROR:
        severity = Severity.WARNING
    mark = None if span is not None else _mark(it)
    it.diagnostics.add(Diagnostic(code, where, message, severity, tuple(notes), tuple(related), data or {}, mark))


def refuse(it: Interp, error: ShapeError, rule: str, args: Sequence[Value], layer: Instance | None) -> Value:
    """PyTorch refuses. See Interp.refuse."""
    it.trouble += 1
    take_notes(it)
    exc = make_exception(it, error.exception, error.message)
    caught = caught_by(it, exc.cls, through_forks=False)
    if it.root is not None and it.certain and not caught:
        it.root.refused += 1
    inputs = tuple(_tensors(args))
    data: dict[str, Any] = {**error.data, "rule": rule, "inputs": inputs, "layer": None}
    related = []
    if layer is not None:
        plain = {k: v for k, v in layer.attrs.items() if isinstance(v, int | str | tuple | float | Expr)}
        data["layer"] = {"class": layer.cls.native or layer.cls.name, "created": layer.created, "attrs": plain}
        if layer.created is not None:
            related.append(Related(layer.created, f"this {layer.cls.name} was made here"))
    related += _producers(inputs, error, layer)
    code, message = error.code, error.message
    if it.root is not None and it.root.kind == "function" and isinstance(error.data.get("got"), Expr):
        code, message = "no-size-fits", f"no input size fits: {message}"
    left_out = error.code == "invalid-argument" and _holds_none(args)
    if left_out:
        lacks(it)
    invented = left_out and it.root is not None and it.root.kind != "script"
    if not invented and not (caught and _only_tried(it, exc.cls)):  # whoever calls what nobody calls gives a value
        report(
            it,
            code,
            message,
            caught=caught,
            related=[*related, *_way_here(it)],
            notes=_notes(inputs, layer),
            data=data,
        )
    if caught:
        raise PyRaise(exc, user_span(it), it.certain, reported=True)
    if it.handlers:
        catching.note(it, PyRaise(exc, user_span(it), False, reported=True))
    return Unknown(Reason.AFTER_ERROR, error.message, user_span(it))


def _holds_none(args: Sequence[Value]) -> bool:
    """Whether an argument is None, or has None in it."""
    for value in args:
        items = value.items if isinstance(value, ListV) else value if isinstance(value, tuple) else (value,)
        if any(item is None for item in items):
            return True
    return False


def _tensors(args: Sequence[Value]) -> list[Tensor]:
    out: list[Tensor] = []
    for value in args:
        if isinstance(value, Tensor):
            out.append(value)
        elif isinstance(value, ListV):
            out.extend(v for v in value.items if isinstance(v, Tensor))
        elif isinstance(value, tuple):
            out.extend(v for v in value if isinstance(v, Tensor))
    return out


def _notes(inputs: Sequence[Tensor], layer: Instance | None) -> list[str]:
    """All shapes that met: those of the arguments, and of the layer's weight."""
    shapes = [shape_text(t.dims) for t in inputs[:6]]
    weight = layer.attrs.get("weight") if layer is not None else None
    if isinstance(weight, Tensor) and weight.dims is not None:
        shapes.append(f"weight {shape_text(weight.dims)}")
    return ["shapes: " + ", ".join(shapes)] if shapes else []


def _producers(inputs: Sequence[Tensor], error: ShapeError, layer: Instance | None) -> list[Related]:
    """The layers that made the tensors that clash: walk back to the nearest one of each input."""
    out: list[Related] = []
    for tensor in inputs[:3]:
        step: Provenance | None = tensor.made_by
        for _ in range(32):
            if step is None:
                break
            if step.layer is not None and step.layer is not layer and step.layer.created is not None:
                out.append(
                    Related(step.layer.created, f"this {step.layer.cls.name} gives {shape_text(tensor.dims)}"[:200])
                )
                break
            nearer = [t.made_by for t in step.inputs if t.made_by is not None and not t.parameter]
            step = nearer[0] if nearer else None
    return out


def take_notes(it: Interp) -> None:
    """Assumptions and demands of the rules that just ran go to the root; nothing is learnt in an undecided branch."""
    if NOTES.assumptions:
        it.may_raise("RuntimeError")
        for a, b in NOTES.assumptions:
            if not is_unknown(a) and not is_unknown(b):
                it.assumed.append((a, b))
                if it.root is not None and it.certain:
                    it.root.learn_equal(a, b)
                slot = next((f.at for f in reversed(it.frames) if f.at is not None), None)
                if slot is not None:
                    texts = it.recorder.assumed.setdefault(slot, [])
                    text = f"{dim_text(a)} = {dim_text(b)}"
                    if text not in texts and len(texts) < MAX_ASSUMED:
                        texts.append(text)
        NOTES.assumptions.clear()
    if NOTES.demands:
        for tensor, template in NOTES.demands:
            if it.root is not None and it.doubt <= it.root.doubt_allowed + 1:
                entry, wanted = demand_source(tensor, template)
                if entry is not None and it.doubt <= it.root.doubt_of(entry):
                    it.root.demand(entry, wanted)
        NOTES.demands.clear()
    if NOTES.sizes:
        for key in NOTES.sizes:
            if it.root is not None and it.doubt <= it.root.doubt_of(key):
                it.root.demand_size(key)
        NOTES.sizes.clear()
    if NOTES.either:
        if it.root is not None:
            it.root.expect(NOTES.either)
        NOTES.either.clear()


__all__ = [
    "Diagnostics",
    "caught_by",
    "fail",
    "make_exception",
    "refuse",
    "replace",
    "report",
    "take_notes",
    "user_span",
]
