"""`permute_copy` and its kin: what the view of that name answers, in memory of its own."""

from __future__ import annotations

import functools
from dataclasses import replace

from ..values import Fields, ListV, Tensor, Value
from .registry import RULES, op

# The views have to be registered first.
from . import expand, permute, splitting, squeeze, view  # noqa: F401  # isort: skip

#: Name of a copying function → name of the view.
VIEWS = {
    "torch.expand_copy": "torch.Tensor.expand",
    "torch.permute_copy": "torch.permute",
    "torch.split_copy": "torch.split",
    "torch.split_with_sizes_copy": "torch.split_with_sizes",
    "torch.squeeze_copy": "torch.squeeze",
    "torch.t_copy": "torch.t",
    "torch.transpose_copy": "torch.transpose",
    "torch.unbind_copy": "torch.unbind",
    "torch.unfold_copy": "torch.Tensor.unfold",
    "torch.unsqueeze_copy": "torch.unsqueeze",
    "torch.view_copy": "torch.reshape",
}


def _apart(value: Value) -> Value:
    """The same without the strides of a view."""
    if isinstance(value, Tensor):
        return replace(value, strides=None)
    if isinstance(value, ListV):
        return ListV([_apart(item) for item in value.items], value.rest)
    if isinstance(value, tuple) and not isinstance(value, Fields):
        return tuple(_apart(item) for item in value)
    return value


def _copying(name: str, view_name: str) -> None:
    viewing = RULES[view_name]

    @functools.wraps(viewing.function)
    def function(*args: Value, **kwargs: Value) -> Value:
        return _apart(viewing.function(*args, **kwargs))

    function.__module__ = __name__
    op(name, dtype=viewing.dtype, open_rank=viewing.open_rank)(function)


for _name, _view in VIEWS.items():
    _copying(_name, _view)
