"""The hover: everything known of the expression under the mouse, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePath

from ..dims import Dim, is_unknown
from ..interp.facts import Analysis, EntryInput, Fact
from ..syntax.span import Span
from ..values import Instance, Tensor, Unknown, Value, dim_text, shape_text
from .formulas import constructor_text, product_text, step_lines
from .inlay_hints import fits_text
from .provenance import Origins
from .text import is_number, tensors_of, value_text

#: Facts that come from one name or attribute win over the call around them only by being smaller.
_MOST_LINES = 8
Link = Callable[[Span], str]


@dataclass(frozen=True, slots=True)
class Hover:
    span: Span
    markdown: str


def plain_link(span: Span) -> str:
    """A place without a link: `line 12`, or `train.py:12` in another file."""
    return f"{PurePath(span.file).name}:{span.line}"


def hover(analysis: Analysis, line: int, col: int, link: Link = plain_link) -> Hover | None:
    """What is known at a position (1-based line, code point column); None if there is nothing to say."""
    fact = fact_at(analysis, line, col)
    if fact is None:
        return _missing_import(analysis, line, col)
    lines = list(_lines(fact, analysis, link))
    return Hover(fact.span, "\n\n".join(lines)) if lines else None


def _missing_import(analysis: Analysis, line: int, col: int) -> Hover | None:
    """An import that leads nowhere: what darkens everything behind it is said where it is written."""
    names = [missing for missing in analysis.missing if missing.span.line == line]
    if not names:
        return None
    listed = ", ".join(dict.fromkeys(f"`{missing.name}`" for missing in names))
    said = f"{listed} could not be found, so what comes from there is unknown."
    span = replace(names[0].span, col=min(col, names[0].span.col))
    return Hover(span, f"{said}\n\nFolders can be added with `tensight.searchPaths`.")


def fact_at(analysis: Analysis, line: int, col: int) -> Fact | None:
    """The innermost fact at the position; of several with one span the one that says most."""
    found: Fact | None = None
    for fact in analysis.facts:
        if fact.span.file != analysis.file or not fact.span.contains(line, col):
            continue
        if found is None or _inside(fact, found):
            found = fact
    return found


def _inside(fact: Fact, other: Fact) -> bool:
    if fact.span == other.span:
        return fact.kind != "return" and _worth(fact) >= _worth(other)
    start, end = (fact.span.line, fact.span.col), (fact.span.end_line, fact.span.end_col)
    return start >= (other.span.line, other.span.col) and end <= (other.span.end_line, other.span.end_col)


def _worth(fact: Fact) -> int:
    if any(True for _ in tensors_of(fact.value)):
        return 2
    return 0 if isinstance(fact.value, Unknown) or fact.value is None else 1


def _lines(fact: Fact, analysis: Analysis, link: Link) -> Iterator[str]:
    value = fact.value
    if isinstance(value, Tensor):
        yield from _tensor(value, fact, analysis, link)
    elif any(True for _ in tensors_of(value)):
        yield _code(value_text(value, 600))
        yield from _items(value)
        yield from _contexts(fact, link)
    elif isinstance(value, Instance):
        yield from _module(value, analysis, link)
    elif is_number(value):
        yield _code(value_text(value))
    elif isinstance(value, tuple) and value and all(is_number(item) for item in value):
        yield _code(shape_text(value))
    elif isinstance(value, Unknown):
        yield from _why(value, link)
    if fact.assumed:
        yield "Taken for granted: " + ", ".join(f"`{text}`" for text in fact.assumed[:_MOST_LINES])


def _code(text: str) -> str:
    return f"```text\n{text}\n```"


def _tensor(tensor: Tensor, fact: Fact, analysis: Analysis, link: Link) -> Iterator[str]:
    title = shape_text(tensor.dims)
    details = [tensor.dtype.name if tensor.dtype else "", tensor.device or "", "parameter" if tensor.parameter else ""]
    yield _code(" · ".join(part for part in (title, *details) if part))
    entry = _entry(fact, analysis)
    if entry is not None:
        yield from _input(entry)
    if tensor.dims is None and tensor.unknown is not None:
        yield from _why(tensor.unknown, link)
    shown = tensor
    if tensor.made_by is None and len(fact.observations) == 1 and isinstance(fact.observations[0].value, Tensor):
        shown = fact.observations[0].value
    steps = step_lines(shown)
    if steps:
        yield "\n".join(f"`{line}`  " for line in steps[:_MOST_LINES])
    origins = list(_origins(shown, Origins(analysis), link))
    if origins:
        yield "\n".join(origins[:_MOST_LINES])
    if tensor.dims is not None and any(dim is not ... and is_unknown(dim) for dim in tensor.dims):
        yield "`?`: not the same in all contexts, or not known"
    yield from _contexts(fact, link)


def _entry(fact: Fact, analysis: Analysis) -> EntryInput | None:
    return next((entry for entry in analysis.inputs if entry.span == fact.span), None)


_SOURCES = {
    "demand": "worked out from what the layers accept",
    "stated": "as you stated it",
    "annotation": "from its annotation",
    "example": "from the example input",
}


def _input(entry: EntryInput) -> Iterator[str]:
    text = f"Input of `{entry.owner}`: {_SOURCES.get(entry.source, entry.source)}"
    if entry.fits:
        sizes = "; ".join(", ".join(f"{name} = {size}" for name, size in fit.items()) for fit in entry.fits)
        text += f". Sizes that fit every layer ({fits_text(entry)}): {sizes}"
    yield text
    if entry.assumptions:
        yield "Taken for granted: " + ", ".join(f"`{text}`" for text in entry.assumptions[:_MOST_LINES])


def _origins(tensor: Tensor, origins: Origins, link: Link) -> Iterator[str]:
    """Where each size comes from; sizes of one origin once."""
    seen: set[tuple[str, Span]] = set()
    for axis, dim in enumerate(tensor.dims or ()):
        if dim is ...:
            continue
        origin = origins.of(tensor, axis)
        if origin is None or (origin.text, origin.span) in seen:
            continue
        if tensor.made_by is not None and origin.span == tensor.made_by.span:
            continue  # made right here: the step above says it
        seen.add((origin.text, origin.span))
        size, _, rest = origin.text.partition(": ")
        yield f"- `{size}` {rest}, {link(origin.span)}"


def _contexts(fact: Fact, link: Link) -> Iterator[str]:
    """The shape at each call site, where there is more than one."""
    if len(fact.observations) < 2:
        return
    lines = []
    for seen in fact.observations[:_MOST_LINES]:
        place = f", called at {link(seen.at)}" if seen.at is not None else ""
        lines.append(f"- `{value_text(seen.value)}`{place}")
    if len(fact.observations) > _MOST_LINES:
        lines.append(f"- and {len(fact.observations) - _MOST_LINES} more")
    yield "\n".join(lines)


def _items(value: Value) -> Iterator[str]:
    """The dtypes of the tensors in a container, if they are worth a line."""
    dtypes = {tensor.dtype.name for tensor in tensors_of(value) if tensor.dtype is not None}
    if dtypes:
        yield ", ".join(sorted(dtypes))


def _why(unknown: Unknown, link: Link) -> Iterator[str]:
    place = f", {link(unknown.span)}" if unknown.span is not None else ""
    detail = f": `{unknown.detail}`" if unknown.detail else ""
    yield f"Shape not known: {unknown.reason.value}{detail}{place}"


def _module(instance: Instance, analysis: Analysis, link: Link) -> Iterator[str]:
    """A layer or module: how it was made, its parameters, what goes in and comes out."""
    if not instance.cls.derives_from("torch.nn.Module"):
        return
    yield _code(constructor_text(instance))
    passes = list(islice(_passes(instance, analysis), 4))
    if passes:
        yield "\n".join(f"`{line}`  " for line in passes)
    total, own = _parameters(instance)
    if own:
        shapes = ", ".join(f"`{name} {shape_text(tensor.dims)}`" for name, tensor in own[:6])
        yield f"{shapes}: {count_text(total)} parameters"
    elif not _is_zero(total):
        yield f"{count_text(total)} parameters"
    if instance.created is not None:
        yield f"made at {link(instance.created)}"


def _passes(instance: Instance, analysis: Analysis) -> Iterator[str]:
    seen: set[str] = set()
    for fact in analysis.facts:
        for observation in fact.observations:
            made = observation.value.made_by if isinstance(observation.value, Tensor) else None
            if made is None or made.layer is not instance or not made.inputs:
                continue
            line = f"{shape_text(made.inputs[0].dims)} → {shape_text(observation.value.dims)}"
            if line not in seen:
                seen.add(line)
                yield line


def _parameters(instance: Instance) -> tuple[Dim, list[tuple[str, Tensor]]]:
    """The number of elements of all parameters (shared ones once), and the module's own by name."""
    own = [(name, value) for name, value in instance.attrs.items() if isinstance(value, Tensor) and value.parameter]
    total: Dim = 0
    seen: set[int] = set()
    todo: list[Value] = [instance]
    while todo:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Tensor):
            if value.parameter and not value.is_open:
                count: Dim = 1
                for dim in value.shape:
                    count = count * dim
                total = total + count
        elif isinstance(value, Instance) and value.cls.derives_from("torch.nn.Module"):
            todo.extend(value.attrs.values())
            todo.extend(_members(value))
    return total, own


def _members(instance: Instance) -> Iterator[Value]:
    """What containers such as ModuleList keep beside their attributes."""
    for held in instance.extra.values():
        items = getattr(held, "items", held)
        if isinstance(items, dict):
            yield from items.values()
        elif isinstance(items, list | tuple):
            yield from items


def _is_zero(total: Dim) -> bool:
    return isinstance(total, int) and total == 0


def count_text(total: Dim) -> str:
    return f"{total:,}" if isinstance(total, int) else dim_text(total)


__all__ = ["Hover", "Link", "fact_at", "hover", "plain_link", "product_text"]
