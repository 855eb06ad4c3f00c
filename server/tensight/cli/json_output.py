"""Reports as one JSON object, for tools. The format is a promise: see docs/json.md."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from .. import __version__
from ..diagnostics import Diagnostic, Fix
from ..dims import to_python
from ..interp.facts import Analysis, Fact
from ..syntax.span import Span
from ..values import DictV, ListV, OneOf, Size, Tensor, Value
from ..values.nested import Within, is_shown, walk
from .check import Counts, Report


def print_json(reports: Iterable[Report], shapes: bool) -> Counts:
    """Print the object on one line."""
    counts = Counts()
    files = []
    for report in reports:
        counts.add(report)
        files.append(_file(report, shapes))
    sys.stdout.write(json.dumps({"version": __version__, "files": files}, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return counts


def _file(report: Report, shapes: bool) -> dict[str, Any]:
    if report.analysis is None:
        return {"file": report.file, "error": report.error}
    found: dict[str, Any] = {"file": report.file}
    if shapes:
        found["expressions"] = expressions(report.analysis)
    found["diagnostics"] = [_diagnostic(report, diagnostic) for diagnostic in report.diagnostics]
    return found


def _place(span: Span) -> dict[str, Any]:
    return {"line": span.line, "col": span.col, "end_line": span.end_line, "end_col": span.end_col}


# ---- expressions ---------------------------------------------------------------------------------------------


def expressions(analysis: Analysis) -> list[dict[str, Any]]:
    """One entry per expression with a tensor in it, in order of place."""
    found: dict[tuple[int, int, int, int], dict[str, Any]] = {}
    for fact in sorted(analysis.facts, key=lambda fact: (fact.span.line, fact.span.col, fact.kind != "target")):
        span = fact.span
        if span.file == analysis.file and holds_tensor(fact.value, fact):
            found.setdefault((span.line, span.col, span.end_line, span.end_col), _expression(fact))
    return list(found.values())


def _expression(fact: Fact) -> dict[str, Any]:
    tensor = _the_tensor(fact.value)
    contexts: list[dict[str, Any]] = []
    for observation in fact.observations:
        at = f"{observation.at.file}:{observation.at.line}" if observation.at else None
        for value in _alternatives(observation.value):
            context = {"at": at, "shape": shape(value)}
            if all(context["shape"] != known["shape"] for known in contexts):
                contexts.append(context)
    return {
        **_place(fact.span),
        "shape": shape(fact.value),
        "dtype": tensor.dtype.name if tensor is not None and tensor.dtype is not None else None,
        "contexts": contexts,
    }


def holds_tensor(value: Value, fact: Fact | None = None) -> bool:
    """Whether there is a tensor in the value, or in one that was observed."""
    if isinstance(value, Tensor):
        return True
    if fact is not None and any(holds_tensor(observation.value) for observation in fact.observations):
        return True
    return any(isinstance(item, Tensor) for item in walk(value, _items))


def _items(value: Value) -> Iterable[Value]:
    if isinstance(value, OneOf):
        return value.options
    if isinstance(value, tuple) and not isinstance(value, Size):
        return value
    if isinstance(value, (ListV, DictV)):
        items = list(value.items.values() if isinstance(value, DictV) else value.items)
        return items if value.rest is None else [*items, value.rest]
    return ()


def _alternatives(value: Value) -> Iterable[Value]:
    """The values with a tensor among which one is not settled."""
    if isinstance(value, OneOf):
        return [option for option in value.options if holds_tensor(option)]
    return [value] if holds_tensor(value) else []


def _the_tensor(value: Value) -> Tensor | None:
    if isinstance(value, Tensor):
        return value
    if isinstance(value, OneOf):
        options = [option for option in value.options if isinstance(option, Tensor)]
        return options[0] if len(options) == 1 else None
    return None


def shape(value: Value, within: Within = ()) -> Any:
    """Ints, Python arithmetic, null, "..." for a tensor; {"tuple": […]}, {"list": […]}, {"dict": {…}} for what holds
    some; null for every other value, for a tensor of unknown rank, and for a container inside itself."""
    tensor = _the_tensor(value)
    if tensor is not None:
        if tensor.dims is None:
            return None
        return ["..." if dim is ... else to_python(dim) for dim in tensor.dims]
    if isinstance(value, OneOf) or not is_shown(value, within) or not holds_tensor(value):
        return None
    inner = (*within, value)
    if isinstance(value, tuple):
        return {"tuple": [shape(item, inner) for item in value]}
    if isinstance(value, ListV):
        # items of unknown number: a run, as in a shape
        return {"list": [shape(item, inner) for item in value.items] + (["..."] if value.rest is not None else [])}
    if isinstance(value, DictV):
        return {"dict": {str(key): shape(item, inner) for key, item in value.items.items()}}
    return None


# ---- diagnostics ---------------------------------------------------------------------------------------------


def _diagnostic(report: Report, diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        **_place(diagnostic.shown),
        "severity": diagnostic.severity.value,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "notes": list(diagnostic.notes),
        "related": [
            {"file": related.span.file, "line": related.span.line, "col": related.span.col, "message": related.message}
            for related in diagnostic.related
        ],
        "fixes": [_fix(report, fix) for fix in report.fixes(diagnostic)],
    }


def _fix(report: Report, fix: Fix) -> dict[str, Any]:
    edits = []
    for edit in fix.edits:
        entry = {**_place(edit.span), "text": edit.text}
        if edit.span.file != report.file:
            entry["file"] = edit.span.file
        edits.append(entry)
    return {"title": fix.title, "preferred": fix.preferred, "edits": edits}
