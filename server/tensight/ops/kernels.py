"""Element types that a pointwise kernel of PyTorch has no code for: a table, and the refusal in its words.

The categories are those of the promoted operands. Only what no backend takes stands here: bools have an absolute
value on a GPU, half precision has more functions there."""

from __future__ import annotations

from ..values import DType, Kind
from . import activation, gather, pointwise, random, reduction
from .inplace import InplaceRule
from .registry import RULES, OpRule
from .spatial import c_name

FAMILIES = (activation, gather, pointwise, random, reduction)
_KINDS = {"b": Kind.BOOL, "i": Kind.INT, "f": Kind.FLOAT, "c": Kind.COMPLEX}

#: (kernel, refused categories: b(ool) i(nt) f(loat) c(omplex), operations)
_TABLE = (
    ("GeluKernelImpl", "bic", "gelu"),
    ("addcmul_cpu_out", "b", "addcmul"),
    ("atan2_cpu", "c", "atan2 arctan2"),
    ("bitwise_and_cpu", "fc", "bitwise_and"),
    ("bitwise_not_cpu", "fc", "bitwise_not"),
    ("bitwise_or_cpu", "fc", "bitwise_or"),
    ("bitwise_xor_cpu", "fc", "bitwise_xor"),
    ("ceil_vml_cpu", "b", "ceil"),
    ("copysign_cpu", "c", "copysign"),
    ("div_floor_cpu", "bc", "floor_divide"),
    ("elu_cpu", "bic", "celu elu selu"),
    ("floor_vml_cpu", "b", "floor"),
    ("fmod_cpu", "bc", "fmod"),
    ("frac_cpu", "bic", "frac"),
    ("gcd_cpu", "bfc", "gcd"),
    ("ge_cpu", "c", "ge greater_equal"),
    ("gt_cpu", "c", "gt greater"),
    ("glu_cpu", "bic", "glu"),
    ("hardshrink_cpu", "bic", "hardshrink"),
    ("hardsigmoid_cpu", "bic", "hardsigmoid"),
    ("hardswish_cpu", "bic", "hardswish"),
    ("hypot_cpu", "bic", "hypot"),
    ("lcm_cpu", "bfc", "lcm"),
    ("le_cpu", "c", "le less_equal"),
    ("leaky_relu_cpu", "bic", "leaky_relu rrelu"),
    ("log_sigmoid_cpu", "bic", "logsigmoid"),
    ("logaddexp2_cpu", "bic", "logaddexp2"),
    ("logaddexp_cpu", "bi", "logaddexp"),
    ("lshift_cpu", "bfc", "bitwise_left_shift"),
    ("lt_cpu", "c", "lt less"),
    ("mish_cpu", "bic", "mish"),
    ("nextafter_cpu", "bic", "nextafter"),
    ("remainder_cpu", "bc", "remainder"),
    ("rshift_cpu", "bfc", "bitwise_right_shift"),
    ("silu_cpu", "bi", "silu"),
    ("softplus_cpu", "bic", "softplus"),
    ("softshrink_check", "bic", "softshrink"),
    ("threshold_cpu", "bc", "threshold"),
    ("trunc_vml_cpu", "b", "trunc fix"),
)


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


def _install() -> None:
    for name, words in _OUT.items():
        RULES[f"torch.{name}"].out_words = words
    for kernel, letters, names in _TABLE:
        refused = frozenset(_KINDS[letter] for letter in letters)
        for name in names.split():
            for prefix in ("torch.", "torch.Tensor.", "torch.nn.functional."):
                for full in (f"{prefix}{name}", f"{prefix}{name}_"):
                    rule: OpRule | None = RULES.get(full)
                    if rule is not None and (full == f"{prefix}{name}" or isinstance(rule, InplaceRule)):
                        rule.kernel = (kernel, refused)


_install()
