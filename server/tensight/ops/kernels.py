"""Element types that a pointwise kernel of PyTorch has no code for: a table, and the refusal in its words.

The categories are those of the promoted operands. Only what no backend takes stands here: bools have an absolute
value on a GPU, half precision has more functions there."""

from __future__ import annotations

from ..values import DType, Kind
from .inplace import InplaceRule
from .refused_kinds import CHECKS, KERNELS, LAZY
from .registry import RULES, OpRule
from .spatial import c_name

_KINDS = {"b": Kind.BOOL, "i": Kind.INT, "f": Kind.FLOAT, "c": Kind.COMPLEX}


def _reduced(want: DType, got: DType) -> str:
    return (
        f"Expected the dtype for input and out to match, but got {want.legacy} for input's dtype and {got.legacy} for"
        " out's dtype."
    )


def _gathered(want: DType, got: DType) -> str:
    return f"Expected out tensor to have dtype {c_name(want)}, but got {c_name(got)} instead"


def _drawn(want: DType, got: DType) -> str:
    return f"multinomial expects Long tensor out, got: {got.legacy}"


#: Operations that refuse an `out` of another dtype than their result.
_OUT = {"amax": _reduced, "amin": _reduced, "gather": _gathered, "multinomial": _drawn}


def install() -> None:
    """Once all rules are there."""
    for name, words in _OUT.items():
        RULES[f"torch.{name}"].out_words = words
    for kernel, letters, names in KERNELS:
        _refuse(f"\"{kernel}\" not implemented for '{{}}'", "NotImplementedError", letters, names)
    for message, exception, letters, names in CHECKS:
        _refuse(message, exception, letters, names)


def _refuse(message: str, exception: str, letters: str, names: str) -> None:
    for name in names.split():
        for prefix in ("torch.", "torch.Tensor.", "torch.nn.functional."):
            for full in (f"{prefix}{name}", f"{prefix}{name}_"):
                rule: OpRule | None = RULES.get(full)
                if rule is not None and (full == f"{prefix}{name}" or isinstance(rule, InplaceRule)):
                    rule.lazy_kernel = name in LAZY.split()
                    rule.kernel |= {_KINDS[letter]: (message, exception) for letter in letters}
