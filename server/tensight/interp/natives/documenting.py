"""Decorators of libraries that write documentation and return what they decorate.

They read sources and signatures of whole libraries to do it, and change nothing that a program computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...values import Native, Value

if TYPE_CHECKING:
    from ..machine import Interp

_UTILS = "transformers.utils"
#: Used as `@name` or as `@name(…)`.
_EITHER = (f"{_UTILS}.auto_docstring", f"{_UTILS}.auto_docstring.auto_docstring")
#: Always used as `@name(…)`.
_CALLED = tuple(
    f"{_UTILS}.{place}{name}"
    for place in ("", "doc.")
    for name in (
        "add_start_docstrings", "add_start_docstrings_to_model_forward", "add_end_docstrings",
        "add_code_sample_docstrings", "replace_return_docstrings",
    )
)  # fmt: skip
#: Lists every model of the library, in the documentation of each automatic class.
_LISTING = "transformers.models.auto.configuration_auto.replace_list_option_in_docstrings"


def _itself(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    return args[0]


_DECORATOR = Native("documenting decorator", _itself)


def _either(it: Interp, args: list[Value], kwargs: dict[str, Value]) -> Value:
    decorated = args[0] if args else kwargs.get("obj")
    return _DECORATOR if decorated is None else decorated


#: Qualified name → the decorator. Modules that hold one are read as ever; only this name is not.
DOCUMENTING: dict[str, Native] = {
    **{name: Native(name, _either) for name in _EITHER},
    **{name: Native(name, lambda it, args, kwargs: _DECORATOR) for name in (*_CALLED, _LISTING)},
}
