"""torch.distributions.transforms: steps that change each element alone, and distributions of what they make."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...values import Instance, Reason, Tensor, Unknown, Value
from .numpy_array import run
from .registry import MODULES, native, plain_class, prop
from .support import known_items
from .torch_distributions import MODULE, parts_of, set_shapes, unsettled

if TYPE_CHECKING:
    from ..machine import Interp

TRANSFORMS = f"{MODULE}.transforms"
STEP = f"{TRANSFORMS}.Transform"
MODULES.add(TRANSFORMS)
plain_class(STEP)
#: Step → the parameters that its elements broadcast with.
_ELEMENTWISE = {
    "AbsTransform": (), "AffineTransform": ("loc", "scale"), "ExpTransform": (), "PowerTransform": ("exponent",),
    "SigmoidTransform": (), "SoftplusTransform": (), "TanhTransform": (),
}  # fmt: skip


def _elementwise(name: str, parameters: tuple[str, ...]) -> None:
    for full in (f"{TRANSFORMS}.{name}", f"{MODULE}.{name}"):
        plain_class(full, STEP)

        @native(f"{full}.__init__")
        def init(it: Interp, self: Value, *args: Value, event_dim: Value = 0, cache_size: Value = 0,
                 **kwargs: Value) -> Value:  # fmt: skip
            if isinstance(self, Instance):
                given = {**dict(zip(parameters, args)), **kwargs}
                tensors = tuple(value for value in given.values() if isinstance(value, Tensor))
                opaque = (
                    event_dim != 0
                    or len(args) > len(parameters)
                    or any(isinstance(value, Unknown) for value in given.values())
                )
                it.journal.set(self.extra, "operands", None if opaque else tensors, self.born)
                for key, value in given.items():
                    it.journal.write(self, key, value)
            return None


for _name, _parameters in _ELEMENTWISE.items():
    _elementwise(_name, _parameters)
for _full in (f"{TRANSFORMS}.ComposeTransform", f"{MODULE}.ComposeTransform"):
    plain_class(_full, STEP)


@native(f"{TRANSFORMS}.ComposeTransform.__init__", f"{MODULE}.ComposeTransform.__init__")
def compose(it: Interp, self: Value, parts: Value, cache_size: Value = 0) -> Value:
    if isinstance(self, Instance):
        it.journal.set(self.extra, "operands", _operands(it, parts), self.born)
    return None


def _operands(it: Interp, steps: Value) -> tuple[Tensor, ...] | None:
    """What the elements meet in one or several steps; None if that is not known."""
    listed = [steps] if isinstance(steps, Instance) else known_items(it, steps)
    found: list[Tensor] = []
    for step in listed if listed is not None else [None]:
        own = step.extra.get("operands") if isinstance(step, Instance) else None
        if own is None:
            return None
        found += own
    return tuple(found)


def _met(it: Interp, start: Tensor, operands: tuple[Tensor, ...]) -> Tensor:
    """The shape of elements after they met the operands."""
    result: Value = start
    for other in operands:
        result = run(it, "torch.add", [replace(t, dtype=None, data=None) for t in (result, other)])
        if not isinstance(result, Tensor):
            break
    return result if isinstance(result, Tensor) else Tensor(None)


@native(f"{STEP}.__call__", f"{STEP}._call", f"{STEP}._inverse", f"{STEP}.inv")
def step(it: Interp, self: Value, x: Value) -> Value:
    operands = _operands(it, self)
    if not isinstance(x, Tensor) or operands is None:
        return Tensor(None, unknown=it.unknown(Reason.DATA_DEPENDENT, "a transform"))
    return x.alike() if not operands else replace(_met(it, x, operands), dtype=x.dtype)


@native(f"{STEP}.log_abs_det_jacobian")
def log_abs_det_jacobian(it: Interp, self: Value, x: Value, y: Value) -> Value:
    return step(it, self, x)


@prop(f"{STEP}.inv")
def inverse(it: Interp, self: Value) -> Value:
    """It takes elements back alone as well."""
    return self


@native(
    f"{MODULE}.TransformedDistribution.__init__", f"{MODULE}.transformed_distribution.TransformedDistribution.__init__"
)
def transformed(
    it: Interp, self: Value, base_distribution: Value, transforms: Value, validate_args: Value = None
) -> Value:
    """The batch broadcasts with what the elements meet; the event stays."""
    if isinstance(self, Instance):
        it.journal.write(self, "base_dist", base_distribution)
        it.journal.write(self, "transforms", transforms)
        batch, event, dtype = parts_of(base_distribution)
        operands = _operands(it, transforms)
        if batch.is_open or event is None or operands is None:
            unsettled(it, self)
            return None
        whole = _met(it, Tensor((*batch.shape, *event)), operands)
        if whole.is_open:
            unsettled(it, self)
            return None
        at = whole.rank - len(event)
        set_shapes(it, self, Tensor(whole.shape[:at]), whole.shape[at:], dtype)
    return None
