"""Where a size comes from: the steps that made a tensor, walked backwards until no input has that size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..dims import Dim, is_unknown
from ..interp.facts import Analysis
from ..syntax.span import Span
from ..values import Instance, Provenance, Tensor, dim_text

#: Steps followed backwards; a network of some hundred layers keeps a size that long at most.
MAX_ORIGIN_STEPS: Final = 512

#: Layer class → (axis from the right that its constructor fixes, attribute that says it). The other axes pass through.
_PRODUCED: Final[dict[str, tuple[int, str]]] = {
    "torch.nn.Linear": (-1, "out_features"),
    "torch.nn.Bilinear": (-1, "out_features"),
    "torch.nn.LazyLinear": (-1, "out_features"),
    "torch.nn.Embedding": (-1, "embedding_dim"),
    "torch.nn.EmbeddingBag": (-1, "embedding_dim"),
    **{f"torch.nn.{lazy}Conv{n}d": (-n - 1, "out_channels") for n in (1, 2, 3) for lazy in ("", "Lazy")},
    **{f"torch.nn.{lazy}ConvTranspose{n}d": (-n - 1, "out_channels") for n in (1, 2, 3) for lazy in ("", "Lazy")},
}


@dataclass(frozen=True, slots=True)
class Origin:
    """The place that fixes a size, and what it is."""

    span: Span
    text: str


class Origins:
    """Answers for one Analysis: it knows the roots' parameters, where sizes that nobody wrote down come in."""

    def __init__(self, analysis: Analysis) -> None:
        self._entries: dict[str, Origin] = {}
        #: answers by tensor and axis; the tensor is held so that its id stays its own
        self._known: dict[tuple[int, int], tuple[Tensor, Origin | None]] = {}
        for entry in analysis.inputs:
            for axis, dim in enumerate(entry.value.dims or ()):
                if dim is not ... and not isinstance(dim, int) and not is_unknown(dim):
                    text = dim_text(dim)
                    self._entries.setdefault(text, Origin(entry.span, f"{text}: axis {axis} of {entry.name}"))

    def of(self, tensor: Tensor, axis: int) -> Origin | None:
        """The step (or constructor call) that fixes the size of `axis`; None where nothing is known of it."""
        dim = tensor.dims[axis] if tensor.dims is not None and 0 <= axis < len(tensor.dims) else ...
        if dim is ... or is_unknown(dim):
            return None
        way: list[tuple[Tensor, int]] = []
        found: Origin | None = None
        for _ in range(MAX_ORIGIN_STEPS):
            known = self._known.get((id(tensor), axis))
            if known is not None:
                found = known[1]
                break
            way.append((tensor, axis))
            made, rank = tensor.made_by, len(tensor.dims or ())
            if made is None:
                found = self._entries.get(dim_text(dim))
                break
            found = _constructor(made, axis - rank, dim)
            if found is not None:
                break
            before = _passed(made, dim, axis, rank)
            if before is None:
                found = _here(made, dim)
                break
            tensor, axis = before
        for step, position in way:
            self._known[(id(step), position)] = (step, found)
        return found


def producer_of(tensor: Tensor, axis: int) -> tuple[Provenance, int] | None:
    """The step that fixes the size of `axis`, and the axis there; None where that is not known."""
    for _ in range(MAX_ORIGIN_STEPS):
        made = tensor.made_by
        if made is None or tensor.dims is None or not 0 <= axis < len(tensor.dims):
            return None
        dim, rank = tensor.dims[axis], len(tensor.dims)
        if dim is ... or is_unknown(dim):
            return None
        before = None if _constructor(made, axis - rank, dim) is not None else _passed(made, dim, axis, rank)
        if before is None:
            return made, axis
        tensor, axis = before
    return None


def layer_class(made: Provenance) -> str:
    """The native class of the layer whose forward made it (`torch.nn.Linear`), a subclass's base included; or ''."""
    layer = made.layer
    if not isinstance(layer, Instance):
        return ""
    return next((cls.native for cls in layer.cls.mro if cls.native and cls.native != "torch.nn.Module"), "")


def short_name(name: str) -> str:
    """`torch.Tensor.view` → `view`, `torch.nn.Linear.forward` → `Linear`."""
    parts = name.removesuffix(".forward").removesuffix(".__init__").split(".")
    return parts[-1]


def _constructor(made: Provenance, from_right: int, dim: Dim) -> Origin | None:
    """The layer's own constructor call, if this axis is the one it fixes."""
    if made.layer is None or made.layer.created is None:
        return None
    name = layer_class(made)
    produced = _PRODUCED.get(name)
    if produced is None or produced[0] != from_right:
        return None
    return Origin(made.layer.created, f"{dim_text(dim)}: {produced[1]} of {short_name(name)}")


def _passed(made: Provenance, dim: Dim, axis: int, rank: int) -> tuple[Tensor, int] | None:
    """The input axis that this size passed through from: the same from the left, from the right, then any."""
    inputs = made.inputs
    if made.layer is not None:
        inputs = tuple(tensor for tensor in inputs if not tensor.parameter)
    for index in (axis, axis - rank):
        for tensor in inputs:
            dims = tensor.dims or ()
            if -len(dims) <= index < len(dims) and _same(dims[index], dim):
                return tensor, index % len(dims)
    for tensor in inputs:
        for index, other in enumerate(tensor.dims or ()):
            if _same(other, dim):
                return tensor, index
    return None


def _same(a: object, b: Dim) -> bool:
    return a is b or (type(a) is type(b) and a == b)


def _here(made: Provenance, dim: Dim) -> Origin | None:
    """No input has this size: the step itself makes it."""
    span = made.span or (made.layer.created if isinstance(made.layer, Instance) else None)
    return Origin(span, f"{dim_text(dim)}: from {short_name(made.name)}") if span is not None else None
